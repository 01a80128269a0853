"""Project files: a zip with the MIDI file that any program reads, and what only Studio knows."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from models.notes import Note
from studio.bounded_zip import open_zip, read_member
from studio.errors import StudioError
from studio.file_errors import why_not_written
from studio.score.midi_file import midi_bytes, parse_midi, read_bounded
from studio.score.note_batch import columns_of, note_set
from studio.score.note_columns import NoteColumns
from studio.score.project_history import history_bytes, restore_history
from studio.score.score import Score
from studio.score.song import Song
from studio.score.track import Track
from studio.settings import write_keeping_previous

FORMAT = 1
SUFFIX = ".studio"
_SCORE, _PROJECT, _HISTORY = "score.mid", "project.json", "history.jsonl"
MAX_BYTES, MAX_JSON_BYTES = 256 << 20, 64 << 20
MAX_JSON_VALUES, MAX_JSON_LISTS = 8_000_000, 2_000_000  # room for a million notes; not for a bomb
_BROKEN = (
    KeyError,
    TypeError,
    ValueError,
    ArithmeticError,
    RuntimeError,  # JSON nested without end
    OSError,
)


@dataclass(frozen=True)
class Project:
    """A song, and how it was looked at and listened to (`view`: whatever JSON can hold)."""

    song: Song
    view: dict[str, Any] = field(default_factory=dict)


def project_bytes(project: Project) -> bytes:
    """The project file, as bytes."""
    song = project.song
    score = midi_bytes(song)
    about: dict[str, Any] = {
        "format": FORMAT,
        "tracks": [asdict(track) for track in song.tracks],
        "view": project.view,
    }
    if parse_midi(score).score.note_set != song.score.note_set:
        # MIDI can't say which of two notes on one key ends first: keep the notes themselves too
        about["notes"] = [
            [n.start, n.pitch, n.duration, n.velocity, n.track] for n in song.score.notes
        ]
    if song.muted:
        about["muted_notes"] = [
            [n.start, n.pitch, n.duration, n.velocity, n.track] for n in song.muted
        ]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(_SCORE, score)
        archive.writestr(_PROJECT, json.dumps(about, indent=1))
        archive.writestr(_HISTORY, history_bytes(song))
    return buffer.getvalue()


def write_project(project: Project, path: Path) -> None:
    """Save atomically; what was there before is kept as `.bak`. Raises StudioError."""
    content = project_bytes(project)
    try:
        write_keeping_previous(path, content)
    except OSError as error:
        raise StudioError(why_not_written(path, error)) from error


def read_project(path: Path) -> Project:
    """Open a project. Raises StudioError, with the reason, where it is none or is broken."""
    return parse_project(read_bounded(path), path.name)


def parse_project(data: bytes, name: str) -> Project:
    """The project in the bytes of a project file. Raises StudioError."""
    try:
        with open_zip(io.BytesIO(data)) as archive:
            score = read_member(archive, _SCORE, MAX_BYTES)
            about = _parsed(read_member(archive, _PROJECT, MAX_JSON_BYTES))
            has_history = _HISTORY in archive.namelist()
            history = read_member(archive, _HISTORY, MAX_JSON_BYTES) if has_history else b""
        if about["format"] > FORMAT:
            raise StudioError(f"{name} was made by a newer Studio: update Studio to open it.")
        song = parse_midi(score, name)
        _restore(song, about)
        _check_size(history, _HISTORY)
        if not restore_history(song, history):
            song.warnings.append("what could be undone does not fit the notes and was left out")
        return Project(song, dict(about["view"]))
    except _BROKEN as error:
        raise StudioError(
            f"{name} is no Studio project or is damaged ({error}); "
            "the version before it may be beside it, ending in .bak."
        ) from error


def _parsed(text: bytes) -> dict[str, Any]:
    """The JSON in `text`, unless it would take far more memory than its length tells."""
    _check_size(text, _PROJECT)
    about = json.loads(text)
    if not isinstance(about, dict):
        raise TypeError(f"{_PROJECT} is no object")
    return about


def _check_size(text: bytes, name: str) -> None:
    if text.count(b",") > MAX_JSON_VALUES or text.count(b"[") + text.count(b"{") > MAX_JSON_LISTS:
        raise ValueError(f"{name} holds too many values")


def _restore(song: Song, about: dict[str, Any]) -> None:
    tracks = [_track(row, len(song.chunks)) for row in about["tracks"]]
    places = {(track.chunk, track.channel): index for index, track in enumerate(tracks)}
    found = [places[track.chunk, track.channel] for track in song.tracks]
    if "notes" in about:
        columns = columns_of([Note(*map(int, row)) for row in about["notes"]])
        song.warnings.clear()  # about what MIDI can't say, and what is said here
    else:
        start, pitch, duration, velocity, track = song.score.columns.fields
        places_found = np.array(found, dtype=np.int64)
        columns = NoteColumns.from_rows(start, pitch, duration, velocity, places_found[track])
    if columns.track.max(initial=0) >= max(1, len(tracks)):
        raise ValueError("a note on a track that is not there")
    song.releases = {
        Note(n.start, n.pitch, n.duration, n.velocity, found[n.track]): release
        for n, release in song.releases.items()
    }
    song.tracks = tracks
    song.score = Score(columns, ticks_per_beat=song.ticks_per_beat)
    muted = note_set(Note(*map(int, row)) for row in about.get("muted_notes", ()))
    song.muted = song.score.present(muted)


def _track(row: dict[str, Any], n_chunks: int) -> Track:
    chunk, channel, program = (int(row[key]) for key in ("chunk", "channel", "program"))
    color = row.get("color")  # older projects have none
    color = None if color is None else int(color)
    track = Track(str(row["name"]), chunk, channel, program, color)
    if not (0 <= track.chunk < n_chunks and 0 <= track.channel < 16 and 0 <= track.program < 128):
        raise ValueError(f"track {track.name!r} does not fit the score")
    return track


def is_project(path: Path) -> bool:
    """Whether `path` is named as a project."""
    return path.suffix.lower() == SUFFIX
