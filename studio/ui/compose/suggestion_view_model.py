"""The proposal as the window sees it: asked for, arriving, accepted or refused."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Literal

from PySide6.QtCore import QObject, Signal

from models.protocol import Conditions, Message, edit_from_json
from studio.assistant.suggestion import Ghost, Suggestion
from studio.assistant.worker_client import WorkerClient
from studio.score.score import Edit
from studio.ui.compose.score_view_model import ScoreViewModel

SuggestionState = Literal["idle", "working", "ready", "failed"]


class SuggestionViewModel(QObject):
    """Asks the worker for edit events and holds them until they are accepted or refused.

    While it works the score can be edited: what no longer fits falls away, and is told.
    """

    changed = Signal()  # ghosts came, went or were toggled
    state_changed = Signal(str)
    notice = Signal(str, str)
    _arrived = Signal(object)  # a message, from the client's thread to this one

    def __init__(
        self, score: ScoreViewModel, client: WorkerClient, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._score, self._client = score, client
        self._suggestion = Suggestion()
        self._request: int | None = None
        self._ticks_per_beat = 480
        self._started = 0.0
        self._is_accepting = False
        self.state: SuggestionState = "idle"
        self.failure = ""
        self.n_asked = 0
        self.seconds = 0.0
        self._arrived.connect(self._on_message)
        score.edited.connect(self._on_score_edited)
        score.song_changed.connect(self.refuse)

    @property
    def ghosts(self) -> tuple[Ghost, ...]:
        """The proposed events, in the order in which they came."""
        return self._suggestion.ghosts

    @property
    def n_accepted(self) -> int:
        """How many of them would be made."""
        return self._suggestion.n_accepted

    def ask(self, folder: Path, conditions: Conditions) -> None:
        """Ask the model in `folder` for edits; what was proposed before is refused."""
        self.n_asked = conditions.max_add + conditions.max_remove
        self._submit("suggest", folder, conditions, {})

    def ask_to_continue(self, folder: Path, conditions: Conditions, bars: int) -> None:
        """Ask for `bars` new bars after the end."""
        self.n_asked = 0
        self._submit("continue", folder, conditions, {"bars": bars})

    def _submit(
        self, what: str, folder: Path, conditions: Conditions, more: dict[str, Any]
    ) -> None:
        self.cancel()
        piece = self._score.song.to_piece()
        self._ticks_per_beat = piece.ticks_per_beat
        self._replace(Suggestion(model=folder.name))
        self._started = time.monotonic()
        self._set_state("working")
        body = {
            "do": what,
            "folder": str(folder),
            "score": piece.to_json(),
            "conditions": conditions.to_json(),
            **more,
        }
        self._request = self._client.submit(body, self._arrived.emit)

    def cancel(self) -> None:
        """Stop asking. What has arrived stays, to be accepted or refused."""
        if self._request is not None:
            self._client.cancel(self._request)
            self._end("ready" if self.ghosts else "idle")

    def toggle(self, index: int) -> None:
        """Take one event that was left, or leave one that was taken."""
        if 0 <= index < len(self.ghosts):
            self._replace(self._suggestion.toggled(index))

    def set_all(self, is_accepted: bool) -> None:
        """Take every event, or leave every one."""
        self._replace(self._suggestion.with_all(is_accepted))

    def accept(self) -> bool:
        """Make the events that are taken, as one edit; True if the score changed."""
        self.cancel()
        label = self.tr("Accept %n suggested note(s)", "", self.n_accepted)
        edit = self._suggestion.edit(label)
        self._is_accepting = True
        try:
            is_made = bool(edit) and self._score.request(edit)
        finally:
            self._is_accepting = False
        if is_made or not edit:
            self.refuse()
        return is_made

    def refuse(self) -> None:
        """Drop the proposal; the score is as it was."""
        if self._request is not None:
            self._client.cancel(self._request)
        self._request = None
        self._replace(Suggestion())
        self._set_state("idle")

    def close(self) -> None:
        """Stop asking."""
        self.refuse()

    def _on_message(self, message: Message) -> None:
        body = message.body
        if self._request is None or body.get("id") != self._request:
            return  # the rest of a request that was cancelled
        match body["event"]:
            case "edit":
                event = edit_from_json(body["edit"], self._ticks_per_beat)
                grown = self._suggestion.with_events([event])
                self._replace(grown.fitting(self._score.score.note_set))
            case "error":
                self.failure = str(body["message"])
                self._end("failed")
                self.notice.emit("error", self.failure)
            case _:
                self._end("ready" if self.ghosts else "idle")
                if not self.ghosts:
                    self.notice.emit("info", self.tr("The model has nothing to propose here."))

    def _end(self, state: SuggestionState) -> None:
        self._request = None
        self.seconds = time.monotonic() - self._started
        self._set_state(state)

    def _on_score_edited(self, _edit: Edit) -> None:
        if self._is_accepting or not self.ghosts:
            return
        fitting = self._suggestion.fitting(self._score.score.note_set)
        lost = len(self.ghosts) - len(fitting.ghosts)
        if lost:
            self._replace(fitting)
            text = self.tr("%n proposal(s) no longer fit the score and were dropped.", "", lost)
            self.notice.emit("info", text)

    def _replace(self, suggestion: Suggestion) -> None:
        if suggestion != self._suggestion:
            self._suggestion = suggestion
            self.changed.emit()

    def _set_state(self, state: SuggestionState) -> None:
        if state != self.state:
            self.state = state
            self.state_changed.emit(state)
