"""What can be undone and redone, as a part of a project file."""

from __future__ import annotations

import json
from typing import Any

from models.notes import NoteError
from studio.score.edits import edit_from_row, edit_to_row
from studio.score.score import Edit
from studio.score.song import Song

MAX_BYTES = 64 << 20


def history_bytes(song: Song) -> bytes:
    """The history of `song`, one edit a line; the oldest are left out where it gets too long."""
    done, undone = song.score.history
    lines = [_line("undone", edit) for edit in undone]
    length = sum(map(len, lines))
    kept: list[bytes] = []
    for edit in reversed(done):
        line = _line("done", edit)
        length += len(line)
        if length > MAX_BYTES:
            break
        kept.append(line)
    return b"".join(lines + kept[::-1])


def _line(kind: str, edit: Edit) -> bytes:
    row: dict[str, Any] = {"is": kind, **edit_to_row(edit)}
    return json.dumps(row, separators=(",", ":")).encode() + b"\n"


def restore_history(song: Song, content: bytes) -> bool:
    """Give `song` its history back; False, and none, where it does not fit the notes."""
    history: dict[str, list[Edit]] = {"done": [], "undone": []}
    try:
        for line in content.splitlines():
            row = json.loads(line)
            history[row["is"]].append(edit_from_row(row))
        _rehearse(song, **history)
    except (NoteError, ValueError, KeyError, TypeError, IndexError, OverflowError):
        return False
    song.score.restore_history(**history)
    return True


def _rehearse(song: Song, done: list[Edit], undone: list[Edit]) -> None:
    """Undo and redo everything on copies; raises where it can't be done."""
    for edits in (done, undone):
        copy = song.copy()
        for edit in reversed(edits):
            copy.score.apply(edit.inverse())
