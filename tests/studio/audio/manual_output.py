"""An output that asks for samples when a test tells it to."""

import numpy as np
from numpy.typing import NDArray

from studio.audio.player import Player
from studio.audio.stereo_ring import StereoRing

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
        self.ring = StereoRing(1)

    def new_ring(self, capacity: int) -> StereoRing:
        self.ring = StereoRing(capacity)
        return self.ring

    def start(self) -> None:
        self.is_started = True

    def stop(self) -> None:
        self.is_started = False

    def heard(self) -> float:
        return max(0, self.pulled - self.latency) - self.ring.missing

    def tend(self) -> None: ...

    def is_lost(self) -> bool:
        return self.lost

    def close(self) -> None:
        self.is_closed = True

    def pull(self, count: int) -> NDArray[np.float32]:
        """What the driver would get."""
        block = np.full((count, 2), np.nan, dtype=np.float32)
        if self.is_started:
            self.ring.take_into(block)
        self.pulled += count
        return block


def fill_ring(player: Player) -> None:
    """Let the player's thread do what was asked for, and render as far ahead as it does."""
    assert player.wait()
    engine = player._engine
    while engine and not engine.is_resting and not engine.lead.is_filled:
        assert player.wait()
    assert player.wait()


def drive(player: Player, output: ManualOutput, count: int) -> NDArray[np.float32]:
    """`count` samples as a driver takes them: in blocks, after the ring is full again."""
    blocks = []
    for start in range(0, count, 500):
        fill_ring(player)
        blocks.append(output.pull(min(500, count - start)))
    return np.concatenate(blocks)
