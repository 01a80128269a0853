"""The learning curves, drawn while the model learns."""

from __future__ import annotations

import math
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QStackedLayout, QWidget

from studio.training.run_follower import RunState
from studio.ui.theme import theme

MIN_HEIGHT = 160  # so that data, curves and result fit into 720 lines
LEGEND_ALPHA = 220  # of 255: a curve that passes behind the legend leaves its words readable


class CurvePlot(QWidget):
    """Training and validation loss by epoch, the best epoch marked.

    pyqtgraph takes most of a second to import: the plot is made when it is first shown.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("learning_curves")
        self.setAccessibleName(self.tr("Learning curves"))
        self.setMinimumHeight(MIN_HEIGHT)
        self._layout = QStackedLayout(self)
        self._plot: Any = None
        self._train: Any = None
        self._valid: Any = None
        self._best: Any = None
        self.points: dict[str, list[tuple[int, float]]] = {"train": [], "valid": []}
        theme().changed.connect(self._dress)

    def show_state(self, state: RunState) -> None:
        """Draw the curves of a run as they are now."""
        self._make()
        self.points = {
            "train": _points(state.epochs, state.train_losses),
            "valid": _points(state.epochs, state.valid_losses),
        }
        for curve, name in ((self._train, "train"), (self._valid, "valid")):
            xs = [x for x, _ in self.points[name]]
            curve.setData(xs, [y for _, y in self.points[name]])
        # whole epochs only on the axis, however many there are
        self._plot.getAxis("bottom").setTickSpacing(max(1, len(state.epochs) // 10), 1)
        best = [point for point in self.points["valid"] if point[0] == state.best_epoch]
        self._best.setData([x for x, _ in best], [y for _, y in best])

    def _make(self) -> None:
        if self._plot is not None:
            return
        import pyqtgraph as pg

        self._plot = pg.PlotWidget(background=None)
        self._plot.setMouseEnabled(False, False)
        self._plot.setMenuEnabled(False)
        self._plot.hideButtons()
        self._plot.showGrid(x=False, y=True, alpha=0.15)
        self._legend = self._plot.addLegend(offset=(-8, 1), colCount=3)
        self._train = self._plot.plot(name=self.tr("training"), symbol="o", symbolSize=5)
        self._valid = self._plot.plot(name=self.tr("validation"), symbol="s", symbolSize=6)
        self._best = self._plot.plot(name=self.tr("best"), pen=None, symbol="star", symbolSize=16)
        self._plot.setMinimumSize(0, 0)
        self._plot.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._layout.addWidget(self._plot)
        self._dress()

    def _dress(self) -> None:
        """The colours of the theme; the two curves differ in line and mark as well."""
        if self._plot is None:
            return
        import pyqtgraph as pg

        color = theme().color
        self._plot.setBackground(color("surface_raised"))
        train = pg.mkPen(color("curve_train"), width=2)
        valid = pg.mkPen(color("curve_valid"), width=2, style=Qt.PenStyle.DashLine)
        for curve, pen, role in (
            (self._train, train, "curve_train"),
            (self._valid, valid, "curve_valid"),
        ):
            curve.setPen(pen)
            curve.setSymbolBrush(color(role))
            curve.setSymbolPen(None)
        self._best.setSymbolBrush(color("surface_raised"))
        self._best.setSymbolPen(pg.mkPen(color("curve_valid"), width=2))
        for name, text in (("left", self.tr("loss")), ("bottom", self.tr("epoch"))):
            axis = self._plot.getAxis(name)
            axis.setPen(color("border_strong"))
            axis.setTextPen(color("text_muted"))
            # no range gets a prefix: a loss of 0.9 is not 900 thousandths
            no_prefix = ((-1.0, -1.0),)
            axis.setLabel(text, siPrefixEnableRanges=no_prefix, color=color("text_muted").name())
        behind = color("surface_raised")
        behind.setAlpha(LEGEND_ALPHA)
        self._legend.setBrush(behind)
        self._legend.setLabelTextColor(color("text"))
        for _, label in self._legend.items:
            label.setText(label.text, color=color("text").name())


def _points(epochs: list[int], losses: list[float | None]) -> list[tuple[int, float]]:
    pairs = zip(epochs, losses, strict=True)
    return [(epoch, loss) for epoch, loss in pairs if loss is not None and math.isfinite(loss)]
