"""Notes and tracks that a model must leave as they are."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeGuard

from PySide6.QtCore import QObject, Signal

from models.notes import Note
from studio.score.score import Edit


class Locks(QObject):
    """Which notes and tracks are locked. Hands may still change them; models may not.

    A lock goes with its note where that is moved or stretched, and is there again where a change
    is undone: the notes that were locked before stay in the set, in the score or not.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.notes: frozenset[Note] = frozenset()
        self.tracks: frozenset[int] = frozenset()

    def toggle(self, notes: Collection[Note]) -> None:
        """Lock `notes`, or let them go where all of them are locked."""
        if notes:
            chosen = frozenset(notes)
            is_locked = chosen <= self.notes
            self.notes = self.notes - chosen if is_locked else self.notes | chosen
            self.changed.emit()

    def set_track(self, index: int, is_locked: bool) -> None:
        """Lock a track, or let it go."""
        self.tracks = self.tracks | {index} if is_locked else self.tracks - {index}
        self.changed.emit()

    def is_locked(self, note: Note) -> bool:
        """Whether a note is locked, by itself or with its track."""
        return note.track in self.tracks or note in self.notes

    def indices(self, notes: Sequence[Note]) -> tuple[int, ...]:
        """Where in `notes` the locked ones stand, as conditions name them."""
        if not self.notes and not self.tracks:
            return ()
        return tuple(index for index, note in enumerate(notes) if self.is_locked(note))

    def follow(self, edit: Edit) -> None:
        """Locked notes that were changed are locked as they are now."""
        if self.notes and edit.removed and len(edit.removed) <= len(self.notes):
            changed = frozenset(edit.removed)
            if changed <= self.notes:
                self.notes = self.notes | frozenset(edit.added)

    def renumber(self, now: dict[int, int]) -> None:
        """Tracks came or went: `now` has the new numbers of those that stayed."""
        self.notes = frozenset(replace(n, track=now[n.track]) for n in self.notes if n.track in now)
        self.tracks = frozenset(now[index] for index in self.tracks if index in now)
        self.changed.emit()

    def view(self, present: Iterable[Note]) -> dict[str, Any]:
        """As JSON, of the notes that are there."""
        if not self.notes and not self.tracks:
            return {}
        rows = [[n.start, n.pitch, n.duration, n.velocity, n.track] for n in present]
        return {"locked_notes": rows, "locked_tracks": sorted(self.tracks)}

    def restore(self, view: dict[str, Any], n_tracks: int) -> None:
        """As a project says; what makes no sense there is passed over."""
        self.notes = frozenset(_notes(view.get("locked_notes")))
        tracks = view.get("locked_tracks")
        known = range(n_tracks)
        self.tracks = (
            frozenset(i for i in tracks if i in known) if _is_list(tracks) else frozenset()
        )
        self.changed.emit()


def _is_list(value: object) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def _notes(rows: object) -> Iterator[Note]:
    for row in rows if _is_list(rows) else ():
        with contextlib.suppress(TypeError, ValueError):
            yield Note(*map(int, row))
