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

    def cut(self, keep: int, fade: int) -> None:
        """Forget what lies further ahead than `keep` samples; the last `fade` of those fade out.

        `keep` must be more than the reader takes meanwhile: what it takes is not looked after.
        """
        end = self.taken + keep
        if end >= self.written:
            return
        at = np.arange(end - fade, end) % self.capacity
        self._samples[at] *= np.linspace(1, 0, fade, dtype=np.float32)[:, np.newaxis]
        self.written = end

    def take_into(self, out: NDArray[np.float32]) -> int:
        """Fill `out`, shape (n, 2), with the next samples, the rest with silence.

        Returns how many samples there were. Neither allocates samples nor waits.
        """
        count = max(0, min(len(out), self.written - self.taken))
        at = self.taken % self.capacity
        head = min(count, self.capacity - at)
        out[:head] = self._samples[at : at + head]
        out[head:count] = self._samples[: count - head]
        out[count:] = 0
        self.taken += count  # after the copy: now it can be overwritten
        return count
