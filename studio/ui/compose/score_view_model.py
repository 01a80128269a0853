"""The score as the window sees it: edited, opened, saved and recovered through one object."""

from __future__ import annotations

from pathlib import Path

from studio.errors import StudioError
from studio.score import journal as journals
from studio.score.midi_file import midi_bytes, parse_midi, read_bounded, write_midi
from studio.score.project import SUFFIX, Project, is_project, parse_project, write_project
from studio.score.song import Song
from studio.ui.compose.score_editor import ScoreEditor


class ScoreViewModel(ScoreEditor):
    """The only object that edits the score: widgets ask, and listen for the outcome."""

    _stamp: tuple[int, int] | None = None

    @property
    def is_changed_on_disk(self) -> bool:
        """Whether the file is there, but not as it was opened or saved last."""
        now = _stamp(self.path)
        return now is not None and now != self._stamp

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
            text = "; ".join(
                warnings
            )  # each kind once: never so many that a banner can't hold them
            self.notice.emit("warning", self.tr("{0} was mended: {1}.").format(name, text))

    def _take(self, project: Project, path: Path | None, base: bytes, suffix: str = ".mid") -> None:
        self.song.score.on_edit = lambda edit: None
        self._renew_journal(base, path, suffix)
        self.song, self.path, self.is_dirty = project.song, path, False
        self._stamp = _stamp(path)
        self.song.score.on_edit = self._on_edit
        self._selection = frozenset()
        self.restore_view(project.view)
        self.song_changed.emit()
        self.selection_changed.emit()
        self.mix_changed.emit()
        self.history_changed.emit()

    def save(self, path: Path | str | None = None) -> bool:
        """Write the score to `path`, or to where it came from. True if it is on disk."""
        target = Path(path) if path else self.path
        if target is None:
            self.notice.emit("error", self.tr("Choose a name to save under."))
            return False
        try:
            if is_project(target):
                write_project(Project(self.song, self.view()), target)
            else:
                write_midi(self.song, target, keep_previous=True)
            base = read_bounded(target)
        except StudioError as error:
            self.notice.emit("error", str(error))
            return False
        self.path, self.is_dirty, self._stamp = target, False, _stamp(target)
        self._renew_journal(base, target, target.suffix)
        self.history_changed.emit()
        return True

    def snapshot(self) -> Song:
        """The song as it is now, for a thread: later edits don't reach it."""
        return self.song.copy()

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
            if self._journal.settle():  # what it left is here twice before it is there no more
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


def _stamp(path: Path | None) -> tuple[int, int] | None:
    """What another program that writes a file changes: its time and its size."""
    try:
        status = path.stat() if path else None
    except OSError:
        return None
    return (status.st_mtime_ns, status.st_size) if status else None
