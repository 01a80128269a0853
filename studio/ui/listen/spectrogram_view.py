"""The live picture of sound: newest at the right, pitch upward, level as colour."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.ui.listen.frequency_axis import MINUS, FrequencyAxis, note_and_cents, octave_hz
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.listen.picture_text import FAINT_LINE, HAIR_LINE, draw_text, text_size
from studio.ui.listen.spectrogram_image import SpectrogramImage
from studio.ui.listen.time_marks import draw_time_marks
from studio.ui.listen.viewport import ZOOM_STEP, Viewport
from studio.ui.theme import GRID, SPACE_M, font_normal, tabular, theme


class SpectrogramView(QWidget):
    """Draws the history of the view-model; holds only where one looks."""

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
        self.viewport = Viewport(view_model, self)
        self.viewport.axis_changed.connect(self.update)
        self.viewport.time_changed.connect(self.update)
        self._pointer: QPointF | None = None
        self._drag: tuple[float, int] | None = None  # where it began, and the right edge then
        self._image: SpectrogramImage | None = None
        view_model.started.connect(self._on_started)
        view_model.picture_changed.connect(self._on_started)
        view_model.ticked.connect(self._on_ticked)
        theme().changed.connect(self.update)

    @property
    def axis(self) -> FrequencyAxis:
        """The range of frequencies that is shown."""
        return self.viewport.axis

    @property
    def end_position(self) -> int:
        """The sample position at the right edge."""
        return self.viewport.end_position

    @property
    def samples_per_pixel(self) -> float:
        """How much time a (logical) pixel is."""
        return self.viewport.span_s * self._view_model.sample_rate / max(1, self.width())

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

    def _on_started(self) -> None:
        self._image = SpectrogramImage(self._view_model.history, self._view_model.settings)
        self.update()

    def _on_ticked(self, _n_columns: int) -> None:
        if self.viewport.is_live:
            self.viewport.time_changed.emit()

    def _hz_at(self, at: QPointF) -> float:
        return self.axis.hz(1 - at.y() / max(1, self.height()))

    def _position_at(self, at: QPointF) -> int:
        return round(self.end_position - (self.width() - at.x()) * self.samples_per_pixel)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._image is None:
            painter.fillRect(self.rect(), theme().color("surface_sunken"))
            return
        self._draw_sound(painter, self._image)
        for hz in octave_hz(self.axis):
            y = round(self.height() * (1 - self.axis.fraction(hz)))
            painter.fillRect(QRectF(0, y, self.width(), 1), FAINT_LINE)
        rate = self._view_model.sample_rate
        draw_time_marks(painter, self.size(), self.end_position / rate, self.viewport.span_s)
        self._draw_words(painter)

    def _draw_sound(self, painter: QPainter, picture: SpectrogramImage) -> None:
        ratio = self.devicePixelRatioF()
        width, height = round(self.width() * ratio), round(self.height() * ratio)
        per_pixel = self.viewport.span_s * self._view_model.sample_rate / max(1, width)
        first = picture.update(width, height, self.axis, per_pixel, self.end_position)
        split = (width - first) / ratio
        source = QRectF(first, 0, width - first, height)
        painter.drawImage(QRectF(0, 0, split, self.height()), picture.image, source)
        if first:
            target = QRectF(split, 0, self.width() - split, self.height())
            painter.drawImage(target, picture.image, QRectF(0, 0, first, height))

    def _draw_words(self, painter: QPainter) -> None:
        painter.setFont(tabular(font_normal()))
        if not self.viewport.is_live:
            back = self._view_model.shown_position - self.end_position
            text = self.tr("{0:.1f} s ago · L: back to now")
            back_s = back / self._view_model.sample_rate
            draw_text(painter, QPointF(SPACE_M, SPACE_M), text.format(back_s))
        text = self.readout()
        if self._pointer is None or not text:
            return
        x, y = round(self._pointer.x()), round(self._pointer.y())
        painter.fillRect(QRectF(0, y, self.width(), 1), HAIR_LINE)
        painter.fillRect(QRectF(x, 0, 1, self.height()), HAIR_LINE)
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
            self.viewport.step_span(-1 if steps > 0 else 1)
        else:
            self.viewport.zoom(ZOOM_STEP**steps, 1 - event.position().y() / max(1, self.height()))
        self._point(event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._drag = (event.position().x(), self.end_position)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag is not None:
            start_x, end = self._drag
            moved = event.position().x() - start_x
            self.viewport.look_at(end - round(moved * self.samples_per_pixel))
        self._point(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._drag = None

    def leaveEvent(self, event: object) -> None:
        self._point(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        view = self.viewport
        page = round(view.span_s * self._view_model.sample_rate / 10)
        actions: dict[Qt.Key, Callable[[], None]] = {
            Qt.Key.Key_Home: view.go_live,
            Qt.Key.Key_L: view.go_live,
            Qt.Key.Key_Left: lambda: view.look_at(view.end_position - page),
            Qt.Key.Key_Right: lambda: view.look_at(view.end_position + page),
            Qt.Key.Key_Up: lambda: view.zoom(ZOOM_STEP),
            Qt.Key.Key_Down: lambda: view.zoom(1 / ZOOM_STEP),
            Qt.Key.Key_Plus: lambda: view.step_span(-1),
            Qt.Key.Key_Minus: lambda: view.step_span(1),
        }
        action = actions.get(Qt.Key(event.key()))
        if action is None or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().keyPressEvent(event)
        else:
            action()
