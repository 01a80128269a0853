"""Files that come into the roll: MIDI files as they are, sound files as the notes heard in them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from models.notes import Note
from studio.analysis.notes_of_file import notes_of_file, placed
from studio.analysis.transcriber import HeardNote
from studio.audio.file_source import SOUND_SUFFIXES
from studio.errors import StudioError
from studio.score.edits import replacing
from studio.score.excerpt import fitted
from studio.score.midi_file import read_midi
from studio.ui.background import Background
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.drop_files import local_files

MIDI_SUFFIXES = (".mid", ".midi", ".smf", ".kar")


class RollDrops(QObject):
    """Lets a widget take files; each comes as one edit, at the bar where it was let go."""

    notice = Signal(str, str)

    def __init__(
        self, score: ScoreViewModel, roll: QWidget, tick_at: Callable[[float], float]
    ) -> None:
        super().__init__(roll)
        self._score, self._tick_at = score, tick_at
        self._background = Background(self)
        roll.setAcceptDrops(True)
        roll.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QDragEnterEvent | QDragMoveEvent) and _wanted(event):
            event.acceptProposedAction()
            return True
        if type(event) is QDropEvent and _wanted(event):
            event.acceptProposedAction()
            tick = max(0.0, self._tick_at(event.position().x()))
            for path in _wanted(event):
                self.insert(path, tick)
            return True
        return False

    def insert(self, path: Path, tick: float) -> None:
        """Put what the file holds into the bar of `tick`."""
        metre = self._score.song.metre
        start = metre.bar_start(metre.bar_of(int(tick)))
        if path.suffix.lower() in MIDI_SUFFIXES:
            self._insert_midi(path, start)
        else:
            self.listen_to(path, start)

    def _insert_midi(self, path: Path, start: int) -> None:
        score = self._score
        try:
            song = read_midi(path)
        except StudioError as error:
            self.notice.emit("error", str(error))
            return
        notes = fitted(song.score.notes, song.ticks_per_beat, score.song, start, score.active_track)
        self._write(path, notes)

    def listen_to(self, path: Path, start: int) -> None:
        """Find the notes of a sound file on a thread of its own, then put them at `start`."""
        text = self.tr("Listening to {0} for notes: one voice or instrument is understood.")
        self.notice.emit("info", text.format(path.name))
        self._background.attempt(
            lambda: notes_of_file(path),
            lambda outcome: self._on_heard(path, start, outcome),
            "transcribe",
            also=(OSError,),
        )

    def _on_heard(self, path: Path, start: int, heard: list[HeardNote] | Exception) -> None:
        if isinstance(heard, Exception):
            self.notice.emit("error", str(heard))
            return
        tempo_map, track = self._score.song.tempo_map, self._score.active_track
        self._write(path, placed(heard, tempo_map, start, track))

    def _write(self, path: Path, notes: list[Note]) -> None:
        if not notes:
            text = self.tr("{0}: no notes were found in it.")
            self.notice.emit("warning", text.format(path.name))
            return
        label = self.tr("Insert {0}").format(path.name)
        self._score.request(replacing(label, self._score.score, (), notes))
        self._score.select(notes)


def _wanted(event: QDropEvent) -> list[Path]:
    known = (*MIDI_SUFFIXES, *SOUND_SUFFIXES)
    return [path for path in local_files(event.mimeData()) if path.suffix.lower() in known]
