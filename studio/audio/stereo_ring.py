"""Samples on their way to the loudspeaker: one thread renders ahead, the driver takes them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class StereoRing:
    """A queue of stereo samples. One thread writes, one reads; the GIL orders the steps.

    `written` and `taken` count samples since the start and never wrap.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.written = 0
        self.taken = 0
        self._samples = np.zeros((capacity, 2), dtype=np.float32)

    @property
    def space(self) -> int:
        """How many samples can be written now."""
        return self.capacity - (self.written - self.taken)

    def write(self, block: NDArray[np.float32]) -> None:
        """Append `block`, shape (n, 2), n <= space."""
        at = self.written % self.capacity
        head = min(len(block), self.capacity - at)
        self._samples[at : at + head] = block[:head]
        self._samples[: len(block) - head] = block[head:]
        self.written += len(block)  # after the copy: now it can be taken

    def take_into(self, out: NDArray[np.float32]) -> int:
        """Fill `out`, shape (n, 2), with the next samples, the rest with silence.

        Returns how many samples there were. Neither allocates samples nor waits.
        """
        count = min(len(out), self.written - self.taken)
        at = self.taken % self.capacity
        head = min(count, self.capacity - at)
        out[:head] = self._samples[at : at + head]
        out[head:count] = self._samples[: count - head]
        out[count:] = 0
        self.taken += count  # after the copy: now it can be overwritten
        return count
