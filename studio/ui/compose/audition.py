"""Hearing a proposal before it is taken: the same place, before and after."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from models.notes import NoteError
from studio.score.song import Song
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.compose.suggestion_view_model import SuggestionViewModel


class Stage(Protocol):
    """What of the transport an audition needs."""

    loop: tuple[int, int] | None

    @property
    def is_playing(self) -> bool:
        """Whether music plays."""

    def play_toggle(self) -> None:
        """Play, or stop."""

    def set_loop(self, start: int | None, end: int | None = None) -> None:
        """Repeat a stretch of ticks, or play through."""

    def play_instead(self, song: Song | None) -> None:
        """Play `song` in the score's place; None: the score again."""


class Audition(QObject):
    """Lets the score be heard with the proposals that are taken, and without, in turn.

    The music goes on at its place. What is toggled or browsed meanwhile is heard at once. When
    the proposals are taken or refused the score itself is heard again.
    """

    changed = Signal()

    def __init__(
        self,
        score: ScoreViewModel,
        suggestions: SuggestionViewModel,
        stage: Stage,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._score, self._suggestions, self._stage = score, suggestions, stage
        self._has_looped = False
        self._is_waiting = False
        self.is_after = False
        suggestions.changed.connect(self._follow)
        score.edited.connect(self._follow)

    def toggle(self) -> None:
        """Hear the other one; what does not play yet begins, around the proposals."""
        if self._suggestions.ghosts:
            self._set(not self.is_after or not self._stage.is_playing)
            if not self._stage.is_playing:
                self._loop_proposals()
                self._stage.play_toggle()

    def _set(self, is_after: bool) -> None:
        self.is_after = is_after
        self._stage.play_instead(self._song() if is_after else None)
        self.changed.emit()

    def _song(self) -> Song | None:
        """The score as it would be; None where it can't be so any more."""
        song = self._score.snapshot()
        try:
            song.score.apply(self._suggestions.proposed_edit())
        except NoteError:
            return None
        return song

    def _loop_proposals(self) -> None:
        if self._stage.loop is None:
            metre = self._score.song.metre
            notes = [ghost.event.note for ghost in self._suggestions.ghosts]
            first = metre.bar_of(min(note.start for note in notes))
            last = metre.bar_of(max(note.end for note in notes) - 1)
            self._stage.set_loop(metre.bar_start(first), metre.bar_start(last + 1))
            self._has_looped = True

    def _follow(self, _edit: object = None) -> None:
        """Once for all that changes at a time."""
        if not self._is_waiting and (self.is_after or self._has_looped):
            self._is_waiting = True
            QTimer.singleShot(0, self, self._catch_up)

    def _catch_up(self) -> None:
        self._is_waiting = False
        if self._suggestions.ghosts:
            if self.is_after:
                self._stage.play_instead(self._song())
            return
        if self._has_looped:
            self._has_looped = False
            self._stage.set_loop(None)
        if self.is_after:
            self._set(False)
