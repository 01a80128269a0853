"""ROC or precision-recall curves: a panel for each genre, all the others in grey behind."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.training.results import Curve
from studio.ui.theme import GRID, SPACE_M, SPACE_S, font_small, tabular, theme

PANEL_WIDTH, PANEL_HEIGHT = 19 * GRID, 16 * GRID
HEAD = 2 * GRID + 4


class CurvePanels(QWidget):
    """Draws curves in a grid; `is_rising` for ROC, whose chance is the diagonal."""

    def __init__(self, name: str, area: str, *, is_rising: bool) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._area, self._is_rising = area, is_rising
        self._curves: tuple[Curve, ...] = ()
        theme().changed.connect(self.update)

    def show_curves(self, curves: Sequence[Curve]) -> None:
        """Draw these."""
        self._curves = tuple(sorted(curves, key=lambda curve: curve.label))
        words = ", ".join(f"{c.label} {self._area} {c.area:.2f}" for c in self._curves)
        self.setAccessibleName(words or self.tr("No curve"))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        rows = ceil(len(self._curves) / self._columns())
        return QSize(4 * PANEL_WIDTH, max(1, rows) * (PANEL_HEIGHT + HEAD + SPACE_M))

    def minimumSizeHint(self) -> QSize:
        return QSize(2 * PANEL_WIDTH, self.sizeHint().height())

    def resizeEvent(self, event: object) -> None:
        self.updateGeometry()

    def _columns(self) -> int:
        return max(1, min(len(self._curves), self.width() // (PANEL_WIDTH + SPACE_M)))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(tabular(font_small()))
        columns = self._columns()
        width = self.width() / columns
        for index, curve in enumerate(self._curves):
            x = (index % columns) * width
            y = (index // columns) * (PANEL_HEIGHT + HEAD + SPACE_M)
            self._draw_head(painter, QRectF(x, y, width - 2 * SPACE_M, HEAD), curve)
            self._draw_panel(painter, QRectF(x, y + HEAD, width - 2 * SPACE_M, PANEL_HEIGHT), curve)

    def _draw_head(self, painter: QPainter, box: QRectF, curve: Curve) -> None:
        value = f"{self._area} {curve.area:.2f}, n {curve.n_clips}"
        metrics = QFontMetrics(painter.font())
        left = box.width() - metrics.horizontalAdvance(value) - SPACE_M
        label = metrics.elidedText(curve.label, Qt.TextElideMode.ElideRight, round(left))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(theme().color("text"))
        painter.drawText(box, middle, label)
        painter.setPen(theme().color("text_muted"))
        painter.drawText(box, middle | Qt.AlignmentFlag.AlignRight, value)

    def _draw_panel(self, painter: QPainter, box: QRectF, curve: Curve) -> None:
        painter.fillRect(box, theme().color("surface_sunken"))
        inner = box.adjusted(SPACE_S, SPACE_S, -SPACE_S, -SPACE_S)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for other in self._curves:
            painter.setPen(QPen(theme().color("border_strong"), 0.5))
            painter.drawPolyline(self._steps(inner, other))
        painter.setPen(QPen(theme().color("text_muted"), 1, Qt.PenStyle.DotLine))
        start = 0.0 if self._is_rising else curve.chance
        end = 1.0 if self._is_rising else curve.chance
        painter.drawLine(_place(inner, 0, start), _place(inner, 1, end))
        painter.setPen(QPen(theme().color("note"), 2))
        painter.drawPolyline(self._steps(inner, curve))

    def _steps(self, box: QRectF, curve: Curve) -> QPolygonF:
        """The curve as stairs: a threshold between two clips has the figures of one of them."""
        corners: list[QPointF] = []
        before: tuple[float, float] | None = None
        for x, y in curve.points:
            if before is not None:
                corner = (x, before[1]) if self._is_rising else (before[0], y)
                corners.append(_place(box, *corner))
            corners.append(_place(box, x, y))
            before = (x, y)
        return QPolygonF(corners)


def _place(box: QRectF, x: float, y: float) -> QPointF:
    return QPointF(box.left() + x * box.width(), box.bottom() - y * box.height())
