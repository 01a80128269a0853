"""Notes as sorted numpy columns: what makes a roll with a million notes quick to draw."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from models.notes import Note

Ints = NDArray[np.int64]
_FIELDS = ("start", "pitch", "duration", "velocity", "track")
MANY = 2000  # beyond it, a pass over all rows is quicker than looking up each note
_GETTERS = tuple(attrgetter(name) for name in _FIELDS)


@dataclass(frozen=True, eq=False)
class NoteColumns:
    """The notes of a score, one array a field, in order of start, then pitch.

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

    @classmethod
    def from_notes(cls, notes: Collection[Note]) -> NoteColumns:
        """Sort `notes` into columns."""
        columns = [
            np.fromiter(map(get, notes), dtype=np.int64, count=len(notes)) for get in _GETTERS
        ]
        order = np.lexsort(columns[::-1])
        return cls(*(column[order] for column in columns))

    @property
    def end(self) -> int:
        """The tick at which the last note ends, 0 where there is none."""
        return int(self.reach[-1]) if len(self) else 0

    def note(self, index: int) -> Note:
        """The note at `index`."""
        return Note(
            int(self.start[index]),
            int(self.pitch[index]),
            int(self.duration[index]),
            int(self.velocity[index]),
            int(self.track[index]),
        )

    def all_notes(self) -> list[Note]:
        """All notes, in order."""
        return list(map(Note, *(getattr(self, name).tolist() for name in _FIELDS)))

    def notes(self, indices: Iterable[int]) -> list[Note]:
        """The notes at `indices`, in their order."""
        chosen = np.fromiter(indices, dtype=np.int64)
        columns = (getattr(self, name)[chosen].tolist() for name in _FIELDS)
        return list(map(Note, *columns))

    def sounding(self, first_tick: float, last_tick: float) -> Ints:
        """The indices of the notes that sound anywhere in `first_tick <= tick < last_tick`."""
        low = int(np.searchsorted(self.reach, first_tick, side="right"))
        high = int(np.searchsorted(self.start, last_tick, side="left"))
        return low + np.flatnonzero(self.ends[low:high] > first_tick)

    def within(self, first_tick: float, last_tick: float, low_pitch: int, high_pitch: int) -> Ints:
        """The indices of the notes that touch a rectangle of ticks and (both included) pitches."""
        found = self.sounding(first_tick, last_tick)
        pitches = self.pitch[found]
        return found[(pitches >= low_pitch) & (pitches <= high_pitch)]

    def is_among(self, notes: Collection[Note]) -> NDArray[np.bool_]:
        """Whether each row is one of `notes`, all of which must be here."""
        found = np.zeros(len(self), dtype=np.bool_)
        if len(notes) == len(self):
            found[:] = True
        elif 0 < len(notes) < MANY:
            found[[self._index_of(note) for note in notes]] = True
        elif notes:
            get = notes.__contains__
            found[:] = np.fromiter(map(get, self.notes(range(len(self)))), np.bool_, len(self))
        return found

    def where(self, is_kept: NDArray[np.bool_]) -> NoteColumns:
        """The rows of which `is_kept` is true."""
        return NoteColumns(*(getattr(self, name)[is_kept] for name in _FIELDS))

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

    def patched(self, removed: Collection[Note], added: Collection[Note]) -> NoteColumns:
        """These columns without `removed` and with `added`; every removed note must be here."""
        gone = [self._index_of(note) for note in removed]
        kept = {name: np.delete(getattr(self, name), gone) for name in _FIELDS}
        new = sorted(added)
        at = np.searchsorted(
            _keys(kept["start"], kept["pitch"]),
            _keys(
                np.array([note.start for note in new], dtype=np.int64),
                np.array([note.pitch for note in new], dtype=np.int64),
            ),
        )
        return NoteColumns(
            *(np.insert(kept[name], at, [getattr(note, name) for note in new]) for name in _FIELDS)
        )

    def _index_of(self, note: Note) -> int:
        low = int(np.searchsorted(self.start, note.start, side="left"))
        high = int(np.searchsorted(self.start, note.start, side="right"))
        same = (
            (self.pitch[low:high] == note.pitch)
            & (self.duration[low:high] == note.duration)
            & (self.velocity[low:high] == note.velocity)
            & (self.track[low:high] == note.track)
        )
        return low + int(np.argmax(same))


def _keys(start: Ints, pitch: Ints) -> Ints:
    return start * 128 + pitch
