"""The note and the edit event: what the roll draws, data sets hold and networks propose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Action = Literal["add", "remove"]


class NoteError(ValueError):
    """A note or edit that can't exist. The message is fit to show to the user."""


@dataclass(frozen=True, order=True, slots=True)
class Note:
    """One note on the tick grid. Notes sort by start, then pitch.

    `start` and `duration` are in ticks (`ticks_per_beat` of them to a quarter note), `pitch` is a
    MIDI number (60 is middle C), `velocity` is 1..127 (MIDI reads 0 as note-off) and `track`
    counts the score's tracks from 0.
    """

    start: int
    pitch: int
    duration: int
    velocity: int = 64
    track: int = 0

    def __post_init__(self) -> None:
        if self.start < 0 or self.duration < 1:
            raise NoteError(f"a note can't start at tick {self.start} and last {self.duration}")
        if not 0 <= self.pitch <= 127:
            raise NoteError(f"pitch {self.pitch} is outside 0..127")
        if not 1 <= self.velocity <= 127:
            raise NoteError(f"velocity {self.velocity} is outside 1..127")
        if self.track < 0:
            raise NoteError(f"track {self.track} is below 0")

    @property
    def end(self) -> int:
        """The first tick at which the note no longer sounds."""
        return self.start + self.duration


@dataclass(frozen=True, slots=True)
class EditEvent:
    """One note that a model would add or remove, and how sure it is (probability, 0..1)."""

    action: Action
    note: Note
    probability: float
