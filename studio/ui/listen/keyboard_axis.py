"""The keyboard beside the picture: which height is which note."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from studio.ui.listen.frequency_axis import FrequencyAxis, hz_to_pitch, note_name, pitch_to_hz
from studio.ui.theme import font_small, tabular, theme

WIDTH = 72
KEYS_WIDTH = 28
BLACK = {1, 3, 6, 8, 10}
MIN_LABEL_GAP = 14  # pixels between two labels


class KeyboardAxis(QWidget):
    """Draws the keys of the axis's range, and its frequencies."""

    def __init__(self, axis: FrequencyAxis, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("keyboard_axis")
        self.setAccessibleName(self.tr("Keyboard and frequency axis"))
        self.setFixedWidth(WIDTH)
        self._axis = axis
        theme().changed.connect(self.update)

    def set_axis(self, axis: FrequencyAxis) -> None:
        """Show another range."""
        self._axis = axis
        self.update()

    def _y(self, pitch: float) -> float:
        return self.height() * (1 - self._axis.fraction(pitch_to_hz(pitch)))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().color("surface"))
        left = self.width() - KEYS_WIDTH
        painter.fillRect(QRectF(left, 0, KEYS_WIDTH, self.height()), theme().color("key_white"))
        low = int(hz_to_pitch(self._axis.low_hz))
        high = int(hz_to_pitch(self._axis.high_hz)) + 1
        self._draw_keys(painter, left, low, high)
        self._draw_labels(painter, left, low, high)

    def _draw_keys(self, painter: QPainter, left: int, low: int, high: int) -> None:
        for pitch in range(low, high + 1):
            top, bottom = self._y(pitch + 0.5), self._y(pitch - 0.5)
            if pitch % 12 in BLACK:
                key = QRectF(left, top, KEYS_WIDTH * 0.62, bottom - top)
                painter.fillRect(key, theme().color("key_black"))
            elif pitch % 12 in (0, 5):  # the two places where white keys touch
                painter.setPen(theme().color("grid_bar"))
                painter.drawLine(left, round(bottom), self.width(), round(bottom))

    def _draw_labels(self, painter: QPainter, left: int, low: int, high: int) -> None:
        painter.setFont(tabular(font_small()))
        painter.setPen(theme().color("text_muted"))
        octave = abs(self._y(12) - self._y(0))
        step = next(n for n in (1, 12, 24, 48) if octave * n / 12 >= MIN_LABEL_GAP)
        last = float("inf")
        for pitch in range(low, high + 1):
            y = self._y(pitch)
            is_label = pitch % 12 == 0 if step >= 12 else pitch % 12 not in BLACK
            if not is_label or last - y < MIN_LABEL_GAP or not 6 <= y <= self.height() - 6:
                continue
            last = y
            box = QRectF(0, y - 8, left - 6, 16)
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box, flags, note_name(pitch))
