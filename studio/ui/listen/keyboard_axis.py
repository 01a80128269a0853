"""The keyboard beside the picture: which height is which note, and how many Hz."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from studio.ui.listen.frequency_axis import (
    LOWEST_C_HZ,
    FrequencyAxis,
    hz_to_pitch,
    note_name,
    pitch_to_hz,
    round_hz,
    short_hz,
)
from studio.ui.listen.viewport import Viewport
from studio.ui.theme import SPACE_S, font_small, tabular, theme

WIDTH = 80
KEYS_WIDTH = 44
BLACK_WIDTH = 24
BLACK = {1, 3, 6, 8, 10}
MIN_LABEL_GAP = 14  # pixels between two labels
LABEL_HEIGHT = 16
MARKED_ALPHA = 0.25
MIN_KEY_HEIGHT = 6  # below, lines between white keys would cross the names
KEY_INK = QColor("#5C5F66")  # on white keys, which are light in every theme


class KeyboardAxis(QWidget):
    """Draws the keys of the viewport's range, its frequencies, and which key is pointed at."""

    def __init__(self, viewport: Viewport, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("keyboard_axis")
        self.setAccessibleName(self.tr("Keyboard and frequency axis"))
        self.setStatusTip(self.tr("Frequency in Hz, and the keys of a piano at their pitch"))
        self.setFixedWidth(WIDTH)
        self._viewport = viewport
        self._pointed: int | None = None
        self._marked: tuple[float, float] | None = None
        viewport.axis_changed.connect(self.update)
        theme().changed.connect(self.update)

    @property
    def _axis(self) -> FrequencyAxis:
        return self._viewport.axis

    def point_at(self, hz: float | None) -> None:
        """Mark the key nearest to `hz`; none where there is no pitch."""
        pitch = None if hz is None or hz <= 0 else round(hz_to_pitch(hz))
        if pitch != self._pointed:
            self._pointed = pitch
            self.update()

    def mark(self, low_hz: float | None, high_hz: float | None) -> None:
        """Mark a range that is being chosen, or no range any more."""
        marked = None if low_hz is None or high_hz is None else (low_hz, high_hz)
        if marked != self._marked:
            self._marked = marked
            self.update()

    def _y(self, hz: float) -> float:
        return self.height() * (1 - self._axis.fraction(hz))

    def _key(self, pitch: int, width: int) -> QRectF:
        top, bottom = self._y(pitch_to_hz(pitch + 0.5)), self._y(pitch_to_hz(pitch - 0.5))
        return QRectF(self.width() - KEYS_WIDTH, top, width, bottom - top)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(tabular(font_small()))
        painter.fillRect(self.rect(), theme().color("surface"))
        keys = QRectF(self.width() - KEYS_WIDTH, 0, KEYS_WIDTH, self.height())
        painter.fillRect(keys, theme().color("key_white"))
        low = int(hz_to_pitch(max(LOWEST_C_HZ, self._axis.low_hz)))
        high = int(hz_to_pitch(self._axis.high_hz)) + 1
        self._draw_keys(painter, range(low, high + 1))
        self._draw_names(painter, range(low, high + 1))
        self._draw_hz(painter)
        if self._marked is not None:
            self._draw_marked(painter, *self._marked)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme().color("accent"), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def _draw_marked(self, painter: QPainter, low_hz: float, high_hz: float) -> None:
        """The range that is being chosen, with its ends in Hz."""
        top, bottom = self._y(high_hz), self._y(low_hz)
        left = self.width() - KEYS_WIDTH
        painter.fillRect(QRectF(0, top, left, bottom - top), theme().color("surface"))
        color = QColor(theme().color("accent"))
        painter.fillRect(QRectF(0, round(top), self.width(), 1), color)
        painter.fillRect(QRectF(0, round(bottom) - 1, self.width(), 1), color)
        color.setAlphaF(MARKED_ALPHA)
        painter.fillRect(QRectF(0, top, self.width(), bottom - top), color)
        painter.setPen(theme().color("text"))
        if bottom - top >= 2 * LABEL_HEIGHT:
            self._draw_label(painter, top + LABEL_HEIGHT / 2, left - 6, f"{high_hz:.0f}")
            self._draw_label(painter, bottom - LABEL_HEIGHT / 2, left - 6, f"{low_hz:.0f}")

    def _draw_keys(self, painter: QPainter, pitches: range) -> None:
        for pitch in pitches:
            is_black = pitch % 12 in BLACK
            key = self._key(pitch, KEYS_WIDTH)
            if pitch % 12 in (0, 5) and key.height() >= MIN_KEY_HEIGHT:  # where white keys touch
                line = QRectF(key.left(), round(key.bottom()), KEYS_WIDTH, 1)
                painter.fillRect(line, theme().color("grid_bar"))
            if pitch == self._pointed:
                width = BLACK_WIDTH if is_black else KEYS_WIDTH
                painter.fillRect(self._key(pitch, width), theme().color("accent"))
            elif is_black:
                painter.fillRect(self._key(pitch, BLACK_WIDTH), theme().color("key_black"))

    def _draw_names(self, painter: QPainter, pitches: range) -> None:
        is_roomy = self._key(60, KEYS_WIDTH).height() >= MIN_LABEL_GAP
        last = float("inf")
        painter.setPen(KEY_INK)
        for pitch in pitches:
            is_named = pitch % 12 not in BLACK if is_roomy else pitch % 12 == 0
            y = self._y(pitch_to_hz(pitch))
            if is_named and self._has_room(y) and last - y >= MIN_LABEL_GAP:
                last = y
                if pitch != self._pointed:
                    self._draw_label(painter, y, self.width() - 3, note_name(pitch))

    def _draw_hz(self, painter: QPainter) -> None:
        left = self.width() - KEYS_WIDTH
        last = float("inf")
        painter.setPen(theme().color("text_muted"))
        for hz in round_hz(self._axis):
            y = self._y(hz)
            painter.fillRect(QRectF(left - 4, round(y), 4, 1), theme().color("border_strong"))
            if last - y >= MIN_LABEL_GAP and self._has_room(y):
                last = y
                self._draw_label(painter, y, left - 6, short_hz(hz))

    def _has_room(self, y: float) -> bool:
        return MIN_LABEL_GAP / 2 <= y <= self.height() - MIN_LABEL_GAP / 2

    def _draw_label(self, painter: QPainter, y: float, right: float, text: str) -> None:
        box = QRectF(SPACE_S, y - LABEL_HEIGHT / 2, right - SPACE_S, LABEL_HEIGHT)
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
