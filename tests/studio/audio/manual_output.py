"""An output that asks for samples when a test tells it to."""

import numpy as np
from numpy.typing import NDArray

from studio.audio.output import Fill
from studio.audio.player import Player

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
