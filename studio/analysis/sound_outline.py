"""The outline of what was heard, as fine as one looks."""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray

from studio.analysis.hearing import Hearing
from studio.analysis.waveform import BASE, NOTHING, Floats, Outline, WaveformPyramid, outline_of

PORTION = 1 << 18  # samples of the memory that are read at a time
AT_ONCE_S = 10  # so much of the past is looked at before anything else; more in a thread


class SoundOutline:
    """Follows a hearing's channel of the moment, and knows what of it was heard before.

    From afar it shows buckets, from near the remembered samples themselves.
    """

    def __init__(self, hearing: Hearing) -> None:
        self._hearing = hearing
        self.channel = hearing.channel
        self._rate = hearing.source.sample_rate
        self._pyramid = WaveformPyramid(self._rate)
        self._is_over = False
        stretches = hearing.memory.stretches()
        if stretches and stretches[-1].end - stretches[0].start > AT_ONCE_S * self._rate:
            threading.Thread(target=self._begin, name="waveform", daemon=True).start()
        else:
            self._begin()

    def _begin(self) -> None:
        self._make_up_for(None)
        if not self._is_over:
            self._hearing.listen_with(self)

    def push(self, block: Floats, position: int) -> None:
        """Take samples, shape (n,), the first of which has position `position`."""
        if position > self._pyramid.end:
            self._make_up_for(position)
        self._pyramid.push(block, position)

    def _make_up_for(self, until: int | None) -> None:
        """Take from the memory what was missed before a position, or all that is there."""
        memory = self._hearing.memory
        for stretch in memory.stretches():
            start = max(stretch.start, self._pyramid.end)
            end = stretch.end if until is None else min(stretch.end, until)
            for at in range(start, end, PORTION):
                frames = memory.read(at, min(PORTION, end - at))
                if frames is not None:
                    self._pyramid.push(self.channel.mono(frames), at)

    def stop(self) -> None:
        """Hear nothing more."""
        self._is_over = True
        self._hearing.forget(self)

    def reset(self, position: int) -> None:
        """A gap shows itself by the next position."""

    def between(self, edges: NDArray[np.int64]) -> Outline:
        """The lowest and highest sample between each two `edges`.

        Parameters
        ----------
        edges : array of int, shape (n + 1,), ascending
            Sample positions.

        Returns
        -------
        low, high : array of float32, shape (n,)
            `low` is above `high` where there is no sound.
        """
        if edges[-1] - edges[0] >= BASE * (len(edges) - 1):
            return self._pyramid.outline(edges)
        low, high = np.full(len(edges) - 1, NOTHING[0]), np.full(len(edges) - 1, NOTHING[1])
        memory = self._hearing.memory
        for stretch in memory.stretches():
            start = max(stretch.start, int(edges[0]))
            count = min(stretch.end, int(edges[-1]) + 1) - start
            frames = memory.read(start, count) if count > 0 else None
            if frames is not None:
                mono = self.channel.mono(frames)
                lower, higher = outline_of(mono, start, edges)
                low, high = np.minimum(low, lower), np.maximum(high, higher)
        return low, high
