"""A room and a chorus for the whole sound, a block at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Stereo = NDArray[np.float32]

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
        self._size = 1 << int(self._delays.max() + MAX_BLOCK).bit_length()
        self._lines = np.zeros((len(DELAYS_MS), self._size), dtype=np.float32)
        self._rows = np.arange(len(DELAYS_MS))[:, np.newaxis]
        self._last = np.zeros((len(DELAYS_MS), 1), dtype=np.float32)
        self._at = 0

    def wet(self, block: Stereo) -> Stereo:
        """What the room answers to `block`, shape (n, 2), n <= `most`."""
        columns = self._at + np.arange(len(block))
        heard = self._lines[self._rows, (columns - self._delays[:, np.newaxis]) % self._size]
        before = np.concatenate((self._last, heard[:, :-1]), axis=1)
        self._last = heard[:, -1:]
        damped = (1 - DAMPING) * heard + DAMPING * before
        fed = self._mix @ damped
        fed[0::2] += block[:, 0]
        fed[1::2] += block[:, 1]
        self._lines[:, columns % self._size] = fed
        self._at += len(block)
        sides = (damped[0::2].sum(axis=0), damped[1::2].sum(axis=0))
        return np.stack(sides, axis=1) * np.float32(WET / len(DELAYS_MS))


class Chorus:
    """The sound once more on each side, a little later and never quite in tune."""

    def __init__(self, sample_rate: int) -> None:
        self._rate = sample_rate
        longest = (CHORUS_S + CHORUS_DEPTH_S) * sample_rate
        self._size = 1 << int(longest + MAX_BLOCK + 2).bit_length()
        self._line = np.zeros((self._size, 2), dtype=np.float32)
        self._sides = np.arange(2)
        self._at = 0

    def wet(self, block: Stereo) -> Stereo:
        """The second voice of `block`, shape (n, 2), n <= MAX_BLOCK."""
        at = self._at + np.arange(len(block))
        self._line[at % self._size] = block
        phase = 2 * np.pi * CHORUS_HZ * at / self._rate
        swing = np.stack((np.sin(phase), np.cos(phase)), axis=1)
        places = at[:, np.newaxis] - self._rate * (CHORUS_S + CHORUS_DEPTH_S * swing)
        whole = np.floor(places).astype(np.int64)
        part = (places - whole).astype(np.float32)
        here = self._line[whole % self._size, self._sides]
        after = self._line[(whole + 1) % self._size, self._sides]
        self._at += len(block)
        return here + part * (after - here)


def _hadamard(size: int) -> NDArray[np.float64]:
    """An orthogonal matrix of equal sizes, for a power of two."""
    matrix = np.ones((1, 1))
    while len(matrix) < size:
        matrix = np.block([[matrix, matrix], [matrix, -matrix]])
    normal: NDArray[np.float64] = matrix / np.sqrt(size)
    return normal
