"""Editing: what is asked of the score, what came of it, what is chosen."""

from __future__ import annotations

from collections.abc import Iterable, Set
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from models.notes import Note, NoteError
from studio.score.journal import Journal
from studio.score.midi_file import midi_bytes
from studio.score.note_batch import columns_of, note_set
from studio.score.note_mutes import with_mutes
from studio.score.score import Edit, Score
from studio.score.song import Song
from studio.score.track import Lineup, Track, color_number, renumbered
from studio.score.track_edits import add_track
from studio.ui.compose.locks import Locks
from studio.ui.compose.track_flags import TrackFlags


class ScoreEditor(TrackFlags):
    """Makes edits and writes each into the crash journal. The score changes here and only here."""

    edited = Signal(Edit)  # after any change, undo and redo included
    song_changed = Signal()  # another song, or another track: look at everything anew
    selection_changed = Signal()
    history_changed = Signal()  # what can be undone, and whether there is something to save
    refused = Signal(str)  # why an edit was not made, in words for the user
    notice = Signal(str, str)  # level, text

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.song = Song.empty()
        self.path: Path | None = None
        self.is_dirty = False
        self._selection: Set[Note] = frozenset()
        self._journal = Journal(midi_bytes(self.song), None)
        self._journal_error_told: str | None = None
        self.locks = Locks(self)
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
    def n_tracks(self) -> int:
        """How many tracks there are."""
        return len(self.song.tracks)

    def color_number(self, index: int) -> int:
        """Where the colour of a track is in the theme's palette."""
        return color_number(self.song.tracks, index)

    @property
    def selection(self) -> Set[Note]:
        """The chosen notes, all of them in the score."""
        return self._selection

    def select(self, notes: Iterable[Note]) -> None:
        """Choose `notes`; what is not in the score is left out."""
        chosen = self.score.present(note_set(notes))
        if chosen != self._selection:
            self._selection = chosen
            self.selection_changed.emit()

    @Slot(Edit)
    def request(self, edit: Edit) -> bool:
        """Make `edit`, if it can be made; an empty one is no change. True if the score changed."""
        if not edit:
            return False
        try:
            self._check_tracks(edit)
            edit = with_mutes(edit, self.song.muted)
            self.score.apply(edit)
        except NoteError as error:
            self.refused.emit(str(error))
            return False
        self._journal.append(edit)
        self._tell_journal_error()
        return True

    def _tell_journal_error(self) -> None:
        """Where the journal can't be written, say so once and go on."""
        if self._journal.error is not None and self._journal.error != self._journal_error_told:
            self._journal_error_told = self._journal.error
            self.notice.emit("warning", self._journal.error)

    def _renew_journal(self, base: bytes, path: Path | None, suffix: str) -> None:
        """From now on what is changed is changed in `base`, and what was told may be told again."""
        self._journal.clear()
        self._journal, self._journal_error_told = Journal(base, path, suffix=suffix), None

    def _check_tracks(self, edit: Edit) -> None:
        highest = columns_of(edit.added).track.max(initial=0)
        if highest >= self.n_tracks and edit.added:
            raise NoteError(self.tr("{0}: there is no such track").format(edit.label))

    @Slot()
    def undo(self) -> None:
        """Take the last change back."""
        edit = self.score.undo()
        if edit is not None:
            self._journal.append_history("undo", edit)
            self._tell_journal_error()

    @Slot()
    def redo(self) -> None:
        """Make the change that was taken back again."""
        edit = self.score.redo()
        if edit is not None:
            self._journal.append_history("redo", edit)
            self._tell_journal_error()

    def _on_edit(self, edit: Edit) -> None:
        self.is_dirty = True
        if edit.lineup is not None and edit.lineup[0].places != edit.lineup[1].places:
            self._follow_lineup(edit, *edit.lineup)
            return
        self.locks.follow(edit)
        moved = bool(self._selection & edit.removed)
        if moved:  # the selection follows what it was moved, stretched or undone to
            self._selection = (self._selection - edit.removed) | edit.added
        self.edited.emit(edit)
        if moved:
            self.selection_changed.emit()
        if edit.lineup is not None:  # a colour: all that shows tracks is painted anew
            self.mix_changed.emit()
        self.history_changed.emit()

    def _follow_lineup(self, edit: Edit, before: Lineup, after: Lineup) -> None:
        """Tracks came or went: what is kept by their numbers follows."""
        now = renumbered(before, after)
        self.renumber(now)
        self.locks.renumber(now)
        self._selection = frozenset()
        self.edited.emit(edit)
        self.song_changed.emit()
        self.selection_changed.emit()
        self.mix_changed.emit()
        self.history_changed.emit()

    def view(self) -> dict[str, Any]:
        present = (note for note in self.locks.notes if note in self.score)
        return {**super().view(), **self.locks.view(present)}

    def restore_view(self, view: dict[str, Any]) -> None:
        super().restore_view(view)
        self.locks.restore(view, self.n_tracks)

    def add_track(self, name: str, program: int = 0, *, is_drums: bool = False) -> None:
        """Another line of music, which becomes the active one."""
        self.request(add_track(self.song, name, program, is_drums=is_drums))
