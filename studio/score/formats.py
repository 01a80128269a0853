"""Scores in any format that Studio knows, by the name of the file."""

from __future__ import annotations

from pathlib import Path

from studio.errors import StudioError
from studio.score.midi_file import read_midi, write_midi
from studio.score.musicxml import is_musicxml, read_musicxml, write_musicxml
from studio.score.project import Project, is_project, read_project, write_project
from studio.score.song import Song

MIDI_SUFFIXES = (".mid", ".midi", ".smf", ".kar")


def read_score(path: Path) -> Song:
    """The song in a MIDI file, a project or a MusicXML file. Raises StudioError."""
    if is_musicxml(path):
        return read_musicxml(path)
    return read_project(path).song if is_project(path) else read_midi(path)


def write_score(song: Song, path: Path) -> None:
    """Write `song` in the format that the name of `path` says. Raises StudioError."""
    if path.suffix.lower() == ".musicxml":
        write_musicxml(song, path)
    elif is_project(path):
        write_project(Project(song), path)
    elif path.suffix.lower() in MIDI_SUFFIXES:
        write_midi(song, path)
    else:
        raise StudioError(f"{path}: end the name in .mid, .studio or .musicxml.")
