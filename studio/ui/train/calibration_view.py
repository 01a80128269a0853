"""Whether a model is right as often as it is sure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.ui.theme import GRID, SPACE_M, font_small, tabular, theme

SIDE = 36 * GRID
MARGIN = 6 * GRID
COUNTS_HEIGHT = 6 * GRID
DOT = 3.5
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


class CalibrationView(QWidget):
    """How often right against how sure, with 95 % intervals; below, how many clips so sure."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("calibration_view")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._bins: Sequence[dict[str, Any]] = ()
        theme().changed.connect(self.update)

    def show_bins(self, bins: Sequence[dict[str, Any]]) -> None:
        """Draw the tenths of confidence, as `studio evaluate --json` gives them."""
        self._bins = bins
        words = ", ".join(
            self.tr("{0:.0%} sure: {1:.0%} of {2} right").format(
                row["confidence"], row["accuracy"], row["n"]
            )
            for row in bins
        )
        self.setAccessibleName(self.tr("Calibration. {0}").format(words))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(SIDE + 2 * MARGIN, SIDE + COUNTS_HEIGHT + MARGIN)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(tabular(font_small()))
        box = QRectF(MARGIN, SPACE_M, SIDE, SIDE - 2 * SPACE_M)
        counts = QRectF(MARGIN, box.bottom() + 3 * GRID, SIDE, COUNTS_HEIGHT - GRID)
        self._draw_axes(painter, box)
        self._draw_counts(painter, counts)
        self._draw_points(painter, box)

    def _draw_axes(self, painter: QPainter, box: QRectF) -> None:
        painter.fillRect(box, theme().color("surface_sunken"))
        painter.setPen(QPen(theme().color("text_muted"), 1, Qt.PenStyle.DotLine))
        painter.drawLine(box.bottomLeft(), box.topRight())
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for tick in TICKS:
            painter.setPen(theme().color("text_muted"))
            y = box.bottom() - tick * box.height()
            painter.drawText(QRectF(0, y - GRID, MARGIN - GRID, 2 * GRID), right, f"{tick:.0%}")
            x = box.left() + tick * box.width()
            place = QRectF(x - MARGIN, box.bottom() + 2, 2 * MARGIN, 2 * GRID)
            painter.drawText(place, Qt.AlignmentFlag.AlignHCenter, f"{tick:.0%}")
        painter.drawText(box.adjusted(GRID, SPACE_M, 0, 0), self.tr("right"))
        low = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom
        painter.drawText(box.adjusted(0, 0, -GRID, -SPACE_M), low, self.tr("how sure"))

    def _draw_points(self, painter: QPainter, box: QRectF) -> None:
        painter.setPen(QPen(theme().color("border_strong"), 1.2))
        for row in self._bins:
            low, high = row["accuracy_ci95"]
            x = row["confidence"]
            painter.drawLine(_place(box, x, low), _place(box, x, high))
        line = [_place(box, row["confidence"], row["accuracy"]) for row in self._bins]
        painter.setPen(QPen(theme().color("note"), 2))
        painter.drawPolyline(QPolygonF(line))
        painter.setBrush(theme().color("note"))
        for point in line:
            painter.drawEllipse(point, DOT, DOT)

    def _draw_counts(self, painter: QPainter, box: QRectF) -> None:
        most = max((row["n"] for row in self._bins), default=1)
        room = box.height() - 2 * GRID
        for row in self._bins:
            height = max(1.0, room * row["n"] / most)
            left = box.left() + row["from"] * box.width()
            width = (row["to"] - row["from"]) * box.width() - 2
            painter.fillRect(
                QRectF(left, box.bottom() - height, width, height), theme().color("note_muted")
            )
            painter.setPen(theme().color("text_muted"))
            place = QRectF(left, box.bottom() - height - 2 * GRID, width, 2 * GRID)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, str(row["n"]))
        painter.setPen(theme().color("text_muted"))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom
        painter.drawText(QRectF(0, box.top(), MARGIN - GRID, box.height()), right, self.tr("clips"))


def _place(box: QRectF, x: float, y: float) -> QPointF:
    return QPointF(box.left() + x * box.width(), box.bottom() - y * box.height())
