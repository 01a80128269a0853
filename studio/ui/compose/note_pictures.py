"""Pictures of notes, drawn once for each size and colour: most notes of a piece look alike."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPixmap

from studio.ui.compose.note_styles import NoteStyle
from studio.ui.compose.roll_painter import pitch_name
from studio.ui.theme import font_small

RADIUS = 2.5
NAME_WIDTH = 30
MAX_PIXELS = 1 << 22  # of all pictures together: 16 MB
UNNAMED = -1


@dataclass
class NotePictures:
    """The pictures at one resolution of the screen."""

    ratio: float
    _shelves: dict[tuple[object, int], dict[tuple[int, int], QPixmap]] = field(default_factory=dict)
    _pixels: int = 0

    def draw(
        self,
        painter: QPainter,
        style: NoteStyle,
        height: int,
        places: list[tuple[int, int, int, int]],
    ) -> None:
        """Notes of one style, at (left, top, width, pitch) in pixels of the screen.

        Names are in those that have room for one.
        """
        if self._pixels > MAX_PIXELS:
            self._shelves.clear()
            self._pixels = 0
        shelf = self._shelves.setdefault((id(style), height), {})
        ratio, put = self.ratio, painter.drawPixmap
        room = NAME_WIDTH * ratio if style.is_active else math.inf
        for left, top, width, pitch in places:
            key = (width, pitch if width > room else UNNAMED)
            picture = shelf.get(key)
            if picture is None:
                picture = shelf[key] = self._drawn(style, width, height, key[1])
                self._pixels += width * height
            if ratio == 1:  # whole numbers: a point costs Python more than Qt's drawing does
                put(left, top, picture)
            else:
                put(QPointF(left / ratio, round(top * ratio) / ratio), picture)

    def _drawn(self, style: NoteStyle, width: int, height: int, pitch: int) -> QPixmap:
        pixmap = QPixmap(width, height)
        pixmap.setDevicePixelRatio(self.ratio)
        pixmap.fill(QColor(Qt.GlobalColor.transparent))
        painter = QPainter(pixmap)
        rect = QRectF(0, 0, width / self.ratio, height / self.ratio)
        draw_note(painter, rect, style)
        if pitch != UNNAMED:
            draw_name(painter, rect, style, pitch)
        painter.end()
        return pixmap


def draw_note(painter: QPainter, rect: QRectF, style: NoteStyle) -> None:
    """A rounded note; the chosen ones have a thicker outline."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    width, radius = 2.0 if style.is_chosen else 1.0, min(RADIUS, rect.width() / 2)
    painter.setBrush(style.edge)
    painter.drawRoundedRect(rect, radius, radius)
    if rect.width() > 2 * width:
        inner = max(0.5, radius - width)
        painter.setBrush(style.fill)
        painter.drawRoundedRect(rect.adjusted(width, width, -width, -width), inner, inner)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def draw_name(painter: QPainter, rect: QRectF, style: NoteStyle, pitch: int) -> None:
    """The name of the note in it, where the row is high enough."""
    painter.setFont(font_small())
    if rect.height() < QFontMetricsF(painter.font()).height() - 2:
        return
    painter.setPen(style.ink)
    flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
    painter.drawText(rect.adjusted(4, 0, -2, 0), flags, pitch_name(pitch))
