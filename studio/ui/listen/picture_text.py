"""Words on the picture: it may be of any colour, so they bring a shade of their own."""

from __future__ import annotations

import math
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPixmap

from studio.ui.listen.color_map import color_table
from studio.ui.theme import SPACE_S, tabular

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
    return _size(text, painter.font().toString())


def draw_text(painter: QPainter, at: QPointF, text: str) -> None:
    """Draw `text` on a shade of its own, its top left corner at `at`."""
    device = painter.device()
    ratio = device.devicePixelRatioF() if device is not None else 1.0
    painter.drawPixmap(at, _label(text, painter.font().toString(), ratio))


@lru_cache(maxsize=256)
def _size(text: str, font: str) -> tuple[float, float]:
    metrics = QFontMetricsF(_font(font))
    return metrics.horizontalAdvance(text) + 2 * SPACE_S + 2, metrics.height() + 2


@lru_cache(maxsize=256)  # marks stay on the picture for many frames
def _label(text: str, font: str, ratio: float) -> QPixmap:
    """The words on their shade, in device pixels."""
    width, height = _size(text, font)
    label = QPixmap(math.ceil(width * ratio), math.ceil(height * ratio))
    label.setDevicePixelRatio(ratio)
    label.fill(Qt.GlobalColor.transparent)
    box = QRectF(0, 0, width, height)
    painter = QPainter(label)
    painter.setFont(_font(font))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(SHADE)
    painter.drawRoundedRect(box, RADIUS, RADIUS)
    painter.setPen(INK)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    painter.end()
    return label


def _font(description: str) -> QFont:
    font = QFont()
    font.fromString(description)
    return tabular(font)
