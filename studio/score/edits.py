"""Edits made of other things: a model's edit events, JSON lines of the journal."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterable, Set
from typing import Any

import numpy as np

from models.notes import EditEvent, Note, NoteError
from studio.score.note_batch import NoteBatch, as_set, note_set
from studio.score.note_columns import NoteColumns
from studio.score.score import Edit, PlacedEvent, Score
from studio.score.smf import KeptEvent
from studio.score.track import Lineup, Track

MAX_PACKED_BYTES = 40 * 4_000_000  # four million notes


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


def replacing(label: str, score: Score, removed: Iterable[Note], added: Iterable[Note]) -> Edit:
    """The edit that puts `added` in the place of `removed`.

    A note that would land on an equal one merges with it, instead of the whole edit being refused.
    """
    gone, new = note_set(removed), note_set(added)
    kept = gone & new
    new = new - kept
    return Edit(label, gone - kept, new - score.present(new))


def edit_to_row(edit: Edit) -> dict[str, Any]:
    """`edit` as a JSON object."""
    row: dict[str, Any] = {
        "label": edit.label,
        "removed": _rows(edit.removed),
        "added": _rows(edit.added),
    }
    for key, places in (
        ("events_removed", edit.events_removed),
        ("events_added", edit.events_added),
    ):
        if places:
            row[key] = [[p.chunk, p.at, *p.event[:2], p.event.data.hex()] for p in places]
    for key, notes in (("mutes_removed", edit.mutes_removed), ("mutes_added", edit.mutes_added)):
        if notes:
            row[key] = _rows(notes)
    if edit.lineup is not None:
        row["lineup"] = [_lineup_row(lineup) for lineup in edit.lineup]
    return row


def _lineup_row(lineup: Lineup) -> list[Any]:
    return [lineup.n_chunks, lineup.file_type, [_track_row(track) for track in lineup.tracks]]


def _track_row(track: Track) -> list[Any]:
    row = [track.name, track.chunk, track.channel, track.program]
    return row if track.color is None else [*row, track.color]


def edit_from_row(row: dict[str, Any]) -> Edit:
    """The inverse of `edit_to_row`. Raises KeyError, TypeError or ValueError for other things."""
    removed, added = (_notes(row[key]) for key in ("removed", "added"))
    gone, come = (
        frozenset(_place(values) for values in row.get(key, ()))
        for key in ("events_removed", "events_added")
    )
    mutes = (_notes(row.get(key, [])) for key in ("mutes_removed", "mutes_added"))
    lineup = None
    if "lineup" in row:
        before, after = (_lineup(values) for values in row["lineup"])
        if after.n_chunks - before.n_chunks not in (-1, 0, 1):
            raise ValueError("tracks come and go one by one")
        lineup = before, after
    return Edit(str(row["label"]), removed, added, gone, come, lineup, *mutes)


def _lineup(values: list[Any]) -> Lineup:
    n_chunks, file_type, rows = values
    tracks = tuple(Track(str(name), *map(int, numbers)) for name, *numbers in rows)
    for track in tracks:
        if not (0 <= track.chunk < n_chunks and track.channel in range(16)):
            raise ValueError(f"track {track.name!r} does not fit the score")
    return Lineup(tracks, int(n_chunks), int(file_type))


def _place(values: list[Any]) -> PlacedEvent:
    *numbers, data = values
    chunk, at, tick, slot = map(int, numbers)
    return PlacedEvent(chunk, at, KeptEvent(tick, slot, bytes.fromhex(data)))


def _rows(notes: Set[Note]) -> list[list[int]] | str:
    """A list of numbers for each note; many notes are packed, which leaves time to the others."""
    if not isinstance(notes, NoteBatch):
        return [[n.start, n.pitch, n.duration, n.velocity, n.track] for n in notes]
    table = np.stack(notes.columns.fields).astype("<i8")
    return base64.b64encode(zlib.compress(table.tobytes(), 1)).decode("ascii")


def _notes(rows: list[list[int]] | str) -> Set[Note]:
    if not isinstance(rows, str):
        return frozenset(Note(*map(int, values)) for values in rows)
    unpacker = zlib.decompressobj()
    try:
        content = unpacker.decompress(base64.b64decode(rows), MAX_PACKED_BYTES)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    if not unpacker.eof:
        raise ValueError("packed notes that are cut off, or too many")
    table = np.frombuffer(content, dtype="<i8")
    columns = NoteColumns.from_rows(*table.astype(np.int64).reshape(5, -1))
    _check_ranges(columns)
    return as_set(columns)


def _check_ranges(columns: NoteColumns) -> None:
    """What `Note` checks of each note."""
    limits = ((0, None), (0, 127), (1, None), (1, 127), (0, None))
    for values, (low, high) in zip(columns.fields, limits, strict=True):
        if values.min(initial=low) < low or (high is not None and values.max(initial=low) > high):
            raise NoteError("packed notes that can't exist")
