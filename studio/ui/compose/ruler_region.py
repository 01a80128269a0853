"""The stretch of the ruler that is repeated or recorded into: how it looks, where it is held."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPolygonF

from studio.ui.theme import theme

Grip = Literal["first", "last", "whole"]
GRIP_HEIGHT = 10  # the strip at the top where it is held: below it, a click moves the playhead
REACH = 5.0  # pixels about an edge that still mean it
BAR_HEIGHT, POST_WIDTH, FLAG = 4, 2, 8
PUNCH_FILL = 0.16


def grip_at(left: float, right: float, x: float, y: float) -> Grip | None:
    """What of the region between two x is under a point, its edges before the rest."""
    if not 0 <= y <= GRIP_HEIGHT:
        return None
    edges: list[tuple[float, Grip]] = [(abs(x - right), "last"), (abs(x - left), "first")]
    distance, edge = min(edges)
    if distance <= REACH:
        return edge
    return "whole" if left < x < right else None


def paint_region(
    painter: QPainter, left: float, right: float, height: int, *, is_punch: bool
) -> None:
    """A bar between two posts; where it is recorded into, red with flags that point inwards."""
    look = theme()
    strong = look.color("error" if is_punch else "accent")
    soft = look.color("error" if is_punch else "accent_soft")
    if is_punch:
        soft.setAlphaF(PUNCH_FILL)
    painter.fillRect(QRectF(left, 0, right - left, height), soft)
    painter.fillRect(QRectF(left, 0, right - left, BAR_HEIGHT), strong)
    for x in (left, right - POST_WIDTH):
        painter.fillRect(QRectF(x, 0, POST_WIDTH, height if is_punch else GRIP_HEIGHT), strong)
    if is_punch and right - left > 2 * FLAG:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(strong)
        for x, way in ((left, 1), (right, -1)):
            corners = ((x, 0), (x + way * (FLAG + 2), 0), (x, FLAG + 6))
            painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
