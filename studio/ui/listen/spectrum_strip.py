"""The spectrum beside the picture, on the same axis of pitch."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from studio.analysis.history import Levels, to_db
from studio.ui.icons import icon
from studio.ui.listen.device_pixels import use_device_pixels
from studio.ui.listen.frequency_axis import MINUS, FrequencyAxis, note_and_cents
from studio.ui.listen.key_rows import FORGET_PEAKS
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.listen.pace import Pace
from studio.ui.listen.picture_text import draw_text, text_size
from studio.ui.listen.spectrogram_image import RowMap
from studio.ui.listen.spectrogram_view import SpectrogramView
from studio.ui.listen.spectrum_menu import SpectrumMenu
from studio.ui.listen.spectrum_model import SpectrumModel
from studio.ui.listen.viewport import ZOOM_STEP
from studio.ui.listen.waveform_image import rgb
from studio.ui.place_keys import tip_with_keys
from studio.ui.theme import GRID, SPACE_S, font_small, tabular, theme

WIDTH = 14 * GRID
STEP_DB = 20
TOP_DB = 0.0
SPECTRUM_MS = 50
WHEEL_STEP = 120  # of Qt's angle: one notch


class SpectrumStrip(QWidget):
    """The moment at the picture's right edge, or under the pointer; its peaks and its average."""

    pointed = Signal(object)  # the frequency pointed at in Hz, None where there is none

    def __init__(self, view_model: ListenViewModel, view: SpectrogramView) -> None:
        super().__init__()
        self.setObjectName("spectrum_strip")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # nothing below shows
        self.setAccessibleName(self.tr("Spectrum"))
        self.setStatusTip(
            self.tr(
                "The spectrum of the moment, its peaks and average. Wheel: zoom. P: reset. S: hide"
            )
        )
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setFixedWidth(WIDTH)
        self.setMouseTracking(True)
        self._view_model, self._view = view_model, view
        self.model = SpectrumModel(view_model, parent=self)
        self._hz: float | None = None  # pointed at, here or in the picture
        self._is_pointed_here = False
        self._rows: tuple[object, RowMap] | None = None
        self._pixels: NDArray[np.uint32] = np.zeros((1, 1), dtype=np.uint32)
        self._add_menu()
        self.model.changed.connect(self.update)
        view.viewport.axis_changed.connect(self.update)
        self._pace = Pace(SPECTRUM_MS)
        view.viewport.time_changed.connect(self._on_time_changed)
        view.picture.look_changed.connect(self.update)
        view.pointed.connect(self._on_pointed_in_picture)
        theme().changed.connect(self.update)

    def _add_menu(self) -> None:
        self._button = QToolButton(self)
        self._button.setObjectName("spectrum_menu")
        self._button.setAccessibleName(self.tr("Spectrum settings"))
        tip_with_keys(self._button, self.tr("Peaks, average, reset{0}"), FORGET_PEAKS)
        self._button.setIcon(icon("chevron"))
        self._button.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        self._button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._button.setMenu(SpectrumMenu(self.model, self._button))
        self._button.move(WIDTH - self._button.sizeHint().width(), 0)

    def _on_time_changed(self) -> None:
        """Follow a hand at once, the sound twenty times a second: it can't be read faster."""
        if not self._view.viewport.is_live or self._pace.is_due():
            self.update()

    def reset(self) -> None:
        """Forget the peaks and the average."""
        self.model.reset()

    def _on_pointed_in_picture(self, hz: float | None) -> None:
        if not self._is_pointed_here:
            self._hz = hz
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._is_pointed_here = True
        self._hz = self._axis.hz(1 - event.position().y() / max(1, self.height()))
        self.pointed.emit(self._hz)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._is_pointed_here, self._hz = False, None
        self.pointed.emit(None)
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom the range of pitches about the pointer, the picture's too."""
        steps = event.angleDelta().y() / WHEEL_STEP
        fraction = 1 - event.position().y() / max(1, self.height())
        self._view.viewport.zoom(ZOOM_STEP**steps, fraction)
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.reset()

    @property
    def _axis(self) -> FrequencyAxis:
        return self._view.axis

    @property
    def position(self) -> int:
        """Of which moment the spectrum is: that under the pointer, or at the right edge."""
        place = self._view.marks.place
        return self._view.end_position if place is None else place.position

    def x_of(self, db: float) -> float:
        """Where a level lies: from the picture's darkest at the left to full scale."""
        floor = self._view.picture.look.floor_db
        return self.width() * min(1.0, max(0.0, (db - floor) / (TOP_DB - floor)))

    def readout(self) -> list[str]:
        """What is at the frequency pointed at: note, Hz, level and peak; empty if none is."""
        row = None if self._hz is None else self._row(self._hz)
        if self._hz is None or row is None:
            return []
        now = self.model.at(self.position)
        words = [note_and_cents(self._hz), self.tr("{0:.0f} Hz").format(self._hz)]
        if now is not None:
            words.append(self.tr("{0:.0f} dB").format(to_db(now)[row]))
        if self.model.has_peaks:
            words.append(self.tr("peak {0:.0f} dB").format(to_db(self.model.peaks)[row]))
        return [word.replace("-", MINUS) for word in words]

    def _row(self, hz: float) -> int | None:
        settings = self._view_model.settings
        row = round(float(settings.row_of(hz))) if hz > 0 else -1
        return row if 0 <= row < settings.n_rows else None

    def paintEvent(self, event: QPaintEvent) -> None:
        self.model.take_in()
        painter = QPainter(self)
        painter.save()
        size = use_device_pixels(painter, self.size())
        self._pixels = self._draw(size.width(), size.height())
        form, stride = QImage.Format.Format_RGB32, self._pixels.strides[0]
        image = QImage(self._pixels.data, size.width(), size.height(), stride, form)
        painter.drawImage(QPoint(0, 0), image)
        painter.restore()
        painter.setFont(tabular(font_small()))
        self._draw_scale(painter)
        self._draw_readout(painter)

    def _draw(self, width: int, height: int) -> NDArray[np.uint32]:
        """The curves as pixels, shape (height, width)."""
        pixels = np.full((height, width), rgb(theme().color("surface_sunken")), dtype=np.uint32)
        now = self.model.at(self.position)
        if now is None:
            return pixels
        thick = max(1, round(self.devicePixelRatioF()))
        at = self._columns(now, width, height)
        columns = np.arange(width, dtype=np.float32)
        pixels[columns < at[:, None]] = _ink("accent_soft")
        line(pixels, at, thick, _ink("accent"))
        if self.model.has_average:
            line(
                pixels, self._columns(self.model.average, width, height), thick, _ink("text_muted")
            )
        if self.model.has_peaks:
            line(pixels, self._columns(self.model.peaks, width, height), thick, _ink("playhead"))
        return pixels

    def _columns(self, levels: Levels, width: int, height: int) -> NDArray[np.float32]:
        """Where each row of pixels ends, in pixels from the left."""
        settings = self._view_model.settings
        key = (height, self._axis, settings)
        if self._rows is None or self._rows[0] != key:
            self._rows = (key, RowMap(height, self._axis, settings))
        db = to_db(self._rows[1].take(levels[None])[:, 0])
        floor = self._view.picture.look.floor_db
        share = np.clip((db - floor) / (TOP_DB - floor), 0, 1)
        return np.asarray(share * width, dtype=np.float32)

    def _draw_scale(self, painter: QPainter) -> None:
        """A line at every 20 dB, and some of their numbers."""
        floor = self._view.picture.look.floor_db
        painter.setPen(theme().color("text_muted"))
        last = float(self.width() + GRID)
        for db in range(-STEP_DB, int(floor), -STEP_DB):
            x = self.x_of(db)
            painter.fillRect(QRectF(round(x), 0, 1, self.height()), theme().color("border"))
            if last - x >= 4 * GRID:
                last = x
                box = QRectF(x - 2 * GRID, self.height() - 2 * GRID, 4 * GRID, 2 * GRID)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"{MINUS}{-db}")

    def _draw_readout(self, painter: QPainter) -> None:
        if self._hz is None:
            return
        y = self.height() * (1 - self._axis.fraction(self._hz))
        painter.fillRect(QRectF(0, round(y), self.width(), 1), theme().color("text_muted"))
        if self._is_pointed_here:
            lines = self.readout()
            step = text_size(painter, "0")[1]
            top = y + GRID if y + GRID + step * len(lines) < self.height() else y - GRID
            top = top if top > y else top - step * len(lines)
            for number, text in enumerate(lines):
                draw_text(painter, QPointF(SPACE_S, top + number * step), text)


def line(pixels: NDArray[np.uint32], at: NDArray[np.float32], thick: int, color: int) -> None:
    """Draw a curve downwards through column `at` of each row; neighbours touch."""
    low, high = at.copy(), at.copy()
    np.minimum(at[1:], at[:-1], out=low[1:])
    np.maximum(at[1:], at[:-1], out=high[1:])
    columns = np.arange(pixels.shape[1], dtype=np.float32)
    is_on = (columns >= np.floor(low)[:, None] - thick) & (columns < np.ceil(high)[:, None])
    pixels[is_on & (high > 0)[:, None]] = color


def _ink(role: str) -> int:
    return rgb(theme().color(role))
