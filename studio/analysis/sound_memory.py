"""The sound of the last ten minutes: to draw it anew, and to keep it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.audio.packed_ring import PackedRing
from studio.audio.ring_buffer import OverrunError

MEMORY_S = 600
MAX_BYTES = 256_000_000  # ten minutes of stereo at 48 kHz fit, whatever their samples


@dataclass(frozen=True, slots=True)
class Stretch:
    """Sound without a gap: positions of the stream, `start` included, `end` not."""

    start: int
    end: int


class SoundMemory:
    """Listens to every channel and keeps the last `seconds` of it, readable by position.

    One thread pushes, any may read. Memory is taken as sound comes, half as much where its samples
    are of 16 bits.
    """

    def __init__(self, sample_rate: int, n_channels: int, seconds: float = MEMORY_S) -> None:
        most = MAX_BYTES // (4 * n_channels)
        self.sample_rate, self.n_channels = sample_rate, n_channels
        self._ring = PackedRing(min(most, max(1, round(seconds * sample_rate))), n_channels)
        # Where the stream jumped: (position in the stream, position in the ring) of what follows.
        self._jumps: tuple[tuple[int, int], ...] = ()

    @property
    def capacity_s(self) -> float:
        """How much sound is kept at most, in seconds."""
        return self._ring.capacity / self.sample_rate

    def push_frames(self, frames: NDArray[np.float32], position: int) -> None:
        """Take samples, shape (n, n_channels), the first of which have position `position`."""
        if not self._jumps or position != self._next_position:
            self._jumps = (*self._kept_jumps(), (position, self._ring.written))
        self._ring.write(frames)

    def reset(self, position: int) -> None:
        """A gap shows itself by the next position."""

    @property
    def _next_position(self) -> int:
        position, in_ring = self._jumps[-1]
        return position + self._ring.written - in_ring

    def _kept_jumps(self) -> list[tuple[int, int]]:
        oldest = self._ring.written - self._ring.capacity
        return [jump for jump, end in self._jumps_and_ends() if end > oldest]

    def _jumps_and_ends(self) -> list[tuple[tuple[int, int], int]]:
        """The jumps, and where in the ring what follows each of them ends."""
        written = self._ring.written  # first: sound after a newer jump must not count
        jumps = self._jumps
        ends = [in_ring for _, in_ring in jumps[1:]] + [written]
        return list(zip(jumps, ends[: len(jumps)], strict=True))

    def stretches(self) -> list[Stretch]:
        """What is kept, oldest first."""
        oldest = self._ring.written - self._ring.capacity
        found = []
        for (position, in_ring), end in self._jumps_and_ends():
            first = max(in_ring, oldest)
            if end > first:
                found.append(Stretch(position + first - in_ring, position + end - in_ring))
        return found

    def read(self, start: int, count: int) -> NDArray[np.float32] | None:
        """Copy samples, shape (count, n_channels), from position `start`; None if not all are kept.

        They must lie in one stretch.
        """
        for (position, in_ring), end in self._jumps_and_ends():
            at = in_ring + start - position
            if start >= position and at + count <= end:
                try:
                    return self._ring.read(at, count)
                except OverrunError:
                    return None
        return None
