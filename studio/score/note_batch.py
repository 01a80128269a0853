"""Sets of notes that stay columns: choosing and moving all notes of a symphony takes no time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Set
from typing import Any

import numpy as np

from models.notes import Note
from studio.score.note_columns import FEW, NoteColumns


class NoteBatch(Set[Note]):
    """A set of notes in columns. `Note`s are made only where somebody asks for them."""

    __slots__ = ("columns",)
    columns: NoteColumns

    def __init__(self, columns: NoteColumns) -> None:
        self.columns = columns

    def __repr__(self) -> str:
        return f"NoteBatch of {len(self)} notes"

    def __len__(self) -> int:
        return len(self.columns)

    def __iter__(self) -> Iterator[Note]:
        return iter(self.columns.all_notes())

    def __contains__(self, note: object) -> bool:
        return isinstance(note, Note) and self.columns.index_of(note) >= 0

    def __le__(self, other: Set[Any]) -> bool:
        return len(self) <= len(other) and bool(self.columns.is_in(columns_of(other)).all())

    def __ge__(self, other: Set[Any]) -> bool:
        return len(self) >= len(other) and bool(columns_of(other).is_in(self.columns).all())

    def __and__(self, other: Set[Any]) -> Set[Note]:
        return as_set(self.columns.where(self.columns.is_in(columns_of(other))))

    __rand__ = __and__

    def __or__(self, other: Set[Any]) -> Set[Note]:
        theirs = columns_of(other)
        new = theirs.where(~theirs.is_in(self.columns))
        return as_set(self.columns.patched(_NOTHING, new)) if len(new) else self

    __ror__ = __or__

    def __sub__(self, other: Set[Any]) -> Set[Note]:
        return as_set(self.columns.where(~self.columns.is_in(columns_of(other))))

    def __rsub__(self, other: Set[Any]) -> Set[Note]:
        theirs = columns_of(other)
        return as_set(theirs.where(~theirs.is_in(self.columns)))

    def __xor__(self, other: Set[Any]) -> Set[Note]:
        return (self - other) | (other - self)

    __rxor__ = __xor__

    @classmethod
    def _from_iterable(cls, notes: Iterable[Any]) -> frozenset[Any]:
        return frozenset(notes)


_NOTHING = NoteColumns(*(np.zeros(0, dtype=np.int64) for _ in range(5)))


def columns_of(notes: Iterable[Note]) -> NoteColumns:
    """`notes` in columns: at no cost where they are."""
    return notes.columns if isinstance(notes, NoteBatch) else NoteColumns.from_notes(notes)


def as_set(columns: NoteColumns) -> Set[Note]:
    """The notes of `columns` as a set: few as `Note`s, many as they are."""
    return NoteBatch(columns) if len(columns) > FEW else frozenset(columns.all_notes())


def note_set(notes: Iterable[Note]) -> Set[Note]:
    """`notes` as a set that does not change."""
    if isinstance(notes, (frozenset, NoteBatch)):
        return notes
    rows = notes if isinstance(notes, Collection) else list(notes)
    return as_set(NoteColumns.from_notes(rows)) if len(rows) > FEW else frozenset(rows)
