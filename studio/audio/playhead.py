"""Which place of the song is heard now, or was heard a moment ago."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from studio.audio.sequence import Sequence

KEPT_S = 30.0  # so long what was heard is known: notes are timed after they were sung


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """From sample `heard` of the output on, `sequence` is heard from `position` on."""

    heard: int
    position: int
    begins: int  # what lies before it is counted in, not played
    is_moving: bool
    sequence: Sequence


@dataclass(frozen=True, slots=True)
class Heard:
    """A moment that is heard: the stretch that it belongs to, and its sample in the song."""

    stretch: Stretch
    position: float

    @property
    def tick(self) -> float:
        """The same in ticks; below 0 in a count-in before the beginning."""
        return self.stretch.sequence.tick_of(self.position)


class Playhead:
    """Knows which part of what was rendered comes from where. One thread marks, any may ask."""

    def __init__(self, sample_rate: int, heard: Callable[[], float]) -> None:
        self.delay_s = 0.0  # what the driver does not know of: a wireless loudspeaker
        self._rate = sample_rate
        self._heard = heard
        self._stretches: tuple[Stretch, ...] = ()

    def mark(self, stretch: Stretch) -> None:
        """From `stretch.heard` on, this is what is heard."""
        past = self._now(KEPT_S)
        before = [s for s in self._stretches if s.heard <= past][-1:]
        later = [s for s in self._stretches if s.heard > past]
        kept = (s for s in (*before, *later) if s.heard < stretch.heard)
        self._stretches = (*kept, stretch)

    def heard(self, ago_s: float = 0.0) -> Heard | None:
        """What is heard now, or was `ago_s` ago; None while nothing of the song is, or not yet."""
        now = self._now(ago_s)
        current = next((s for s in reversed(self._stretches) if s.heard <= now), None)
        if current is None or not current.is_moving:
            return None
        return Heard(current, current.position + now - current.heard)

    def _now(self, ago_s: float) -> float:
        return self._heard() - (self.delay_s + ago_s) * self._rate
