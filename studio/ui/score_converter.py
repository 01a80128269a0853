"""Conversions that take seconds, in a process of their own: MusicXML in and out."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, QTemporaryDir

from studio.score.midi_file import write_midi
from studio.score.song import Song

COMMAND = ("-P", "-m", "studio", "convert")
Done = Callable[[Path, str], None]  # what was written, and why it could not be ("" if it was)


class ScoreConverter(QObject):
    """Runs `studio convert`; the window goes on meanwhile."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = QTemporaryDir()  # goes when this goes

    def to_midi(self, source: Path, done: Done) -> None:
        """Make a MIDI file of `source`, in a folder that goes with the window."""
        self._start(source, Path(self._folder.filePath(f"{source.stem}.mid")), done)

    def from_song(self, song: Song, target: Path, done: Done) -> None:
        """Write `song` as `target`'s name says. Raises StudioError where nothing can be written."""
        source = Path(self._folder.filePath(f"{target.stem}.mid"))
        write_midi(song, source)
        self._start(source, target, done)

    def _start(self, source: Path, target: Path, done: Done) -> None:
        process = QProcess(self)

        def on_finished(status: int) -> None:
            words = bytes(process.readAllStandardError().data()).decode(errors="replace")
            process.deleteLater()
            told = words.strip().splitlines()[-1:] or [f"{source.name} could not be converted."]
            done(target, "" if status == 0 else told[0].removeprefix("studio: "))

        process.finished.connect(on_finished)
        process.start(sys.executable, [*COMMAND, str(source), str(target)])
