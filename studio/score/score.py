"""The score: notes, one way to change them, and undo for free."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass
from typing import NamedTuple

from models.notes import Note, NoteError
from studio.score.note_batch import NoteBatch, columns_of
from studio.score.note_columns import FEW, NoteColumns
from studio.score.smf import KeptEvent
from studio.score.track import Lineup


class PlacedEvent(NamedTuple):
    """An event that is not a note: a tempo or a key. `at` is its place in its chunk."""

    chunk: int
    at: int
    event: KeptEvent


@dataclass(frozen=True, slots=True)
class Edit:
    """Notes that leave and notes that come, in one step. Moving a note is one of each.

    Events leave and come likewise: those that leave are at their places before the edit, those
    that come at their places after it. `lineup` is the tracks before and after, where they change;
    `mutes_…` are the notes that sound again, and those that fall silent.
    """

    label: str
    removed: Set[Note] = frozenset()
    added: Set[Note] = frozenset()
    events_removed: frozenset[PlacedEvent] = frozenset()
    events_added: frozenset[PlacedEvent] = frozenset()
    lineup: tuple[Lineup, Lineup] | None = None
    mutes_removed: Set[Note] = frozenset()
    mutes_added: Set[Note] = frozenset()

    def inverse(self) -> Edit:
        """The edit that takes this one back."""
        events = self.events_added, self.events_removed
        lineup = self.lineup and (self.lineup[1], self.lineup[0])
        mutes = self.mutes_added, self.mutes_removed
        return Edit(self.label, self.added, self.removed, *events, lineup, *mutes)

    def __bool__(self) -> bool:
        events = self.events_removed or self.events_added
        mutes = self.mutes_removed or self.mutes_added
        return bool(self.removed or self.added or events or self.lineup or mutes)


class Score:
    """The notes of a piece, with unlimited undo. Use it from one thread only.

    The notes are columns, and few notes that have come and gone since the columns were last asked
    for: so one edit costs what it touches, and an edit of all notes is a handful of array passes.
    """

    def __init__(
        self, notes: Iterable[Note] | NoteColumns = (), *, ticks_per_beat: int = 480
    ) -> None:
        self.ticks_per_beat = ticks_per_beat
        self.on_edit: Callable[[Edit], None] = lambda edit: None
        self.change_song: Callable[[Edit], None] = lambda edit: None  # what is no note of it
        self._columns = notes if isinstance(notes, NoteColumns) else columns_of(notes)
        self._gone: set[Note] = set()
        self._new: set[Note] = set()
        self._done: list[Edit] = []
        self._undone: list[Edit] = []

    def __len__(self) -> int:
        return len(self._columns) - len(self._gone) + len(self._new)

    def __contains__(self, note: Note) -> bool:
        if note in self._new or note in self._gone:
            return note in self._new
        return self._columns.index_of(note) >= 0

    @property
    def notes(self) -> list[Note]:
        """The notes in order of start, then pitch."""
        return self.columns.all_notes()

    @property
    def note_set(self) -> Set[Note]:
        """The notes as a set; later edits don't change it."""
        return NoteBatch(self.columns)

    @property
    def columns(self) -> NoteColumns:
        """The notes as sorted numpy columns; a new value after each edit."""
        if self._gone or self._new:
            self._columns = self._columns.patched(columns_of(self._gone), columns_of(self._new))
            self._gone.clear()
            self._new.clear()
        return self._columns

    def present(self, notes: Set[Note]) -> Set[Note]:
        """Those of `notes` that are in the score."""
        if isinstance(notes, NoteBatch):
            return notes if notes.columns is self.columns else notes & self.note_set
        return frozenset(note for note in notes if note in self)

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

    @property
    def history(self) -> tuple[tuple[Edit, ...], tuple[Edit, ...]]:
        """What was done, the latest last; and the undoings, the one to be redone next last."""
        return tuple(self._done), tuple(self._undone)

    def restore_history(self, done: Iterable[Edit], undone: Iterable[Edit]) -> None:
        """Take over the history of the same notes from an earlier session."""
        self._done, self._undone = list(done), list(undone)

    def _step(self, source: list[Edit], target: list[Edit]) -> Edit | None:
        if not source:
            return None
        edit = source.pop().inverse()
        self._change(edit)
        target.append(edit)
        self.on_edit(edit)
        return edit

    def _check(self, edit: Edit) -> None:
        if len(self.present(edit.removed)) < len(edit.removed):
            raise NoteError(f"{edit.label}: a note to remove is no longer in the score")
        if self.present(edit.added - edit.removed):
            raise NoteError(f"{edit.label}: the score already has that note")

    def _change(self, edit: Edit) -> None:
        self.change_song(edit)
        kept = edit.removed & edit.added
        removed, added = edit.removed - kept, edit.added - kept
        if len(removed) + len(added) > FEW:
            self._columns = self.columns.patched(columns_of(removed), columns_of(added))
            return
        gone, new = set(removed), set(added)
        back = new & self._gone
        self._gone |= gone - self._new
        self._new -= gone
        self._gone -= back
        self._new |= new - back
        if len(self._gone) + len(self._new) > FEW:
            _ = self.columns
