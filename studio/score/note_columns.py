"""Notes as sorted numpy columns: what makes a roll with a million notes quick to draw and edit."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from models.notes import Note
from studio.score.note_keys import Ints, found_in, row_keys

Bools = NDArray[np.bool_]
_FIELDS = ("start", "pitch", "duration", "velocity", "track")
FEW = 1000  # up to so many notes are looked up one by one; beyond it, all rows are passed over
_GETTERS = tuple(attrgetter(name) for name in _FIELDS)


@dataclass(frozen=True, eq=False)
class NoteColumns:
    """Different notes, one array a field, in order of start, pitch, duration, velocity, track.

    `reach[i]` is the last end of the notes 0..i: with it two bisections find every note that
    sounds between two ticks.
    """

    start: Ints
    pitch: Ints
    duration: Ints
    velocity: Ints
    track: Ints
    ends: Ints = field(init=False)
    reach: Ints = field(init=False)

    def __post_init__(self) -> None:
        ends = self.start + self.duration
        object.__setattr__(self, "ends", ends)
        object.__setattr__(self, "reach", np.maximum.accumulate(ends))

    def __len__(self) -> int:
        return len(self.start)

    @property
    def fields(self) -> tuple[Ints, Ints, Ints, Ints, Ints]:
        """The five columns that make notes, in the order of `Note`."""
        return self.start, self.pitch, self.duration, self.velocity, self.track

    @classmethod
    def from_notes(cls, notes: Iterable[Note]) -> NoteColumns:
        """Sort `notes` into columns; those that are there twice count once."""
        rows = notes if isinstance(notes, Collection) else list(notes)
        return cls.from_rows(
            *(np.fromiter(map(get, rows), dtype=np.int64, count=len(rows)) for get in _GETTERS)
        )

    @classmethod
    def from_rows(
        cls, start: Ints, pitch: Ints, duration: Ints, velocity: Ints, track: Ints
    ) -> NoteColumns:
        """Sort rows into columns; those that are there twice count once."""
        rows = (start, pitch, duration, velocity, track)
        (keys,) = row_keys([rows])
        if not np.all(keys[1:] > keys[:-1]):
            _, chosen = np.unique(keys, return_index=True)
            rows = tuple(column[chosen] for column in rows)  # type: ignore[assignment]
        return cls(*rows)

    @property
    def end(self) -> int:
        """The tick at which the last note ends, 0 where there is none."""
        return int(self.reach[-1]) if len(self) else 0

    def note(self, index: int) -> Note:
        """The note at `index`."""
        return Note(*(int(column[index]) for column in self.fields))

    def all_notes(self) -> list[Note]:
        """All notes, in order."""
        return list(map(Note, *(column.tolist() for column in self.fields)))

    def notes(self, indices: Iterable[int]) -> list[Note]:
        """The notes at `indices`, in their order."""
        chosen = np.fromiter(indices, dtype=np.int64)
        return list(map(Note, *(column[chosen].tolist() for column in self.fields)))

    def sounding(self, first_tick: float, last_tick: float) -> Ints:
        """The indices of the notes that sound anywhere in `first_tick <= tick < last_tick`."""
        # whole numbers: beside a fraction numpy would make fractions of all ticks of the score
        low = int(np.searchsorted(self.reach, math.floor(first_tick), side="right"))
        high = int(np.searchsorted(self.start, math.ceil(last_tick), side="left"))
        return low + np.flatnonzero(self.ends[low:high] > first_tick)

    def starting(self, first_tick: float, last_tick: float) -> Ints:
        """The indices of the notes that start in `first_tick <= tick <= last_tick`."""
        low = int(np.searchsorted(self.start, math.ceil(first_tick), side="left"))
        high = int(np.searchsorted(self.start, math.floor(last_tick), side="right"))
        return np.arange(low, high)

    def within(self, first_tick: float, last_tick: float, low_pitch: int, high_pitch: int) -> Ints:
        """The indices of the notes that touch a rectangle of ticks and (both included) pitches."""
        found = self.sounding(first_tick, last_tick)
        pitches = self.pitch[found]
        return found[(pitches >= low_pitch) & (pitches <= high_pitch)]

    def index_of(self, note: Note) -> int:
        """The row of `note`, -1 where it is not here."""
        low = int(np.searchsorted(self.start, note.start, side="left"))
        high = int(np.searchsorted(self.start, note.start, side="right"))
        same = np.flatnonzero(
            (self.pitch[low:high] == note.pitch)
            & (self.duration[low:high] == note.duration)
            & (self.velocity[low:high] == note.velocity)
            & (self.track[low:high] == note.track)
        )
        return low + int(same[0]) if len(same) else -1

    def is_in(self, others: NoteColumns) -> Bools:
        """Whether each row is one of `others`."""
        if others is self:
            return np.ones(len(self), dtype=np.bool_)
        mine, theirs = row_keys([self.fields, others.fields])
        return found_in(mine, theirs)

    def where(self, is_kept: Bools) -> NoteColumns:
        """The rows of which `is_kept` is true."""
        return NoteColumns(*(column[is_kept] for column in self.fields))

    def room(self, ticks: int, semitones: int) -> tuple[int, int]:
        """As much of a shift as all notes together can make without leaving what MIDI can say."""
        if not len(self):
            return 0, 0
        semitones = min(max(semitones, -int(self.pitch.min())), 127 - int(self.pitch.max()))
        return max(ticks, -int(self.start[0])), semitones

    def moved(self, ticks: int, semitones: int) -> NoteColumns:
        """All notes later and higher."""
        return NoteColumns(
            self.start + ticks, self.pitch + semitones, self.duration, self.velocity, self.track
        )

    def patched(self, removed: NoteColumns, added: NoteColumns) -> NoteColumns:
        """These columns without `removed`, all of them here, and with `added`, none of them."""
        if len(removed) <= FEW:
            gone = [self.index_of(note) for note in removed.all_notes()]
            kept = tuple(np.delete(column, gone) for column in self.fields)
        else:
            kept = self.where(~self.is_in(removed)).fields
        mine, theirs = row_keys([kept, added.fields])
        at = np.searchsorted(mine, theirs)
        return NoteColumns(
            *(np.insert(old, at, new) for old, new in zip(kept, added.fields, strict=True))
        )
