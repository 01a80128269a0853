"""The live picture of sound: newest at the right, pitch upward, level as colour."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.ui.listen.frequency_axis import MINUS, FrequencyAxis, note_and_cents, octave_hz
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.listen.picture_text import FAINT_LINE, HAIR_LINE, INK, draw_text, text_size
from studio.ui.listen.spectrogram_image import SpectrogramImage
from studio.ui.theme import GRID, SPACE_M, SPACE_S, font_normal, font_small, tabular, theme

SPANS_S = (2, 5, 10, 20, 30, 60, 120, 300, 600)
TIME_STEPS_S = (1, 2, 5, 10, 20, 60, 120)
MAX_TIME_MARKS = 10
ZOOM_STEP = 0.8


class SpectrogramView(QWidget):
    """Draws the history of the view-model; holds only where one looks."""

    axis_changed = Signal(object)  # FrequencyAxis
    time_changed = Signal()
    pointed = Signal(object)  # the frequency under the pointer in Hz, None where there is none

    def __init__(self, view_model: ListenViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("spectrogram")
        self.setAccessibleName(self.tr("Spectrogram"))
        self.setStatusTip(
            self.tr("Wheel: zoom pitch. Ctrl+wheel: time span. Drag: look back. L or Home: now.")
        )
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 160)
        self._view_model = view_model
        self._limits = self._axis = FrequencyAxis(30, 16_000)
        self._span_s = 10
        self._held_at: int | None = None  # the right edge, if it does not follow the sound
        self._pointer: QPointF | None = None
        self._drag: tuple[float, int] | None = None  # where it began, and the right edge then
        self._image: SpectrogramImage | None = None
        view_model.started.connect(self._on_started)
        view_model.ticked.connect(self._on_ticked)
        theme().changed.connect(self.update)

    @property
    def axis(self) -> FrequencyAxis:
        """The range of frequencies that is shown."""
        return self._axis

    @property
    def is_live(self) -> bool:
        """Whether the right edge is now."""
        return self._held_at is None

    @property
    def end_position(self) -> int:
        """The sample position at the right edge."""
        return self._view_model.shown_position if self._held_at is None else self._held_at

    @property
    def span_s(self) -> int:
        """The time across the width in seconds."""
        return self._span_s

    @property
    def samples_per_pixel(self) -> float:
        """How much time a (logical) pixel is."""
        return self._span_s * self._view_model.sample_rate / max(1, self.width())

    def go_live(self) -> None:
        """Return to now."""
        self._held_at = None
        self._redraw()

    def look_at(self, end_position: int) -> None:
        """Hold the right edge at a place of the past, or follow the sound if it is now."""
        newest = self._view_model.shown_position
        oldest = min(newest, self._view_model.history.first_position)
        self._held_at = None if end_position >= newest else max(end_position, oldest)
        self._redraw()

    def set_span(self, seconds: int) -> None:
        """Show `seconds` of sound across the width."""
        self._span_s = seconds
        self._redraw()

    def zoom(self, factor: float, fraction: float = 0.5) -> None:
        """Show `factor` times the range of pitches, keeping what is at `fraction` of the height."""
        self._axis = self._axis.zoomed(factor, fraction, self._limits)
        self.axis_changed.emit(self._axis)
        self.update()

    def readout(self) -> str:
        """Time, frequency, note and level under the pointer; '' where there is none."""
        hearing = self._view_model.hearing
        if self._pointer is None or hearing is None:
            return ""
        hz, position = self._hz_at(self._pointer), self._position_at(self._pointer)
        level = hearing.db_at(position, hz)
        db = self.tr("no sound") if level is None else f"{level:.0f} dB"
        seconds = position / self._view_model.sample_rate
        text = f"{seconds:.2f} s · {hz:.0f} Hz · {note_and_cents(hz)} · {db}"
        return text.replace("-", MINUS)

    def _redraw(self) -> None:
        self.time_changed.emit()
        self.update()

    def _on_started(self) -> None:
        settings = self._view_model.settings
        self._image = SpectrogramImage(self._view_model.history, settings)
        limits = FrequencyAxis(settings.fmin_hz, settings.top_hz)
        if limits != self._limits:
            self._limits = self._axis = limits
            self.axis_changed.emit(self._axis)
        self.go_live()

    def _on_ticked(self, _n_columns: int) -> None:
        if self.is_live:
            self._redraw()

    def _hz_at(self, at: QPointF) -> float:
        return self._axis.hz(1 - at.y() / max(1, self.height()))

    def _position_at(self, at: QPointF) -> int:
        return round(self.end_position - (self.width() - at.x()) * self.samples_per_pixel)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._image is None:
            painter.fillRect(self.rect(), theme().color("surface_sunken"))
            return
        self._draw_sound(painter, self._image)
        for hz in octave_hz(self._axis):
            y = round(self.height() * (1 - self._axis.fraction(hz)))
            painter.fillRect(QRectF(0, y, self.width(), 1), FAINT_LINE)
        self._draw_time(painter)
        self._draw_readout(painter)

    def _draw_sound(self, painter: QPainter, picture: SpectrogramImage) -> None:
        ratio = self.devicePixelRatioF()
        width, height = round(self.width() * ratio), round(self.height() * ratio)
        per_pixel = self._span_s * self._view_model.sample_rate / max(1, width)
        first = picture.update(width, height, self._axis, per_pixel, self.end_position)
        split = (width - first) / ratio
        source = QRectF(first, 0, width - first, height)
        painter.drawImage(QRectF(0, 0, split, self.height()), picture.image, source)
        if first:
            target = QRectF(split, 0, self.width() - split, self.height())
            painter.drawImage(target, picture.image, QRectF(0, 0, first, height))

    def _draw_time(self, painter: QPainter) -> None:
        painter.setFont(tabular(font_small()))
        step = next((s for s in TIME_STEPS_S if self._span_s <= s * MAX_TIME_MARKS), 120)
        rate = self._view_model.sample_rate
        end_s = self.end_position / rate
        second = int(end_s // step) * step
        while second > end_s - self._span_s and second >= 0:
            x = self.width() - (end_s - second) * rate / self.samples_per_pixel
            painter.fillRect(QRectF(round(x), self.height() - 6, 1, 6), INK)
            text = f"{second // 60}:{second % 60:02d}"
            if x + SPACE_S + text_size(painter, text)[0] <= self.width():
                draw_text(painter, QPointF(x + SPACE_S, self.height() - 20), text)
            second -= step
        if not self.is_live:
            back_s = (self._view_model.shown_position - self.end_position) / rate
            text = self.tr("{0:.1f} s ago · L: back to now").format(back_s)
            painter.setFont(tabular(font_normal()))
            draw_text(painter, QPointF(SPACE_M, SPACE_M), text)

    def _draw_readout(self, painter: QPainter) -> None:
        text = self.readout()
        if self._pointer is None or not text:
            return
        x, y = round(self._pointer.x()), round(self._pointer.y())
        painter.fillRect(QRectF(0, y, self.width(), 1), HAIR_LINE)
        painter.fillRect(QRectF(x, 0, 1, self.height()), HAIR_LINE)
        painter.setFont(tabular(font_normal()))
        width, height = text_size(painter, text)
        left = x + GRID if x + GRID + width < self.width() else x - GRID - width
        top = y - GRID - height if y > height + GRID else y + GRID
        draw_text(painter, QPointF(left, top), text)

    def _point(self, at: QPointF | None) -> None:
        self._pointer = at
        self.pointed.emit(None if at is None else self._hz_at(at))
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        steps = (event.angleDelta().y() or event.angleDelta().x()) / 120
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._step_span(-1 if steps > 0 else 1)
        else:
            self.zoom(ZOOM_STEP**steps, 1 - event.position().y() / max(1, self.height()))
        self._point(event.position())
        event.accept()

    def _step_span(self, step: int) -> None:
        index = SPANS_S.index(self._span_s) + step
        self.set_span(SPANS_S[min(max(index, 0), len(SPANS_S) - 1)])

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._drag = (event.position().x(), self.end_position)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag is not None:
            start_x, end = self._drag
            self.look_at(end - round((event.position().x() - start_x) * self.samples_per_pixel))
        self._point(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._drag = None

    def leaveEvent(self, event: object) -> None:
        self._point(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        page = round(self._span_s * self._view_model.sample_rate / 10)
        actions: dict[Qt.Key, Callable[[], None]] = {
            Qt.Key.Key_Home: self.go_live,
            Qt.Key.Key_L: self.go_live,
            Qt.Key.Key_Left: lambda: self.look_at(self.end_position - page),
            Qt.Key.Key_Right: lambda: self.look_at(self.end_position + page),
            Qt.Key.Key_Up: lambda: self.zoom(ZOOM_STEP),
            Qt.Key.Key_Down: lambda: self.zoom(1 / ZOOM_STEP),
            Qt.Key.Key_Plus: lambda: self._step_span(-1),
            Qt.Key.Key_Minus: lambda: self._step_span(1),
        }
        action = actions.get(Qt.Key(event.key()))
        if action is None or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().keyPressEvent(event)
        else:
            action()
