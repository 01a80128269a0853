"""The keyboard beside the picture: which height is which note, and how many Hz."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
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
from studio.ui.listen.viewport import ZOOM_STEP, Viewport
from studio.ui.theme import GRID, SPACE_S, font_small, tabular, theme

WIDTH = 80
KEYS_WIDTH = 44
BLACK_WIDTH = 24
BLACK = {1, 3, 6, 8, 10}
MIN_LABEL_GAP = 14  # pixels between two labels
MIN_KEY_HEIGHT = 6  # below, lines between white keys would cross the names
KEY_INK = QColor("#5C5F66")  # on white keys, which are light in every theme
HALVING = 10 * GRID  # pixels to drag aside for half the range of pitches


@dataclass(frozen=True, slots=True)
class _Drag:
    """Where it began, at which frequency, and which range was shown then."""

    at: QPointF
    hz: float
    axis: FrequencyAxis


class KeyboardAxis(QWidget):
    """Draws the keys of the viewport's range and its frequencies; dragged, it changes the range.

    Up and down moves the range, aside zooms it: what was grabbed stays under the pointer.
    """

    def __init__(self, viewport: Viewport, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("keyboard_axis")
        self.setAccessibleName(self.tr("Keyboard and frequency axis"))
        tip = self.tr(
            "Drag up or down: other pitches. Drag aside or wheel: zoom pitch. Double click: all. "
            "In the picture, by keys: Up, Down, Page Up, Page Down, 0"
        )
        self.setStatusTip(tip)
        self.setToolTip(tip)
        self.setFixedWidth(WIDTH)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self._viewport = viewport
        self._pointed: int | None = None
        self._drag: _Drag | None = None
        viewport.axis_changed.connect(self.update)
        theme().changed.connect(self.update)

    @property
    def _axis(self) -> FrequencyAxis:
        return self._viewport.axis

    def point_at(self, hz: float | None) -> None:
        """Mark the key nearest to `hz`."""
        pitch = None if not hz else round(hz_to_pitch(hz))  # 0 Hz, too, has no key
        if pitch != self._pointed:
            self._pointed = pitch
            self.update()

    def _hz(self, y: float) -> float:
        return self._axis.hz(1 - y / max(1, self.height()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            at = event.position()
            self._drag = _Drag(at, self._hz(at.y()), self._axis)
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        drag, at = self._drag, event.position()
        if drag is not None:
            factor = 0.5 ** ((at.x() - drag.at.x()) / HALVING)
            self._viewport.hold(drag.axis, factor, drag.hz, 1 - at.y() / max(1, self.height()))
        self.point_at(self._hz(min(max(at.y(), 0.0), float(self.height()))))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._drag = None
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._viewport.show_all_pitches()

    def wheelEvent(self, event: QWheelEvent) -> None:
        steps = event.angleDelta().y() / 120
        self._viewport.zoom(ZOOM_STEP**steps, 1 - event.position().y() / max(1, self.height()))
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        self.point_at(None)

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
        box = QRectF(SPACE_S, y - 8, right - SPACE_S, 16)
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
