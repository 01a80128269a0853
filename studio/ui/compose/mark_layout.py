"""Where marks stand in their lane, and how they look."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from studio.score.marks import Mark
from studio.ui.compose.roll_scale import RollScale
from studio.ui.key_words import key_words
from studio.ui.theme import font_small, theme

HEIGHT = 22
PADDING = 4


def mark_text(mark: Mark) -> str:
    """What stands in the lane."""
    if mark.kind == "tempo":
        return f"♩ = {mark.value}"
    return key_words(mark.value) if mark.kind == "key" else mark.value


def mark_rects(marks: Sequence[Mark], geometry: RollScale) -> Iterator[tuple[Mark, QRectF]]:
    """Each at its tick, or behind the one before where that needs the room."""
    metrics, right = QFontMetricsF(font_small()), float("-inf")
    for mark in marks:
        left = max(geometry.x_of(mark.tick), right + PADDING)
        width = metrics.horizontalAdvance(mark_text(mark)) + 2 * PADDING
        yield mark, QRectF(left, 2, width, HEIGHT - 5)
        right = left + width


def mark_at(marks: Sequence[Mark], geometry: RollScale, position: QPointF) -> Mark | None:
    """The mark under a point."""
    found = (mark for mark, rect in mark_rects(marks, geometry) if rect.contains(position))
    return next(found, None)


def paint_mark(painter: QPainter, mark: Mark, rect: QRectF, *, is_chosen: bool) -> None:
    """A small card with the mark on it."""
    look = theme()
    painter.setPen(look.color("accent" if is_chosen else "border_strong"))
    painter.setBrush(look.color("accent_soft" if is_chosen else "surface_raised"))
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    painter.setPen(look.color("text"))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, mark_text(mark))
