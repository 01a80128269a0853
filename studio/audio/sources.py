"""What sound can come from, seen from those who listen."""

from __future__ import annotations

from typing import Protocol

from studio.audio.ring_buffer import RingBuffer

RING_SECONDS = 20  # the genre needs 3, a busy machine some patience


class Source(Protocol):
    """A stream of samples at one rate, written into a ring by a thread of its own."""

    name: str
    sample_rate: int
    ring: RingBuffer

    @property
    def lost_samples(self) -> int:
        """Samples that never reached the ring, since the start."""

    @property
    def is_active(self) -> bool:
        """Whether sound is still to come."""

    def start(self) -> None:
        """Begin. Raises StudioError if the source can't be opened."""

    def stop(self) -> None:
        """End, and free what was opened. Harmless when nothing runs."""
