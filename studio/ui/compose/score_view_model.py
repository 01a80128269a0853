"""The score as the window sees it: one object that edits it, opens it and saves it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from models.notes import Note, NoteError
from studio.errors import StudioError
from studio.score import journal as journals
from studio.score.journal import Journal
from studio.score.midi_file import midi_bytes, parse_midi, read_bounded, write_midi
from studio.score.project import (
    SUFFIX,
    Project,
    is_project,
    parse_project,
    project_bytes,
    write_project,
)
from studio.score.score import Edit, Score
from studio.score.song import Song, Track

MAX_WARNINGS_TOLD = 4


class ScoreViewModel(QObject):
    """The only object that edits the score: widgets ask, and listen for the outcome."""

    edited = Signal(Edit)  # after any change, undo and redo included
    song_changed = Signal()  # another song, or another track: look at everything anew
    selection_changed = Signal()
    history_changed = Signal()  # what can be undone, and whether there is something to save
    mix_changed = Signal()  # mute, solo, active track
    refused = Signal(str)  # why an edit was not made, in words for the user
    notice = Signal(str, str)  # level, text

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.song = Song.empty()
        self.path: Path | None = None
        self.is_dirty = False
        self.active_track = 0
        self.muted: frozenset[int] = frozenset()
        self.soloed: frozenset[int] = frozenset()
        self._selection: frozenset[Note] = frozenset()
        self._journal = Journal(midi_bytes(self.song), None)
        self.song.score.on_edit = self._on_edit

    @property
    def score(self) -> Score:
        """The notes."""
        return self.song.score

    @property
    def tracks(self) -> list[Track]:
        """The lines of music."""
        return self.song.tracks

    @property
    def selection(self) -> frozenset[Note]:
        """The chosen notes, all of them in the score."""
        return self._selection

    def select(self, notes: Iterable[Note]) -> None:
        """Choose `notes`; what is not in the score is left out."""
        chosen = frozenset(note for note in notes if note in self.score)
        if chosen != self._selection:
            self._selection = chosen
            self.selection_changed.emit()

    @Slot(Edit)
    def request(self, edit: Edit) -> bool:
        """Make `edit`, if it can be made; an empty one is no change. True if the score changed."""
        if not edit:
            return False
        try:
            if any(note.track >= len(self.tracks) for note in edit.added):
                raise NoteError(self.tr("{0}: there is no such track").format(edit.label))
            self.score.apply(edit)
        except NoteError as error:
            self.refused.emit(str(error))
            return False
        self._journal.append(edit)
        return True

    @Slot()
    def undo(self) -> None:
        """Take the last change back."""
        if self.score.undo():
            self._journal.append("undo")

    @Slot()
    def redo(self) -> None:
        """Make the change that was taken back again."""
        if self.score.redo():
            self._journal.append("redo")

    def _on_edit(self, edit: Edit) -> None:
        self.is_dirty = True
        moved = bool(self._selection & edit.removed)
        if moved:  # the selection follows what it was moved, stretched or undone to
            self._selection = (self._selection - edit.removed) | edit.added
        self.edited.emit(edit)
        if moved:
            self.selection_changed.emit()
        self.history_changed.emit()

    def new_song(self) -> None:
        """Start with nothing."""
        song = Song.empty()
        self._take(Project(song), None, midi_bytes(song))

    def open(self, path: Path | str) -> bool:
        """Open a MIDI file or a project; a notice says what was wrong. True if it was opened."""
        return self._open(Path(path), Path(path))

    def open_as_new(self, path: Path | str) -> bool:
        """Open a file as a song without a name, so that saving asks for one."""
        return self._open(Path(path), None)

    def _open(self, path: Path, name: Path | None) -> bool:
        try:
            data = read_bounded(path)
            is_zip = is_project(path)
            project = (
                parse_project(data, path.name) if is_zip else Project(parse_midi(data, path.name))
            )
        except StudioError as error:
            self.notice.emit("error", str(error))
            return False
        self._take(project, name, data, SUFFIX if is_zip else ".mid")
        self._tell_warnings(path.name)
        return True

    def _tell_warnings(self, name: str) -> None:
        warnings = self.song.warnings
        if warnings:
            text = "; ".join(warnings[:MAX_WARNINGS_TOLD])
            if len(warnings) > MAX_WARNINGS_TOLD:
                text += self.tr("; and {0} more").format(len(warnings) - MAX_WARNINGS_TOLD)
            self.notice.emit("warning", self.tr("{0} was mended: {1}.").format(name, text))

    def _take(self, project: Project, path: Path | None, base: bytes, suffix: str = ".mid") -> None:
        self.song.score.on_edit = lambda edit: None
        self._journal.clear()
        self._journal = Journal(base, path, suffix=suffix)
        self.song, self.path, self.is_dirty = project.song, path, False
        self.song.score.on_edit = self._on_edit
        self._selection = frozenset()
        self._restore_view(project.view)
        self.song_changed.emit()
        self.selection_changed.emit()
        self.mix_changed.emit()
        self.history_changed.emit()

    def save(self, path: Path | str | None = None) -> bool:
        """Write the score to `path`, or to where it came from. True if it is on disk."""
        target = Path(path) if path else self.path
        try:
            if target is None:
                raise StudioError(self.tr("Choose a name to save under."))
            if is_project(target):
                write_project(Project(self.song, self._view()), target)
            else:
                write_midi(self.song, target)
            base = read_bounded(target)
        except StudioError as error:
            self.notice.emit("error", str(error))
            return False
        self.path, self.is_dirty = target, False
        self._journal.clear()
        self._journal = Journal(base, target, suffix=target.suffix)
        self.history_changed.emit()
        return True

    def snapshot(self) -> Song:
        """The song as it is now, for a thread: later edits don't reach it."""
        return self.song.copy()

    def set_active_track(self, index: int) -> None:
        """The track that new notes go to."""
        if 0 <= index < len(self.tracks) and index != self.active_track:
            self.active_track = index
            self.mix_changed.emit()

    def add_track(self, name: str, program: int = 0, *, is_drums: bool = False) -> None:
        """Another line of music, which becomes the active one."""
        self.song.add_track(name, program, is_drums=is_drums)
        self.active_track = len(self.tracks) - 1
        self.is_dirty = True
        before = self._journal
        project = Project(self.song, self._view())
        self._journal = Journal(project_bytes(project), self.path, suffix=SUFFIX)
        self._journal.append(journals.BASE)
        before.clear()
        self.song_changed.emit()
        self.mix_changed.emit()
        self.history_changed.emit()

    def set_muted(self, index: int, is_muted: bool) -> None:
        """Silence a track, or let it sound again."""
        self.muted = self.muted | {index} if is_muted else self.muted - {index}
        self.mix_changed.emit()

    def set_soloed(self, index: int, is_soloed: bool) -> None:
        """Hear a track alone (with the others that are soloed)."""
        self.soloed = self.soloed | {index} if is_soloed else self.soloed - {index}
        self.mix_changed.emit()

    def is_audible(self, index: int) -> bool:
        """Whether the track sounds, mute and solo considered."""
        return index not in self.muted and (not self.soloed or index in self.soloed)

    def _view(self) -> dict[str, Any]:
        return {
            "active_track": self.active_track,
            "muted": sorted(self.muted),
            "soloed": sorted(self.soloed),
        }

    def _restore_view(self, view: dict[str, Any]) -> None:
        known = range(len(self.tracks))
        active = view.get("active_track", 0)
        self.active_track = active if active in known else 0
        self.muted = frozenset(index for index in view.get("muted", ()) if index in known)
        self.soloed = frozenset(index for index in view.get("soloed", ()) if index in known)

    def has_recovery(self) -> bool:
        """Whether a session that died has left edits that were not saved."""
        return bool(journals.recoveries())

    def recover(self) -> bool:
        """Bring back the score of the session that died, up to its last edit."""
        for recovery in journals.recoveries():
            try:
                project = recovery.project()
            except StudioError as error:
                self.notice.emit("error", str(error))
                continue
            self._take(project, recovery.path, recovery.base, recovery.suffix)
            for step in recovery.steps:
                self._journal.append(step)
            self.is_dirty = True
            self.history_changed.emit()
            recovery.discard()
            return True
        return False

    def discard_recovery(self) -> None:
        """Give up what sessions that died have left."""
        for recovery in journals.recoveries():
            recovery.discard()

    def close(self) -> None:
        """The session ends properly: what was not saved was given up on purpose."""
        self._journal.clear()
