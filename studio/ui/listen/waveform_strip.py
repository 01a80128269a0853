"""The waveform under the picture, on the same clock."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.analysis.sound_outline import SoundOutline
from studio.ui.listen.device_pixels import use_device_pixels
from studio.ui.listen.frequency_axis import MINUS
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.listen.picture_text import draw_text, text_size
from studio.ui.listen.spectrogram_view import SpectrogramView
from studio.ui.listen.waveform_image import WaveformImage, WaveformLook
from studio.ui.theme import GRID, SPACE_M, SPACE_S, font_small, tabular, theme

HEIGHT = 7 * GRID
MAX_GAIN = 64
CLIP_MARK = 4
TIMES = "\N{MULTIPLICATION SIGN}"


class WaveformStrip(QWidget):
    """The lowest and highest sample of each pixel; red where it clipped. The wheel magnifies."""

    def __init__(self, view_model: ListenViewModel, view: SpectrogramView) -> None:
        super().__init__()
        self.setObjectName("waveform_strip")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # nothing below shows
        self.setAccessibleName(self.tr("Waveform"))
        tip = self.tr("Waveform; red where it clipped. Wheel: magnify quiet sound. W: hide or show")
        self.setStatusTip(tip)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self._view_model, self._view = view_model, view
        self._outline: SoundOutline | None = None
        self._image: WaveformImage | None = None
        self._pointer_x: float | None = None
        self.gain = 1
        view_model.started.connect(self._follow)
        view_model.picture_changed.connect(self._on_picture_changed)
        view.viewport.time_changed.connect(self.update)
        theme().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(100, HEIGHT)

    def _follow(self) -> None:
        """Begin anew with the source, or the channel of it, that is analysed now."""
        if self._outline is not None:
            self._outline.stop()
        hearing = self._view_model.hearing
        self._outline = None if hearing is None else SoundOutline(hearing)
        self._image = None if self._outline is None else WaveformImage(self._outline)
        self.update()

    def _on_picture_changed(self) -> None:
        hearing, outline = self._view_model.hearing, self._outline
        if hearing and outline and hearing.channel != outline.channel:
            self._follow()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Magnify: what is beyond the edges is cut off, and not marked as clipped."""
        steps = event.angleDelta().y()
        if steps:
            gain = self.gain * 2 if steps > 0 else self.gain // 2
            self.gain = min(max(gain, 1), MAX_GAIN)
            self.update()
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer_x = event.position().x()
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._pointer_x = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._image is None or self.height() < CLIP_MARK or self.width() < 1:
            painter.fillRect(self.rect(), theme().color("surface_sunken"))
            return
        self._draw_sound(painter, self._image)
        painter.setFont(tabular(font_small()))
        if self.gain > 1:
            draw_text(painter, QPointF(SPACE_S, SPACE_S), f"{TIMES} {self.gain}")
        text = "" if self._pointer_x is None else self.readout(self._pointer_x)
        if text and self._pointer_x is not None:
            x = min(self._pointer_x + SPACE_M, self.width() - text_size(painter, text)[0])
            draw_text(painter, QPointF(x, SPACE_S), text)

    def _draw_sound(self, painter: QPainter, waveform: WaveformImage) -> None:
        painter.save()
        size = use_device_pixels(painter, self.size())
        width, height = size.width(), size.height()
        per_pixel = self._view.viewport.span_s * self._view_model.sample_rate / width
        mark, is_dark = round(CLIP_MARK * self.devicePixelRatioF()), theme().is_dark
        look = WaveformLook(width, height, mark, per_pixel, self.gain, is_dark)
        first = waveform.update(look, self._view.end_position)
        split = width - first
        painter.drawImage(QPoint(0, 0), waveform.image, QRect(first, 0, split, height))
        if first:
            painter.drawImage(QPoint(split, 0), waveform.image, QRect(0, 0, first, height))
        painter.restore()

    def readout(self, x: float) -> str:
        """'1.23 s · peak 0.0 dB' at `x`; '' where there is no sound."""
        if self._outline is None:
            return ""
        per_pixel = self._view.samples_per_pixel
        at = self._view.end_position - (self.width() - x) * per_pixel
        edges = np.array([int(at), math.ceil(at + per_pixel)], dtype=np.int64)
        low, high = self._outline.between(edges)
        if low[0] > high[0]:
            return ""
        peak = float(max(-low[0], high[0]))
        level = f"{20 * math.log10(peak):.1f}" if peak > 0 else "-\N{INFINITY}"
        words = self.tr("{0:.2f} s · peak {1} dB").format(at / self._view_model.sample_rate, level)
        return words.replace("-", MINUS)
