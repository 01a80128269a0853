"""Samples on their way to the loudspeaker: one thread renders ahead, another takes them."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]  # (n, 2)


class Ring(Protocol):
    """A queue of stereo samples. `written`, `taken` count those of the music; they never wrap.

    `missing` counts the silence that was heard between them, because they came too late.
    """

    capacity: int
    written: int
    missing: int
    underruns: int

    @property
    def taken(self) -> int: ...
    @property
    def largest(self) -> int: ...
    def write(self, block: Samples) -> None: ...
    def cut(self, keep: int, fade: int) -> None: ...


class StereoRing:
    """A ring that a thread of Python's empties. One writes, one reads; the GIL orders the steps."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.written = 0
        self.taken = 0
        self.largest = 0  # block that was asked for at once
        self.missing = 0
        self.underruns = 0
        self._samples = np.zeros((capacity, 2), dtype=np.float32)

    @property
    def space(self) -> int:
        """How many samples can be written now."""
        return self.capacity - (self.written - self.taken)

    def write(self, block: Samples) -> None:
        """Append `block`, shape (n, 2), n <= space."""
        put(self._samples, self.written, block)
        self.written += len(block)  # after the copy: now it can be taken

    def cut(self, keep: int, fade: int) -> None:
        """Forget what lies further ahead than `keep` samples; the last `fade` of those fade out.

        `keep` must be more than the reader takes meanwhile: what it takes is not looked after.
        """
        end = self.taken + keep
        if end < self.written:
            fade_out(self._samples, end, fade)
            self.written = end

    def take_into(self, out: Samples) -> int:
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
        self.largest = max(self.largest, len(out))
        self.missing += len(out) - count
        self.underruns += count < len(out)
        return count


def put(samples: Samples, position: int, block: Samples) -> None:
    """Copy `block` to `position` of a ring's memory, and on from its beginning."""
    at = position % len(samples)
    head = min(len(block), len(samples) - at)
    samples[at : at + head] = block[:head]
    samples[: len(block) - head] = block[head:]


def fade_out(samples: Samples, end: int, count: int) -> None:
    """Let the `count` samples before position `end` of a ring's memory fall silent."""
    at = np.arange(end - count, end) % len(samples)
    samples[at] *= np.linspace(1, 0, count, dtype=np.float32)[:, np.newaxis]
