"""The pixels of a waveform: a ring of columns, of which only new ones are drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from studio.analysis.level import CLIP_LEVEL
from studio.analysis.sound_outline import SoundOutline
from studio.analysis.waveform import Floats
from studio.ui.theme import theme

NOWHERE = -1 << 60


@dataclass(frozen=True, slots=True)
class WaveformLook:
    """How tall and by how much magnified it is, in device pixels; `mark` is that of clipping."""

    width: int
    height: int
    mark: int
    per_pixel: float  # samples
    gain: int
    is_dark: bool


class WaveformImage:
    """Pixel column k shows the samples from k to k + 1 times `per_pixel`, as in the picture."""

    def __init__(self, outline: SoundOutline) -> None:
        self._outline = outline
        self._look: WaveformLook | None = None
        self._pixels: NDArray[np.uint32] = np.zeros((1, 1), dtype=np.uint32)
        self._from = self._to = NOWHERE
        self.image = QImage()

    def update(self, look: WaveformLook, end: int) -> int:
        """Draw what is missing up to the last whole column before `end`.

        Returns the ring's first column: draw [that, width) and then [0, that).
        """
        if look != self._look:
            self._restart(look)
        last = int(end // look.per_pixel)
        first = last - look.width
        if not self._from <= last <= self._to + look.width:
            self._from = self._to = first
        self._draw(look, first, min(self._from, last))
        self._draw(look, max(self._to, first), last)
        self._from, self._to = first, last
        return last % look.width

    def _restart(self, look: WaveformLook) -> None:
        self._look = look
        self._pixels = np.zeros((look.height, look.width), dtype=np.uint32)
        stride = self._pixels.strides[0]
        form = QImage.Format.Format_RGB32
        self.image = QImage(self._pixels.data, look.width, look.height, stride, form)
        self._from = self._to = NOWHERE

    def _draw(self, look: WaveformLook, first: int, after: int) -> None:
        if after <= first:
            return
        # one column more to the left, so that the line goes on from there
        edges = np.ceil(np.arange(first - 1, after + 1) * look.per_pixel).astype(np.int64)
        low, high = self._outline.between(edges)
        pixels = waveform_pixels(low, high, look.height, look.gain, look.mark)
        self._pixels[:, np.arange(first, after) % look.width] = pixels[:, 1:]


def waveform_pixels(
    low: Floats, high: Floats, height: int, gain: float, mark: int
) -> NDArray[np.uint32]:
    """Pixels of an outline, shape (height, n): at least one in each column that has sound.

    Neighbouring columns touch, so that a line stays a line. `mark` pixels at the top and bottom of
    clipped columns are red.
    """
    pixels = np.full((height, len(low)), rgb(theme().color("surface_sunken")), dtype=np.uint32)
    pixels[height // 2] = rgb(theme().color("border"))
    is_there = low <= high
    joined_low, joined_high = low.copy(), high.copy()
    both = is_there[1:] & is_there[:-1]
    np.minimum(low[1:], high[:-1], out=joined_low[1:], where=both)
    np.maximum(high[1:], low[:-1], out=joined_high[1:], where=both)
    half = (height - 1) / 2
    top = np.rint(half - half * np.clip(gain * joined_high, -1, 1))
    bottom = np.rint(half - half * np.clip(gain * joined_low, -1, 1))
    rows = np.arange(height, dtype=np.float32)[:, None]
    pixels[(rows >= top) & (rows <= bottom) & is_there] = rgb(theme().color("accent"))
    clipped = is_there & (np.maximum(high, -low) >= CLIP_LEVEL)
    red = rgb(theme().color("error"))
    pixels[:mark, clipped] = red
    pixels[height - mark :, clipped] = red
    return pixels


def rgb(color: QColor) -> int:
    """The colour as a pixel."""
    return color.rgb() & 0xFFFFFFFF
