"""The live picture of sound: newest at the right, pitch upward, level as colour."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import (
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.ui.keymap import in_brackets
from studio.ui.listen.evidence_overlay import EvidenceOverlay
from studio.ui.listen.frequency_axis import FrequencyAxis
from studio.ui.listen.key_rows import CURSOR, FREEZE, GO_LIVE, HARMONICS, SHOW_ALL
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.listen.picture_geometry import PictureGeometry
from studio.ui.listen.picture_gestures import PictureGestures
from studio.ui.listen.picture_keys import PictureKeys
from studio.ui.listen.picture_marks import PictureMarks
from studio.ui.listen.picture_model import PictureModel
from studio.ui.listen.picture_overlay import PictureOverlay
from studio.ui.listen.picture_text import line_ink
from studio.ui.listen.readout import Place, describe
from studio.ui.listen.spectrogram_image import SpectrogramImage
from studio.ui.listen.time_marks import draw_time_marks
from studio.ui.listen.viewport import Viewport
from studio.ui.place_keys import KeyTip
from studio.ui.theme import theme


class SpectrogramView(QWidget):
    """Draws the history of the view-model; holds only where one looks and what is marked."""

    pointed = Signal(object)  # the frequency pointed at in Hz, None where there is none

    def __init__(self, view_model: ListenViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("spectrogram")
        self.setAccessibleName(self.tr("Spectrogram"))
        text = self.tr(
            "Wheel: zoom (Ctrl: time only, Shift: pitch only). Drag: look back. Click: pin. "
            "Now{0}. Freeze{1}. Overtones{2}. Cursor by keys{3}. Show all{4}."
        )
        KeyTip(self, self.setStatusTip, text, GO_LIVE, FREEZE, HARMONICS, CURSOR, SHOW_ALL)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 160)
        self._view_model = view_model
        self.viewport = Viewport(view_model, self)
        self.picture = PictureModel(view_model, self.viewport, parent=self)
        self.marks = PictureMarks(self)
        self.geometry_ = PictureGeometry(self, view_model, self.viewport)
        self._gestures = PictureGestures(self.geometry_, self.viewport, self.marks)
        self.commands = self._gestures.commands
        self.commands.copy, self.commands.focus = self.copy, self.setFocus
        self._keys = PictureKeys(self.commands, self)
        self._overlay = PictureOverlay(view_model, self.geometry_, self.marks)
        self._evidence = EvidenceOverlay(view_model, self.geometry_)
        self._image: SpectrogramImage | None = None
        self._connect()

    def _connect(self) -> None:
        self.viewport.axis_changed.connect(self.update)
        self.viewport.time_changed.connect(self.update)
        self.picture.look_changed.connect(self.update)
        self.marks.changed.connect(self._on_marked)
        self._view_model.started.connect(self.marks.clear)
        self._view_model.started.connect(self._on_picture_changed)
        self._view_model.picture_changed.connect(self._on_picture_changed)
        self._view_model.ticked.connect(self._on_ticked)
        self._view_model.genre_changed.connect(self.update)
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
        return self.geometry_.samples_per_pixel

    def readout(self) -> str:
        """Time, frequency, note and level of the place pointed at; '' where there is none."""
        place = self.marks.place
        return "" if place is None else describe(self._view_model, place)

    def copy(self) -> None:
        """Put the readings of the pins and of the place pointed at on the clipboard."""
        places: list[Place] = [*self.marks.pins, *filter(None, (self.marks.place,))]
        lines = [text for place in places if (text := describe(self._view_model, place))]
        if lines:
            QGuiApplication.clipboard().setText("\n".join(lines))

    def _on_picture_changed(self) -> None:
        self._image = SpectrogramImage(self._view_model.history, self._view_model.settings)
        self.update()

    def _on_marked(self) -> None:
        place = self.marks.place
        self.pointed.emit(None if place is None else place.hz)
        self.setAccessibleDescription(self.readout())
        self.update()

    def _on_ticked(self, _n_columns: int) -> None:
        if self.viewport.is_live:
            self.viewport.time_changed.emit()
        elif self._view_model.hearing and self._view_model.hearing.is_changing:
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._image is None:
            painter.fillRect(self.rect(), theme().color("surface_sunken"))
            return
        look = self.picture.look
        self._image.color_map = look.color_map
        self._image.floor_db, self._image.ceiling_db = look.floor_db, look.ceiling_db
        span = self.viewport.span_s * self._view_model.sample_rate
        self._image.paint(painter, self.size(), self.axis, span, self.end_position)
        self._evidence.paint(painter)
        ink = line_ink(look.color_map)
        end_s = self.end_position / self._view_model.sample_rate
        draw_time_marks(painter, self.size(), end_s, self.viewport.span_s, ink)
        self._overlay.paint(painter, self._live_hint(), ink)

    def _live_hint(self) -> str:
        if self.viewport.is_live:
            return ""
        back = self._view_model.shown_position - self.end_position
        text = self.tr("{0:.1f} s ago · back to now{1}")
        return text.format(back / self._view_model.sample_rate, in_brackets(GO_LIVE))

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._gestures.wheel(event)
        event.accept()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent) and self._gestures.pinch(event):
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._gestures.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._gestures.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._gestures.release(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._gestures.leave()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.do_key(event):
            super().keyPressEvent(event)

    def do_key(self, event: QKeyEvent) -> bool:
        """Do what a key stands for, wherever the focus is; False if it stands for nothing here."""
        return self._keys.press(event)
