"""Seconds along the lower edge of the picture."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QPainter

from studio.ui.listen.picture_text import INK, draw_text, text_size
from studio.ui.theme import SPACE_S, font_small, tabular

STEPS_S = (1, 2, 5, 10, 20, 60)
MAX_MARKS = 10
TICK = 6
TEXT_HEIGHT = 20


def draw_time_marks(painter: QPainter, size: QSize, end_s: float, span_s: float) -> None:
    """Mark whole seconds of a picture of `size` that ends at `end_s` and lasts `span_s`."""
    painter.setFont(tabular(font_small()))
    step = next((s for s in STEPS_S if span_s <= s * MAX_MARKS), STEPS_S[-1])
    second = int(end_s // step) * step
    while second > end_s - span_s and second >= 0:
        x = size.width() * (1 - (end_s - second) / span_s)
        painter.fillRect(QRectF(round(x), size.height() - TICK, 1, TICK), INK)
        text = f"{second // 60}:{second % 60:02d}"
        if x + SPACE_S + text_size(painter, text)[0] <= size.width():
            draw_text(painter, QPointF(x + SPACE_S, size.height() - TEXT_HEIGHT), text)
        second -= step
