"""The learning curves, drawn while the model learns."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFontMetrics, QImage, QPainter
from PySide6.QtWidgets import QSizePolicy, QStackedLayout, QWidget

from studio.training.run_follower import RunState
from studio.ui.theme import SPACE_M, font_small, theme
from studio.ui.train.metric_words import NAMES

LOSS = "loss"
MARKS = ("t", "d", "p", "h", "+", "x")
TRACKS = (2, 3, 4, 7, 5, 6)  # tracks' colours that no curve of the run has
LONGEST_NAME = 28
MIN_HEIGHT = 152  # so that data, curves and result fit into 720 lines
LEGEND_ALPHA = 220  # of 255: a curve that passes behind the legend leaves its words readable


class CurvePlot(QWidget):
    """Loss or another figure by epoch, the best epoch marked, other runs' curves over it.

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
        self._others: list[Any] = []
        self._state = RunState()
        self._compared: list[tuple[str, RunState]] = []
        self.quantity = LOSS
        self.points: dict[str, list[tuple[int, float]]] = {"train": [], "valid": []}
        theme().changed.connect(self._dress)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was drawn yet."""
        return self._plot is None

    def show_state(self, state: RunState) -> None:
        """Draw the curves of a run as they are now."""
        self._make()
        self._state = state
        none: list[float | None] = [None] * len(state.epochs)
        train = state.train_losses if self.quantity == LOSS else none
        self.points = {
            "train": _points(state.epochs, train),
            "valid": _points(state.epochs, _values(state, self.quantity)),
        }
        for curve, name in ((self._train, "train"), (self._valid, "valid")):
            xs = [x for x, _ in self.points[name]]
            curve.setData(xs, [y for _, y in self.points[name]])
        most = max([len(state.epochs), *(len(other.epochs) for _, other in self._compared)])
        # whole epochs only on the axis, however many there are
        self._plot.getAxis("bottom").setTickSpacing(max(1, most // 10), 1)
        best = [point for point in self.points["valid"] if point[0] == state.best_epoch]
        self._best.setData([x for x, _ in best], [y for _, y in best])

    def show_quantity(self, name: str) -> None:
        """Draw the loss, or a metric on the validation data by its name."""
        self.quantity = name
        self._make()
        self._name_axis()
        self.compare(self._compared)
        self.show_state(self._state)

    def compare(self, others: Sequence[tuple[str, RunState]]) -> None:
        """Draw the validation curves of other runs, each with its name."""
        if self.is_empty and not others:
            return
        self._make()
        self._compared = list(others)
        for curve in self._others:
            self._plot.removeItem(curve)
        self._others = []
        for index, (name, state) in enumerate(others):
            points = _points(state.epochs, _values(state, self.quantity))
            curve = self._plot.plot(
                [x for x, _ in points],
                [y for _, y in points],
                name=_short(name),
                symbol=MARKS[index % len(MARKS)],
                symbolSize=5,
            )
            self._others.append(curve)
        self._dress()

    def picture(self, caption: str) -> QImage:
        """The curves as they are shown, at twice the size, with a caption below."""
        font = font_small()
        width = max(1, self.width())
        box = QRect(0, 0, width - 2 * SPACE_M, 10_000)
        flags = Qt.TextFlag.TextWordWrap
        height = QFontMetrics(font).boundingRect(box, flags, caption).height() + 2 * SPACE_M
        image = QImage(2 * width, 2 * (self.height() + height), QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(2)
        image.fill(theme().color("surface_raised"))
        painter = QPainter(image)
        self.render(painter, QPoint(0, 0))
        painter.setFont(font)
        painter.setPen(theme().color("text_muted"))
        place = box.translated(SPACE_M, self.height() + SPACE_M)
        painter.drawText(place, flags, caption)
        painter.end()
        return image

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
        for index, curve in enumerate(self._others):
            other = theme().track_color(TRACKS[index % len(TRACKS)])
            curve.setPen(pg.mkPen(other, width=1.5))
            curve.setSymbolBrush(other)
            curve.setSymbolPen(None)
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
        self._name_axis()
        behind = color("surface_raised")
        behind.setAlpha(LEGEND_ALPHA)
        self._legend.setBrush(behind)
        self._legend.setLabelTextColor(color("text"))
        for _, label in self._legend.items:
            label.setText(label.text, color=color("text").name())

    def _name_axis(self) -> None:
        color = theme().color
        quantity = (
            self.tr("loss") if self.quantity == LOSS else NAMES.get(self.quantity, self.quantity)
        )
        for name, text in (("left", quantity), ("bottom", self.tr("epoch"))):
            axis = self._plot.getAxis(name)
            axis.setPen(color("border_strong"))
            axis.setTextPen(color("text_muted"))
            # no range gets a prefix: a loss of 0.9 is not 900 thousandths
            no_prefix = ((-1.0, -1.0),)
            axis.setLabel(text, siPrefixEnableRanges=no_prefix, color=color("text_muted").name())


def _values(state: RunState, quantity: str) -> list[float | None]:
    return state.valid_losses if quantity == LOSS else state.metric_curve(quantity)


def _short(name: str) -> str:
    """A name that leaves room for the curves."""
    return (
        name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}\N{HORIZONTAL ELLIPSIS}"
    )


def _points(epochs: list[int], losses: list[float | None]) -> list[tuple[int, float]]:
    pairs = zip(epochs, losses, strict=True)
    return [(epoch, loss) for epoch, loss in pairs if loss is not None and math.isfinite(loss)]
