"""The time along the lower edge of the picture."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QPainter

from studio.ui.listen.picture_text import draw_text, text_size
from studio.ui.theme import SPACE_S, font_small, tabular

STEPS_MS = (50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 60_000, 120_000, 300_000)
MIN_GAP = 72  # pixels between two marks: room for '10:00.50'
TICK = 6
TEXT_HEIGHT = 20


def time_marks(width: int, end_s: float, span_s: float) -> list[tuple[float, str]]:
    """Where round times lie in `span_s` seconds that end at `end_s`, and what they are called.

    The latest comes first; there are none before the sound began.
    """
    fitting = (ms for ms in STEPS_MS if ms * width >= 1000 * span_s * MIN_GAP)
    step_ms = next(fitting, STEPS_MS[-1])
    last, first = int(1000 * end_s // step_ms), int(-(-1000 * (end_s - span_s) // step_ms))
    times_ms = [number * step_ms for number in range(last, max(first, 0) - 1, -1)]
    return [(width * (1 - (end_s - ms / 1000) / span_s), _clock(ms, step_ms)) for ms in times_ms]


def _clock(ms: int, step_ms: int) -> str:
    """'1:05', with as many decimals as the step has."""
    minutes, rest_ms = divmod(ms, 60_000)
    if step_ms >= 1000:
        return f"{minutes}:{rest_ms // 1000:02d}"
    decimals = 1 if step_ms % 100 == 0 else 2
    return f"{minutes}:{rest_ms / 1000:0{decimals + 3}.{decimals}f}"


def draw_time_marks(
    painter: QPainter, size: QSize, end_s: float, span_s: float, ink: QColor
) -> None:
    """Mark round times of a picture of `size` that ends at `end_s` and lasts `span_s`."""
    painter.setFont(tabular(font_small()))
    for x, text in time_marks(size.width(), end_s, span_s):
        painter.fillRect(QRectF(round(x), size.height() - TICK, 1, TICK), ink)
        if x + SPACE_S + text_size(painter, text)[0] <= size.width():
            draw_text(painter, QPointF(x + SPACE_S, size.height() - TEXT_HEIGHT), text)
