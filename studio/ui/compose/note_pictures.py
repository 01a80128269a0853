"""Pictures of notes, drawn once for each size and colour: most notes of a piece look alike."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QRectF, Qt
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
    _pictures: dict[tuple[object, int, int, int], QPixmap] = field(default_factory=dict)
    _pixels: int = 0

    def picture(self, style: NoteStyle, width: int, height: int, pitch: int) -> QPixmap:
        """A note of so many pixels of the screen; its name is in it where it has room."""
        name = pitch if style.is_active and width > NAME_WIDTH * self.ratio else UNNAMED
        key = (id(style), width, height, name)
        found = self._pictures.get(key)
        if found is None:
            if self._pixels > MAX_PIXELS:
                self._pictures.clear()
                self._pixels = 0
            found = self._pictures[key] = self._drawn(style, width, height, name)
            self._pixels += width * height
        return found

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
