"""A pattern: notes that are painted again and again, from any pitch and any place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from models.notes import Note

HIGHEST = 127


@dataclass(frozen=True, slots=True)
class Pattern:
    """Notes from tick 0 on; `length` ticks later they begin again.

    They are painted from the pitch of `notes[0]`, the lowest of those that begin first.
    """

    notes: tuple[Note, ...]
    length: int
    ticks_per_beat: int

    @classmethod
    def of(cls, notes: Iterable[Note], start: int, step: int, ticks_per_beat: int) -> Pattern:
        """The pattern of `notes`, from `start` on; they may not be none.

        It ends with a grid step of `step` ticks, and with a whole beat where it is longer than one.
        """
        chosen = sorted(notes, key=lambda note: (note.start, note.pitch))
        span = max(note.end for note in chosen) - start
        unit = max(1, ticks_per_beat if span > ticks_per_beat else step)
        moved = tuple(
            Note(n.start - start, n.pitch, n.duration, n.velocity, n.track) for n in chosen
        )
        return cls(moved, -(-span // unit) * unit, ticks_per_beat)

    def at(self, start: int, pitch: int, track: int) -> list[Note]:
        """Its notes on `track`, from `start` and `pitch` on; those above or below all keys miss."""
        interval = pitch - self.notes[0].pitch
        return [
            Note(start + n.start, n.pitch + interval, n.duration, n.velocity, track)
            for n in self.notes
            if 0 <= n.pitch + interval <= HIGHEST
        ]

    def scaled(self, ticks_per_beat: int) -> Pattern:
        """The same music at another resolution."""
        if ticks_per_beat == self.ticks_per_beat:
            return self
        ratio = ticks_per_beat / self.ticks_per_beat
        notes = tuple(
            Note(round(n.start * ratio), n.pitch, max(1, round(n.duration * ratio)), n.velocity)
            for n in self.notes
        )
        return Pattern(notes, max(1, round(self.length * ratio)), ticks_per_beat)
