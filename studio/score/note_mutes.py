"""Notes that are kept but not heard: how they are chosen, and how that follows their edits."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace

import numpy as np

from models.notes import Note
from studio.score.note_batch import as_set, columns_of
from studio.score.note_columns import NoteColumns
from studio.score.score import Edit
from studio.score.song import Song
from studio.score.track import renumbered


def toggle_mutes(song: Song, notes: Set[Note]) -> Edit:
    """Silence `notes`, or let them sound where all of them are silent."""
    if notes <= song.muted:
        return Edit("Unmute notes", mutes_removed=notes)
    return Edit("Mute notes", mutes_added=notes - song.muted)


def with_mutes(edit: Edit, muted: Set[Note]) -> Edit:
    """`edit`, and what it does to the silence of the notes that it changes.

    Where as many notes come as leave, each takes the place of one in their order. Else, as where a
    note is split, those that come are silent as what left at their pitch on their track.
    """
    gone = columns_of(edit.removed & muted) if muted else None
    if gone is None or not len(gone):
        return edit
    if edit.lineup is not None:
        now = renumbered(*edit.lineup)
        come: Set[Note] = frozenset(
            replace(note, track=now[note.track]) for note in gone.all_notes() if note.track in now
        )
    else:
        come = _heirs(columns_of(edit.removed), columns_of(edit.added), gone)
    return replace(edit, mutes_removed=as_set(gone), mutes_added=come)


def _heirs(removed: NoteColumns, added: NoteColumns, gone: NoteColumns) -> Set[Note]:
    if len(removed) == len(added):
        return as_set(added.where(removed.is_in(gone)))
    return as_set(added.where(np.isin(_keys(added), _keys(gone))))


def _keys(columns: NoteColumns) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return columns.track * 128 + columns.pitch
