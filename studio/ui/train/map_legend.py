"""What the colours of the map of a data set mean."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen

from studio.ui.theme import GRID, SPACE_M, font_small, theme

DOT = 3.5  # radius
RING = 7.0
LEGEND_ROW = 2 * GRID + 2
LEGEND_WIDTH = 16 * GRID
MOST_NAMED = 14


def draw_legend(
    painter: QPainter, left: float, colors: dict[str, QColor], ringed: Sequence[str]
) -> None:
    """Draw a row for each class in its colour, then one for each word for what is ringed."""
    painter.setFont(font_small())
    metrics = QFontMetrics(painter.font())
    room = LEGEND_WIDTH - 3 * GRID
    named = list(colors)[:MOST_NAMED]
    for row, label in enumerate([*named, *ringed]):
        middle = QPointF(left + DOT, SPACE_M + (row + 0.5) * LEGEND_ROW)
        if row < len(named):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colors[label])
            painter.drawEllipse(middle, DOT, DOT)
        else:
            painter.setPen(QPen(theme().color("warning"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(middle, RING - 2, RING - 2)
        painter.setPen(theme().color("text"))
        text = metrics.elidedText(label, Qt.TextElideMode.ElideRight, room)
        place = QRectF(left + 2 * GRID, middle.y() - LEGEND_ROW / 2, room, LEGEND_ROW)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, text)
