"""The live picture of sound: newest at the right, pitch upward, level as colour."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.ui.listen.frequency_axis import FrequencyAxis, note_and_cents
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.listen.spectrogram_image import SpectrogramImage
from studio.ui.theme import GRID, SPACE_S, font_normal, font_small, tabular, theme

SPANS_S = (2, 5, 10, 20, 30, 60, 120, 300, 600)
PICTURE_TEXT = QColor("#FFFFFF")
PICTURE_SHADE = QColor(0, 0, 0, 170)  # under text: the picture may be of any colour


class SpectrogramView(QWidget):
    """Draws the history of the view-model; holds only where one looks."""

    axis_changed = Signal(object)  # FrequencyAxis
    time_changed = Signal()

    def __init__(self, view_model: ListenViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("spectrogram")
        self.setAccessibleName(self.tr("Spectrogram"))
        self.setToolTip("")
        self.setStatusTip(
            self.tr("Wheel: zoom pitch. Ctrl+wheel: time span. Drag: look back. Home: now.")
        )
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 160)
        self._view_model = view_model
        self._limits = self._axis = FrequencyAxis(30, 16_000)
        self._span_s = 10
        self._back_samples = 0  # how far before the newest sound the right edge lies
        self._pointer: QPointF | None = None
        self._drag: tuple[float, int] | None = None
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
        return self._back_samples == 0

    @property
    def end_position(self) -> int:
        """The sample position at the right edge."""
        return max(0, self._view_model.history.last_position - self._back_samples)

    @property
    def samples_per_pixel(self) -> float:
        """How much time a (logical) pixel is."""
        return self._span_s * self._view_model.sample_rate / max(1, self.width())

    def go_live(self) -> None:
        """Return to now."""
        self._back_samples = 0
        self.time_changed.emit()
        self.update()

    def set_span(self, seconds: int) -> None:
        """Show `seconds` of sound across the width."""
        self._span_s = seconds
        self.time_changed.emit()
        self.update()

    def _on_started(self) -> None:
        settings = self._view_model.settings
        self._image = SpectrogramImage(self._view_model.history, settings)
        self._limits = self._axis = FrequencyAxis(settings.fmin_hz, settings.top_hz)
        self.axis_changed.emit(self._axis)
        self.go_live()

    def _on_ticked(self, n_columns: int) -> None:
        if n_columns and not self.is_live:
            self._back_samples += n_columns * self._view_model.settings.hop_length
        if n_columns or self._pointer is not None:
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._image is None:
            painter.fillRect(self.rect(), theme().color("surface_sunken"))
            return
        ratio = self.devicePixelRatioF()
        width, height = round(self.width() * ratio), round(self.height() * ratio)
        per_pixel = self._span_s * self._view_model.sample_rate / max(1, width)
        first = self._image.update(width, height, self._axis, per_pixel, self.end_position)
        image = self._image.image
        split = (width - first) / ratio
        source = QRectF(first, 0, width - first, height)
        painter.drawImage(QRectF(0, 0, split, self.height()), image, source)
        if first:
            target = QRectF(split, 0, self.width() - split, self.height())
            painter.drawImage(target, image, QRectF(0, 0, first, height))
        self._draw_time(painter)
        self._draw_readout(painter)

    def _draw_time(self, painter: QPainter) -> None:
        painter.setFont(tabular(font_small()))
        step = next((s for s in (1, 2, 5, 10, 20, 60, 120) if s * 5 >= self._span_s / 2), 120)
        rate = self._view_model.sample_rate
        end_s = self.end_position / rate
        second = int(end_s // step) * step
        while second > end_s - self._span_s and second >= 0:
            x = self.width() - (end_s - second) * rate / self.samples_per_pixel
            painter.fillRect(QRectF(x, self.height() - 5, 1, 5), PICTURE_TEXT)
            _text(painter, QPointF(x + 3, self.height() - 18), f"{second // 60}:{second % 60:02d}")
            second -= step
        if not self.is_live:
            back_s = self._back_samples / rate
            _text(
                painter,
                QPointF(SPACE_S, SPACE_S),
                self.tr("{0:.1f} s ago. Home: now").format(back_s),
            )

    def _draw_readout(self, painter: QPainter) -> None:
        text = self.readout()
        if self._pointer is None or not text:
            return
        painter.setPen(QColor(255, 255, 255, 90))
        x, y = round(self._pointer.x()), round(self._pointer.y())
        painter.drawLine(0, y, self.width(), y)
        painter.drawLine(x, 0, x, self.height())
        painter.setFont(tabular(font_normal()))
        size = QFontMetrics(painter.font()).horizontalAdvance(text) + 2 * SPACE_S
        left = x + GRID if x + GRID + size < self.width() else x - GRID - size
        top = y - 3 * GRID if y > 4 * GRID else y + GRID
        _text(painter, QPointF(left, top), text)

    def readout(self) -> str:
        """Time, frequency, note and level under the pointer; '' where there is none."""
        if self._pointer is None or self._image is None:
            return ""
        hz, position = self._hz_at(self._pointer), self._position_at(self._pointer)
        level = self._view_model.db_at(position, hz)
        db = self.tr("no sound") if level is None else f"{level:.0f} dB"
        seconds = position / self._view_model.sample_rate
        return f"{seconds:.2f} s · {hz:.0f} Hz · {note_and_cents(hz)} · {db}"

    def _hz_at(self, at: QPointF | QPoint) -> float:
        return self._axis.hz(1 - at.y() / max(1, self.height()))

    def _position_at(self, at: QPointF) -> int:
        return round(self.end_position - (self.width() - at.x()) * self.samples_per_pixel)

    def wheelEvent(self, event: QWheelEvent) -> None:
        steps = (event.angleDelta().y() or event.angleDelta().x()) / 120
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            index = SPANS_S.index(self._span_s) - (1 if steps > 0 else -1)
            self.set_span(SPANS_S[min(max(index, 0), len(SPANS_S) - 1)])
        else:
            fraction = 1 - event.position().y() / max(1, self.height())
            self._axis = self._axis.zoomed(0.8**steps, fraction, self._limits)
            self.axis_changed.emit(self._axis)
            self.update()
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._drag = (event.position().x(), self._back_samples)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.position()
        if self._drag is not None:
            start_x, start_back = self._drag
            history = self._view_model.history
            most = max(0, history.last_position - history.first_position)
            moved = round((event.position().x() - start_x) * self.samples_per_pixel)
            self._back_samples = min(max(0, start_back + moved), most)
            self.time_changed.emit()
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._drag = None

    def leaveEvent(self, event: object) -> None:
        self._pointer = None
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Home:
            self.go_live()
        else:
            super().keyPressEvent(event)


def _text(painter: QPainter, at: QPointF, text: str) -> None:
    """Text on the picture, on a shade of its own."""
    metrics = QFontMetrics(painter.font())
    box = QRectF(at.x(), at.y(), metrics.horizontalAdvance(text) + 2 * SPACE_S, metrics.height())
    painter.fillRect(box, PICTURE_SHADE)
    painter.setPen(PICTURE_TEXT)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
