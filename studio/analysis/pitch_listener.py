"""The pitches of the last seconds of a source."""

from __future__ import annotations

from collections import deque
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from studio.analysis.pitch import FRAMES_PER_SECOND, PitchReading, PitchTracker

KEPT_S = 60


class PitchListener:
    """Follows the pitch on the analysis thread; any thread may ask for what it heard."""

    def __init__(self, sample_rate: int) -> None:
        self.sample_rate = sample_rate
        self._tracker = PitchTracker(sample_rate)
        self._next: int | None = None
        self._readings: deque[PitchReading] = deque(maxlen=KEPT_S * FRAMES_PER_SECOND)

    def push(self, block: NDArray[np.float32], position: int) -> None:
        """Take samples, shape (n,), the first of which has position `position`."""
        if position != self._next:
            self._tracker.reset(position)
        self._next = position + len(block)
        for reading in self._tracker.push(block):
            self._readings.append(reading)

    def reset(self, position: int) -> None:
        """A gap shows itself by the next position."""

    def newest(self, count: int) -> list[PitchReading]:
        """The last `count` readings at most, oldest first."""
        readings = self._readings.copy()  # in one step: the other thread goes on writing
        return list(islice(readings, max(0, len(readings) - count), None))
