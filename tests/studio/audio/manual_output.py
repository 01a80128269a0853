"""An output that asks for samples when a test tells it to."""

import numpy as np
from numpy.typing import NDArray

from studio.audio.output import Fill

RATE = 44100


class ManualOutput:
    """Its clock is what was pulled, less a latency that never changes."""

    def __init__(self, latency: int = 0) -> None:
        self.sample_rate = RATE
        self.latency = latency
        self.pulled = 0
        self.is_started = False
        self.is_closed = False
        self.lost = False
        self._fill: Fill = lambda block: None

    def start(self, fill: Fill) -> None:
        self._fill, self.is_started = fill, True

    def stop(self) -> None:
        self.is_started = False

    def heard(self) -> float:
        return max(0, self.pulled - self.latency)

    def is_lost(self) -> bool:
        return self.lost

    def close(self) -> None:
        self.is_closed = True

    def pull(self, count: int) -> NDArray[np.float32]:
        """What the driver would get."""
        block = np.full((count, 2), np.nan, dtype=np.float32)
        self._fill(block)
        self.pulled += count
        return block
