"""A room and a chorus for the whole sound, a block at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Stereo = NDArray[np.float32]
Floats = NDArray[np.floating]
Ints = NDArray[np.int64]

MAX_BLOCK = 1024
DELAYS_MS = (29.7, 34.1, 38.3, 43.7, 47.3, 53.9, 59.9, 67.1)
DECAY_S = 1.8  # until the room is 60 dB quieter
DAMPING = 0.3  # how much of the highs each echo loses
WET = 0.8
CHORUS_S, CHORUS_DEPTH_S, CHORUS_HZ = 0.016, 0.004, 0.55


class Reverb:
    """Eight delays that feed each other through an orthogonal matrix.

    Source
    ------
    J.-M. Jot and A. Chaigne, "Digital delay networks for designing artificial reverberators",
    AES 90th convention, 1991.
    """

    def __init__(self, sample_rate: int) -> None:
        self._delays = np.array([round(ms * sample_rate / 1000) | 1 for ms in DELAYS_MS])
        # no longer than the shortest delay: a block never needs what it makes itself
        self.most = min(MAX_BLOCK, int(self._delays.min()))
        gains = 10.0 ** (-3 * self._delays / (DECAY_S * sample_rate))
        self._mix = (_hadamard(len(DELAYS_MS)) * gains).astype(np.float32)
        self._longest = int(self._delays.max())
        # long enough that what is still needed is seldom moved back to its beginning
        self._lines = np.zeros((len(DELAYS_MS), 8 * (self._longest + MAX_BLOCK)), dtype=np.float32)
        self._last = np.zeros((len(DELAYS_MS), 1), dtype=np.float32)
        self._at = self._longest

    def wet(self, block: Stereo) -> Stereo:
        """What the room answers to `block`, shape (n, 2), n <= `most`."""
        at, n = self._room_for(len(block)), len(block)
        heard = np.empty((len(DELAYS_MS), n + 1), dtype=np.float32)  # and one sample before
        heard[:, :1] = self._last
        for row, line, delay in zip(heard, self._lines, self._delays, strict=True):
            row[1:] = line[at - delay : at - delay + n]
        self._last = heard[:, -1:]
        damped = (1 - DAMPING) * heard[:, 1:] + DAMPING * heard[:, :-1]
        fed = self._mix @ damped
        fed[0::2] += block[:, 0]
        fed[1::2] += block[:, 1]
        self._lines[:, at : at + n] = fed
        self._at = at + n
        sides = np.empty((n, 2), dtype=np.float32)
        damped[0::2].sum(axis=0, out=sides[:, 0])
        damped[1::2].sum(axis=0, out=sides[:, 1])
        return sides * np.float32(WET / len(DELAYS_MS))

    def _room_for(self, count: int) -> int:
        """Where the next `count` samples go."""
        if self._at + count > self._lines.shape[1]:
            self._lines[:, : self._longest] = self._lines[:, self._at - self._longest : self._at]
            self._at = self._longest
        return self._at


class Chorus:
    """The sound once more on each side, a little later and never quite in tune."""

    def __init__(self, sample_rate: int) -> None:
        self._rate = sample_rate
        longest = (CHORUS_S + CHORUS_DEPTH_S) * sample_rate
        self._size = 1 << int(longest + MAX_BLOCK + 2).bit_length()
        self._line = np.zeros((self._size, 2), dtype=np.float32)
        self._swing = np.exp(2j * np.pi * CHORUS_HZ / sample_rate * np.arange(MAX_BLOCK))
        self._at = 0

    def wet(self, block: Stereo) -> Stereo:
        """The second voice of `block`, shape (n, 2), n <= MAX_BLOCK."""
        turns = CHORUS_HZ / self._rate * self._at % 1.0
        at = self._at + np.arange(len(block))
        self._line[at & self._size - 1] = block
        self._at += len(block)
        swing = np.exp(2j * np.pi * turns) * self._swing[: len(block)]
        voice = np.empty_like(block)
        for side, wave in enumerate((swing.imag, swing.real)):
            voice[:, side] = self._later(side, at, wave)
        return voice

    def _later(self, side: int, at: Ints, swing: Floats) -> Floats:
        """One side, as late as `swing` (-1..1) says at each place."""
        delays = self._rate * (CHORUS_S + CHORUS_DEPTH_S * swing)
        back = np.ceil(delays)
        whole = at - back.astype(np.int64)
        part = back - delays
        line = self._line[:, side]
        here = line[whole & self._size - 1]
        voice: Floats = here + part * (line[whole + 1 & self._size - 1] - here)
        return voice


def _hadamard(size: int) -> NDArray[np.float64]:
    """An orthogonal matrix of equal sizes, for a power of two."""
    matrix = np.ones((1, 1))
    while len(matrix) < size:
        matrix = np.block([[matrix, matrix], [matrix, -matrix]])
    normal: NDArray[np.float64] = matrix / np.sqrt(size)
    return normal
