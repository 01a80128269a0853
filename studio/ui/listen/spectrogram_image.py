"""The picture itself: a ring of pixel columns, of which only new ones are drawn."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from studio.analysis.history import FLOOR_DB, STEP_DB, SpectrogramHistory
from studio.analysis.spectrogram import SpectrogramSettings
from studio.ui.listen.color_map import color_table
from studio.ui.listen.frequency_axis import FrequencyAxis


class SpectrogramImage:
    """Device pixels of a stretch of history.

    Pixel column k of the stream (k = position / samples per pixel) lies at k modulo the width,
    so that scrolling copies nothing: the widget draws the ring in two pieces.
    """

    def __init__(self, history: SpectrogramHistory, settings: SpectrogramSettings) -> None:
        self._history, self._settings = history, settings
        self.floor_db, self.ceiling_db = -90.0, -10.0
        self._pixels: NDArray[np.uint32] = np.zeros((1, 1), dtype=np.uint32)
        self._rows: NDArray[np.intp] = np.zeros(1, dtype=np.intp)
        self._key: tuple[object, ...] = ()
        self._from = self._to = 0  # the pixel columns that are drawn for good: [from, to)
        self.image = QImage()

    def update(
        self, width: int, height: int, axis: FrequencyAxis, per_pixel: float, end: int
    ) -> int:
        """Draw what is missing so that the last column shows position `end`.

        Returns the ring's first column: draw [that, width) and then [0, that).
        """
        key = (width, height, axis, per_pixel)
        if key != self._key:
            self._restart(width, height, axis)
            self._key = key
        last = int(end // per_pixel) + 1
        if not self._from <= last - width <= self._to or last < self._to:
            self._from = self._to = last - width
        self._draw(max(self._to, last - width), last, per_pixel)
        # The newest column reaches past the newest sound: what comes will still change it.
        known = int(self._history.last_position // per_pixel)
        self._from, self._to = last - width, min(last, known)
        return last % width

    def _restart(self, width: int, height: int, axis: FrequencyAxis) -> None:
        fractions = (np.arange(height)[::-1] + 0.5) / height
        hz = axis.low_hz * (axis.high_hz / axis.low_hz) ** fractions
        s = self._settings
        rows = np.log(hz / s.fmin_hz) / np.log(s.top_hz / s.fmin_hz) * (s.n_rows - 1)
        self._rows = np.clip(np.rint(rows), 0, s.n_rows - 1).astype(np.intp)
        self._colors = self._level_colors()
        self._pixels = np.full((height, width), self._colors[0], dtype=np.uint32)
        stride = self._pixels.strides[0]
        self.image = QImage(self._pixels.data, width, height, stride, QImage.Format.Format_RGB32)
        self._from = self._to = -1 << 60

    def _level_colors(self) -> NDArray[np.uint32]:
        db = FLOOR_DB + STEP_DB * np.arange(256)
        shade = np.clip((db - self.floor_db) / (self.ceiling_db - self.floor_db), 0, 1)
        colors: NDArray[np.uint32] = color_table()[np.rint(shade * 255).astype(np.intp)]
        return colors

    def _draw(self, first: int, after: int, per_pixel: float) -> None:
        if after <= first:
            return
        columns = np.arange(first, after)
        positions = ((columns + 1) * per_pixel).astype(np.int64)
        tolerance = max(round(per_pixel), 3 * self._settings.hop_length)
        levels, is_there = self._history.at(positions, tolerance)
        colors = self._colors[levels[:, self._rows]]
        colors[~is_there] = self._colors[0]
        self._pixels[:, columns % self._pixels.shape[1]] = colors.T
