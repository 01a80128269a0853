"""A stretch of what was heard, to be kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.analysis.sound_memory import SoundMemory

PORTION = 1 << 16  # samples at a time, so that ten minutes do not double the memory
MARGIN_S = 2.0  # of a full memory's oldest sound, which may be overwritten while it is written


@dataclass(frozen=True, slots=True)
class KeptSound:
    """The samples from position `start` to `end` of what `memory` holds."""

    memory: SoundMemory
    start: int
    end: int

    @classmethod
    def last(cls, memory: SoundMemory, seconds: float) -> KeptSound | None:
        """The last `seconds` that were heard, or all if it is less; None if nothing was heard."""
        stretches = memory.stretches()
        if not stretches:
            return None
        rate, end = memory.sample_rate, stretches[-1].end
        kept_s = sum(stretch.end - stretch.start for stretch in stretches) / rate
        first = stretches[0].start
        if kept_s >= memory.capacity_s:
            first += min(round(MARGIN_S * rate), stretches[0].end - first)
        return cls(memory, max(first, end - round(seconds * rate)), end)

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return (self.end - self.start) / self.memory.sample_rate

    @property
    def n_channels(self) -> int:
        """How many channels it has."""
        return self.memory.n_channels

    def portions(self, size: int = PORTION) -> Iterator[NDArray[np.float32]]:
        """All of it, in portions of shape (n, n_channels); what was lost is silence."""
        for first in range(self.start, self.end, size):
            yield self._portion(first, min(size, self.end - first))

    def _portion(self, first: int, count: int) -> NDArray[np.float32]:
        frames = np.zeros((count, self.n_channels), dtype=np.float32)
        for stretch in self.memory.stretches():
            start, end = max(first, stretch.start), min(first + count, stretch.end)
            heard = self.memory.read(start, end - start) if end > start else None
            if heard is not None:
                frames[start - first : end - first] = heard
        return frames
