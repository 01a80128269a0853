"""The score: notes, one way to change them, and undo for free."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass
from typing import NamedTuple

from models.notes import Note, NoteError
from studio.score.note_columns import NoteColumns
from studio.score.smf import KeptEvent


class PlacedEvent(NamedTuple):
    """An event that is not a note: a tempo or a key. `at` is its place in its chunk."""

    chunk: int
    at: int
    event: KeptEvent


@dataclass(frozen=True, slots=True)
class Edit:
    """Notes that leave and notes that come, in one step. Moving a note is one of each.

    Events leave and come likewise: those that leave are at their places before the edit, those
    that come at their places after it.
    """

    label: str
    removed: frozenset[Note] = frozenset()
    added: frozenset[Note] = frozenset()
    events_removed: frozenset[PlacedEvent] = frozenset()
    events_added: frozenset[PlacedEvent] = frozenset()

    def inverse(self) -> Edit:
        """The edit that takes this one back."""
        return Edit(self.label, self.added, self.removed, self.events_added, self.events_removed)

    def __bool__(self) -> bool:
        return bool(self.removed or self.added or self.events_removed or self.events_added)


class Score:
    """The notes of a piece, with unlimited undo. Use it from one thread only.

    An edit costs what it touches; the sorted columns are patched when they are next asked for.
    """

    def __init__(self, notes: Iterable[Note] = (), *, ticks_per_beat: int = 480) -> None:
        self.ticks_per_beat = ticks_per_beat
        self.on_edit: Callable[[Edit], None] = lambda edit: None
        self.change_events: Callable[[Edit], None] = lambda edit: None  # the song's part of it
        self._notes = set(notes)
        self._columns: NoteColumns | None = None
        self._pending: list[Edit] = []
        self._done: list[Edit] = []
        self._undone: list[Edit] = []

    def __len__(self) -> int:
        return len(self._notes)

    def __contains__(self, note: Note) -> bool:
        return note in self._notes

    @property
    def notes(self) -> list[Note]:
        """The notes in order of start, then pitch."""
        return sorted(self._notes)

    @property
    def note_set(self) -> Set[Note]:
        """The notes, unordered and not copied: read it, don't keep it."""
        return self._notes

    @property
    def columns(self) -> NoteColumns:
        """The notes as sorted numpy columns; a new value after each edit."""
        if self._columns is None:
            self._columns = NoteColumns.from_notes(self._notes)
        elif self._pending:
            self._columns = self._patched(self._columns)
        self._pending.clear()
        return self._columns

    def _patched(self, columns: NoteColumns) -> NoteColumns:
        removed: set[Note] = set()
        added: set[Note] = set()
        for edit in self._pending:
            removed |= edit.removed - added
            added = (added - edit.removed) | edit.added
        if len(removed) + len(added) > 1000:  # looking each up would cost more than sorting all
            return NoteColumns.from_notes(self._notes)
        return columns.patched(removed, added)

    @property
    def end(self) -> int:
        """The tick at which the last note ends, 0 for an empty score."""
        return self.columns.end

    @property
    def undo_label(self) -> str | None:
        """What `undo` would take back, if anything."""
        return self._done[-1].label if self._done else None

    @property
    def redo_label(self) -> str | None:
        """What `redo` would make again, if anything."""
        return self._undone[-1].label if self._undone else None

    def apply(self, edit: Edit) -> None:
        """Make `edit`, undoable, and drop what could be redone.

        Raises NoteError, leaving the score as it was, if a removed note is not in the score
        or an added one already is.
        """
        self._check(edit)
        self._change(edit)
        self._done.append(edit)
        self._undone.clear()
        self.on_edit(edit)

    def undo(self) -> Edit | None:
        """Take back the last edit, if there is one; returns what was done to the notes."""
        return self._step(self._done, self._undone)

    def redo(self) -> Edit | None:
        """Make the last undone edit again, if there is one; returns what was done."""
        return self._step(self._undone, self._done)

    def _step(self, source: list[Edit], target: list[Edit]) -> Edit | None:
        if not source:
            return None
        edit = source.pop().inverse()
        self._change(edit)
        target.append(edit)
        self.on_edit(edit)
        return edit

    def _check(self, edit: Edit) -> None:
        if not edit.removed <= self._notes:
            raise NoteError(f"{edit.label}: a note to remove is no longer in the score")
        if not (edit.added - edit.removed).isdisjoint(self._notes):
            raise NoteError(f"{edit.label}: the score already has that note")

    def _change(self, edit: Edit) -> None:
        self.change_events(edit)
        self._notes -= edit.removed
        self._notes |= edit.added
        if self._columns is not None:
            self._pending.append(edit)
