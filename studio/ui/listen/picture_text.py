"""Words on the picture: it may be of any colour, so they bring a shade of their own."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from studio.ui.listen.color_map import color_table
from studio.ui.theme import SPACE_S

INK = QColor("#FFFFFF")
SHADE = QColor(8, 9, 14, 200)
DARK_INK = QColor("#000000")
HAIR_ALPHA, FAINT_ALPHA = 110, 26
RADIUS = 3


def line_ink(color_map: str) -> QColor:
    """What lines are seen in over a picture whose silence is dark, or light like paper."""
    silence = QColor.fromRgb(int(color_table(color_map)[0]))
    return DARK_INK if silence.lightnessF() > 0.5 else INK


def with_alpha(color: QColor, alpha: int) -> QColor:
    """`color`, so much of it (0 to 255) that the sound below is still seen."""
    return QColor(color.red(), color.green(), color.blue(), alpha)


def text_size(painter: QPainter, text: str) -> tuple[float, float]:
    """The width and height that `draw_text` takes."""
    metrics = QFontMetricsF(painter.font())
    return metrics.horizontalAdvance(text) + 2 * SPACE_S + 2, metrics.height() + 2


def draw_text(painter: QPainter, at: QPointF, text: str) -> None:
    """Draw `text` on a shade of its own, its top left corner at `at`."""
    box = QRectF(at.x(), at.y(), *text_size(painter, text))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(SHADE)
    painter.drawRoundedRect(box, RADIUS, RADIUS)
    painter.setPen(INK)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
