"""The last seconds of a stream of samples, for one writer and any number of readers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class OverrunError(Exception):
    """Samples were overwritten before they were read. `lost` says how many."""

    def __init__(self, lost: int) -> None:
        super().__init__(f"{lost} samples lost")
        self.lost = lost


class RingBuffer:
    """The last `capacity` samples of each channel. One thread writes, others read; the GIL orders
    the steps.

    Positions count samples since the stream opened and never wrap, so that a late reader is told
    how late it is instead of getting new sound under an old position.
    """

    def __init__(self, capacity: int, n_channels: int = 1) -> None:
        if capacity < 1 or n_channels < 1:
            raise ValueError(f"{capacity=} and {n_channels=} must be at least 1")
        self.capacity, self.n_channels = capacity, n_channels
        self.written = 0  # every sample before this position can be read
        self._claimed = 0  # what lies before `_claimed - capacity` may be overwritten by now
        self._samples = np.zeros((capacity, n_channels), dtype=np.float32)

    def write(self, block: NDArray[np.float32]) -> None:
        """Append `block`, shape (n, n_channels), or (n,) of one channel.

        Of one longer than the ring only the end is kept.

        Neither allocates samples nor waits: the sound driver's thread calls this.
        """
        block = block.reshape(-1, self.n_channels)  # a view
        skipped = max(0, len(block) - self.capacity)
        self._claimed = self.written + len(block)  # before the copy: a reader must not trust it
        at = (self.written + skipped) % self.capacity
        head = min(len(block) - skipped, self.capacity - at)
        self._samples[at : at + head] = block[skipped : skipped + head]
        self._samples[: len(block) - skipped - head] = block[skipped + head :]
        self.written = self._claimed  # after the copy: now it can be read

    def read(self, start: int, count: int) -> NDArray[np.float32]:
        """Copy samples, shape (count, n_channels), from position `start`, all already written.

        Raises OverrunError if any of them was overwritten, even while it was being copied.
        """
        if start < 0 or count < 0 or start + count > self.written:
            raise ValueError(f"samples {start}..{start + count} asked for, {self.written} written")
        self._check_kept(start)  # a stretch longer than the ring could not even be copied
        at = start % self.capacity
        head = min(count, self.capacity - at)
        block = np.empty((count, self.n_channels), dtype=np.float32)
        block[:head] = self._samples[at : at + head]
        block[head:] = self._samples[: count - head]
        self._check_kept(start)
        return block

    def _check_kept(self, start: int) -> None:
        lost = self._claimed - self.capacity - start
        if lost > 0:
            raise OverrunError(lost)
