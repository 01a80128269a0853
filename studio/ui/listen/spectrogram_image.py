"""The picture itself: a ring of pixel columns, of which only new ones are drawn."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QImage, QPainter

from studio.analysis.history import FLOOR_DB, STEP_DB, Levels, SpectrogramHistory
from studio.analysis.spectrogram import SpectrogramSettings
from studio.ui.listen.color_map import color_table
from studio.ui.listen.device_pixels import use_device_pixels
from studio.ui.listen.frequency_axis import FrequencyAxis

NOWHERE = -1 << 60


class SpectrogramImage:
    """Device pixels of a stretch of history.

    Pixel column k of the stream shows the samples from k to k + 1 times `per_pixel` and lies at k
    modulo the width, so that scrolling copies nothing: the widget draws the ring in two pieces.
    """

    def __init__(self, history: SpectrogramHistory, settings: SpectrogramSettings) -> None:
        self._history, self._settings = history, settings
        self.color_map, self.floor_db, self.ceiling_db = "dusk", -90.0, -10.0
        self._pixels: NDArray[np.uint32] = np.zeros((1, 1), dtype=np.uint32)
        self._key: tuple[object, ...] = ()
        self._from = self._to = NOWHERE  # the pixel columns that are drawn: [from, to)
        self.image = QImage()

    def update(
        self, width: int, height: int, axis: FrequencyAxis, per_pixel: float, end: int
    ) -> int:
        """Draw what is missing so that the last column is the last whole one before `end`.

        Returns the ring's first column: draw [that, width) and then [0, that).
        """
        revision = self._history.revision
        look = (self.color_map, self.floor_db, self.ceiling_db)
        key = (width, height, axis, per_pixel, look, revision)
        if key != self._key:
            self._restart(width, height, axis)
            self._key = key
        last = int(end // per_pixel)
        if not self._from <= last <= self._to + width:
            self._from = self._to = last - width
        first = last - width
        self._draw(first, min(self._from, last), per_pixel)
        self._draw(max(self._to, first), last, per_pixel)
        self._from, self._to = first, last
        return last % width

    def paint(
        self, painter: QPainter, size: QSize, axis: FrequencyAxis, span: float, end: int
    ) -> None:
        """Paint `span` samples before `end` over a widget of `size`, pixel for pixel."""
        painter.save()
        area = use_device_pixels(painter, size)
        width, height = area.width(), area.height()
        first = self.update(width, height, axis, span / width, end)
        painter.drawImage(QPoint(0, 0), self.image, QRect(first, 0, width - first, height))
        if first:
            painter.drawImage(QPoint(width - first, 0), self.image, QRect(0, 0, first, height))
        painter.restore()

    def _restart(self, width: int, height: int, axis: FrequencyAxis) -> None:
        self._rows = RowMap(height, axis, self._settings)
        self._colors = self._level_colors()
        self._pixels = np.full((height, width), self._colors[0], dtype=np.uint32)
        stride = self._pixels.strides[0]
        self.image = QImage(self._pixels.data, width, height, stride, QImage.Format.Format_RGB32)
        self._from = self._to = NOWHERE

    def _level_colors(self) -> NDArray[np.uint32]:
        db = FLOOR_DB + STEP_DB * np.arange(256)
        shade = np.clip((db - self.floor_db) / (self.ceiling_db - self.floor_db), 0, 1)
        colors: NDArray[np.uint32] = color_table(self.color_map)[
            np.rint(shade * 255).astype(np.intp)
        ]
        return colors

    def _draw(self, first: int, after: int, per_pixel: float) -> None:
        if after <= first:
            return
        edges = np.ceil(np.arange(first, after + 1) * per_pixel).astype(np.int64)
        levels, is_there = self._history.between(edges, 3 * self._settings.hop_length)
        levels[~is_there] = 0
        colors = np.take(self._colors, self._rows.take(levels), mode="clip")
        width, begin = self._pixels.shape[1], first % self._pixels.shape[1]
        n_before_end = min(after - first, width - begin)
        self._pixels[:, begin : begin + n_before_end] = colors[:, :n_before_end]
        self._pixels[:, : after - first - n_before_end] = colors[:, n_before_end:]


class RowMap:
    """Rows of the analysis to rows of pixels, topmost first.

    Where several rows share a pixel the loudest is shown, so that no partial is lost; where a
    row is many pixels tall, levels between the rows are interpolated.
    """

    def __init__(self, height: int, axis: FrequencyAxis, settings: SpectrogramSettings) -> None:
        edges = settings.row_of(axis.edges_hz(height))
        last = settings.n_rows - 1
        middle = np.clip((edges[:-1] + edges[1:]) / 2, 0, last)
        self._low = np.minimum(middle.astype(np.intp), last - 1)
        self._weight = np.rint((middle - self._low) * 256).astype(np.uint16)[:, None]
        self._is_dense = edges[0] - edges[-1] > height
        bounds = np.clip(np.rint(edges), 0, last).astype(np.intp)
        lowest, highest = bounds[1:], np.maximum(bounds[1:], bounds[:-1] - 1)
        highest[0] = bounds[0]
        n_looks = int(np.max(highest - lowest)) + 1
        self._looks = [np.minimum(lowest + look, highest) for look in range(n_looks)]

    def take(self, levels: Levels) -> Levels:
        """Levels of pixels, shape (height, n), from those of rows, shape (n, n_rows)."""
        rows = np.ascontiguousarray(levels.T)  # numpy is twice as fast along whole rows
        return self._loudest(rows) if self._is_dense else self._between(rows)

    def _loudest(self, rows: Levels) -> Levels:
        loudest = rows[self._looks[0]]
        for look in self._looks[1:]:
            np.maximum(loudest, rows[look], out=loudest)
        return loudest

    def _between(self, rows: Levels) -> Levels:
        mixed = rows[self._low] * (256 - self._weight)
        mixed += rows[self._low + 1] * self._weight
        mixed >>= 8
        return mixed.astype(np.uint8)
