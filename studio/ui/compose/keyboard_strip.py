"""The keys beside the roll: they name the rows, and sound when they are pressed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from studio.ui.compose.roll_geometry import RollGeometry
from studio.ui.compose.roll_painter import BLACK_KEYS, blended, pitch_name
from studio.ui.theme import font_small, theme

WIDTH = 64
BLACK_SHARE = 0.6


class KeyboardStrip(QWidget):
    """A piano keyboard on its side, one row a semitone."""

    pressed = Signal(int)  # pitch
    row_chosen = Signal(int)

    def __init__(self, geometry: RollGeometry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._roll_geometry = geometry
        self._hovered = -1
        self._held = -1
        self.setObjectName("keyboard_strip")
        self.setAccessibleName(self.tr("Keyboard"))
        self.setToolTip(self.tr("Press a key to hear it; with Alt: select its notes"))
        self.setStatusTip(
            self.tr("Press a key to hear its pitch on the active track. Alt: select its notes")
        )
        self.setFixedWidth(WIDTH)
        self.setMouseTracking(True)
        geometry.changed.connect(self.update)
        theme().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, 400)

    def show_hovered(self, pitch: int) -> None:
        """Light the key of the row under the mouse; -1 for none."""
        if pitch != self._hovered:
            self._hovered = pitch
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        look, geometry = theme(), self._roll_geometry
        painter.fillRect(self.rect(), look.color("key_white"))
        low, high = geometry.pitch_at(self.height()), geometry.pitch_at(0)
        for pitch in range(low, high + 1):
            if pitch % 12 not in BLACK_KEYS:
                self._white_key(painter, pitch)
        for pitch in range(low - 1, high + 2):
            if pitch % 12 in BLACK_KEYS:
                self._black_key(painter, pitch)
        painter.setFont(font_small())
        painter.setPen(look.color("key_black"))
        for pitch in range(low, high + 1):
            if pitch % 12 == 0 or (pitch == self._hovered and pitch % 12 not in BLACK_KEYS):
                place = QRectF(0, geometry.y_of(pitch), WIDTH - 5, geometry.row_height)
                flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                painter.drawText(place, flags | Qt.TextFlag.TextDontClip, pitch_name(pitch))
        painter.fillRect(QRectF(WIDTH - 1, 0, 1, self.height()), look.color("border"))

    def _white_key(self, painter: QPainter, pitch: int) -> None:
        """A white key reaches half-way under its black neighbours."""
        geometry, look = self._roll_geometry, theme()
        height = geometry.row_height
        above = height / 2 if (pitch + 1) % 12 in BLACK_KEYS else 0
        below = height / 2 if (pitch - 1) % 12 in BLACK_KEYS else 0
        key = QRectF(0, geometry.y_of(pitch) - above, WIDTH, height + above + below)
        if pitch in (self._held, self._hovered):
            role = "accent" if pitch == self._held else "accent_soft"
            strength = 0.6 if pitch == self._held or look.is_dark else 1.0
            painter.fillRect(key, blended(look.color(role), look.color("key_white"), strength))
        line = blended(look.color("key_black"), look.color("key_white"), 0.28)
        painter.fillRect(QRectF(0, key.bottom() - 1, WIDTH, 1), line)

    def _black_key(self, painter: QPainter, pitch: int) -> None:
        geometry, look = self._roll_geometry, theme()
        key = QRectF(0, geometry.y_of(pitch), WIDTH * BLACK_SHARE, geometry.row_height)
        color = look.color("key_black")
        if pitch in (self._held, self._hovered):
            color = blended(look.color("accent"), color, 0.75)
        painter.fillRect(key, color)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        pitch = self._roll_geometry.pitch_at(event.position().y())
        self._press(pitch)
        if event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.row_chosen.emit(pitch)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        pitch = self._roll_geometry.pitch_at(event.position().y())
        self.show_hovered(pitch)
        if event.buttons() and pitch != self._held:
            self._press(pitch)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._held = -1
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self.show_hovered(-1)

    def _press(self, pitch: int) -> None:
        self._held = pitch
        self.pressed.emit(pitch)
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._roll_geometry.scroll_by(0, -event.angleDelta().y() / 2)
        event.accept()
