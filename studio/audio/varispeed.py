"""What is heard of a file at a speed that may change at any moment, without a click or a jump."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.audio.file_reader import FileReader
from studio.audio.time_stretch import TIME_STRETCH_FRAMES, TimeStretch

PREROLL_FRAMES = 2048  # so much a time stretch must have heard before it can be listened to
FADE_FRAMES = 256  # from one speed to another: too short to be an echo, too long to be a click

Floats = NDArray[np.float32]


class Varispeed:
    """Reads at `speed`, which may be set from another thread. At full speed: the very samples."""

    def __init__(self, reader: FileReader, n_channels: int) -> None:
        self.speed = 1.0
        self._reader, self._n_channels = reader, n_channels
        self._now = 1.0
        self._stretch: TimeStretch | None = None
        self._tail = self._silence(0)  # of the speed before, to be faded out
        self._is_over = False
        self._n_unheard = 0  # frames of the preroll that still come out

    def _silence(self, n_frames: int) -> Floats:
        return np.zeros((n_frames, self._n_channels), dtype=np.float32)

    @property
    def place(self) -> int:
        """The frame of the file that is heard next."""
        stretch, frame = self._stretch, self._reader.frame
        if stretch is None or self._reader.is_seeking:
            return frame
        return max(0, frame - stretch.held_frames + round(self._n_unheard * self._now))

    def read(self, n_frames: int) -> Floats | None:
        """What `n_frames` of the file come to, shape (n, n_channels); None at its end."""
        if self._is_over and not self._reader.is_seeking:
            return None
        self._is_over = False
        speed = self.speed
        if speed != self._now:
            self._change(speed, n_frames)
        block = self._read(n_frames)
        if len(block):
            return self._faded(self._after_preroll(self._stretched(block)))
        rest = self._after_preroll(self._rest())
        self._now, self._stretch, self._n_unheard, self._is_over = 1.0, None, 0, True
        return self._faded(rest) if len(rest) else None

    def _read(self, n_frames: int) -> Floats:
        return self._reader.read(n_frames)[:, : self._n_channels]

    def _stretched(self, block: Floats) -> Floats:
        return block if self._stretch is None else self._stretch.push(block)

    def _rest(self) -> Floats:
        """What the time stretch still holds."""
        if self._stretch is None:
            return self._silence(0)
        return self._stretch.push(self._silence(TIME_STRETCH_FRAMES))

    def _change(self, speed: float, n_frames: int) -> None:
        """Go on from the place that was heard last, which is a little before that read last."""
        place = self._reader.frame if self._reader.settle() else self.place
        if self._n_unheard == 0:  # else what was to be faded out is still the same
            upcoming = [self._stretched(self._read(n_frames)), self._rest()]
            upcoming.append(self._silence(FADE_FRAMES))  # after the end of the file
            self._tail = self._faded(np.concatenate(upcoming))[:FADE_FRAMES]
        self._now = speed
        if speed == 1.0:
            self._stretch, self._n_unheard = None, 0
        else:
            self._stretch = TimeStretch(self._n_channels, speed)
            self._n_unheard = round(PREROLL_FRAMES / speed)
            lacking = max(0, PREROLL_FRAMES - place)
            self._after_preroll(self._stretch.push(self._silence(lacking)))
            place -= PREROLL_FRAMES - lacking
        self._reader.go_to(place)

    def _after_preroll(self, heard: Floats) -> Floats:
        n = min(self._n_unheard, len(heard))
        self._n_unheard -= n
        return heard[n:]

    def _faded(self, heard: Floats) -> Floats:
        n = min(len(self._tail), len(heard))
        if n == 0:
            return heard
        done = FADE_FRAMES - len(self._tail)
        share = ((done + np.arange(n, dtype=np.float32)) / FADE_FRAMES)[:, None]
        mixed = heard.copy()
        mixed[:n] = heard[:n] * share + self._tail[:n] * (1 - share)
        self._tail = self._tail[n:]
        return mixed
