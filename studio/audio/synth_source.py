"""What Studio itself plays, as a source: Compose watched in Listen."""

from __future__ import annotations

from typing import Protocol

from studio.audio.ring_buffer import RingBuffer
from studio.audio.sources import RING_SECONDS


class Tappable(Protocol):
    """Something that plays, and writes what it plays into a ring if it is given one."""

    @property
    def sample_rate(self) -> int:
        """Hz; opens what is needed to know it."""

    def set_tap(self, ring: RingBuffer | None) -> None:
        """Write what is played from now on into `ring`, too; None: no more."""


class SynthSource:
    """The player's stereo output, sample by sample as it leaves for the loudspeaker."""

    def __init__(self, player: Tappable, name: str) -> None:
        self.name = name
        self._player = player
        self.sample_rate = player.sample_rate
        self.ring = RingBuffer(RING_SECONDS * self.sample_rate, 2)
        self.lost_samples = 0
        self._is_open = False

    def start(self) -> None:
        """Begin to take what is played."""
        self._is_open = True
        self._player.set_tap(self.ring)

    def stop(self) -> None:
        """Take no more."""
        self._is_open = False
        self._player.set_tap(None)

    @property
    def is_active(self) -> bool:
        """It has sound whenever something is played."""
        return self._is_open
