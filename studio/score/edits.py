"""Edits made of other things: a model's edit events, JSON lines of the journal."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from models.notes import EditEvent, Note
from studio.score.score import Edit, PlacedEvent, Score
from studio.score.smf import KeptEvent


def edit_from_events(events: Iterable[EditEvent], label: str) -> Edit:
    """One edit that makes all `events`, in one undo step.

    Events happen one after the other, so a note that comes and goes again cancels out.
    """
    removed: set[Note] = set()
    added: set[Note] = set()
    for event in events:
        come, go = (added, removed) if event.action == "add" else (removed, added)
        if event.note in go:
            go.discard(event.note)
        else:
            come.add(event.note)
    return Edit(label, frozenset(removed), frozenset(added))


def replacing(label: str, score: Score, removed: Collection[Note], added: Iterable[Note]) -> Edit:
    """The edit that puts `added` in the place of `removed`.

    A note that would land on an equal one merges with it, instead of the whole edit being refused.
    """
    gone, new = frozenset(removed), frozenset(added)
    kept = gone & new
    return Edit(label, gone - kept, (new - kept).difference(score.note_set))


def edit_to_row(edit: Edit) -> dict[str, Any]:
    """`edit` as a JSON object."""
    row: dict[str, Any] = {
        "label": edit.label,
        "removed": [_row(note) for note in edit.removed],
        "added": [_row(note) for note in edit.added],
    }
    for key, places in (
        ("events_removed", edit.events_removed),
        ("events_added", edit.events_added),
    ):
        if places:
            row[key] = [[p.chunk, p.at, *p.event[:2], p.event.data.hex()] for p in places]
    return row


def edit_from_row(row: dict[str, Any]) -> Edit:
    """The inverse of `edit_to_row`. Raises KeyError, TypeError or ValueError for other things."""
    removed, added = (
        frozenset(Note(*map(int, values)) for values in row[key]) for key in ("removed", "added")
    )
    places = (
        frozenset(_place(values) for values in row.get(key, ()))
        for key in ("events_removed", "events_added")
    )
    return Edit(str(row["label"]), removed, added, *places)


def _place(values: list[Any]) -> PlacedEvent:
    *numbers, data = values
    chunk, at, tick, slot = map(int, numbers)
    return PlacedEvent(chunk, at, KeptEvent(tick, slot, bytes.fromhex(data)))


def _row(note: Note) -> list[int]:
    return [note.start, note.pitch, note.duration, note.velocity, note.track]
