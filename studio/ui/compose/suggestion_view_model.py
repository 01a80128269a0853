"""The proposal as the window sees it: asked for, arriving, accepted or refused."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from PySide6.QtCore import QObject, Signal

from models.protocol import Conditions, edit_from_json
from studio.assistant.suggestion import Ghost, Suggestion
from studio.assistant.worker_client import WorkerClient
from studio.score.score import Edit
from studio.ui.compose.inbox import Inbox
from studio.ui.compose.model_loader import ModelLoader
from studio.ui.compose.score_view_model import ScoreViewModel

SuggestionState = Literal["idle", "working", "ready", "failed", "stale"]


class SuggestionViewModel(QObject):
    """Asks the worker for edit events and holds them until they are accepted or refused.

    While it works the score can be edited: what no longer fits falls away, and is told; the
    proposal is then "stale". Where a request fails, what had arrived can still be taken.
    """

    changed = Signal()  # ghosts came, went or were toggled
    state_changed = Signal(str)
    notice = Signal(str, str)

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
        self.model = ModelLoader(client, self)
        self.state: SuggestionState = "idle"
        self.failure = ""
        self.n_asked = 0
        self.n_dropped = 0
        self.seconds = 0.0
        self._inbox = Inbox(self)
        self._inbox.arrived.connect(self._on_replies)
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
        self._submit({"do": "suggest"}, folder, conditions)

    def ask_to_continue(self, folder: Path, conditions: Conditions, bars: int) -> None:
        """Ask for `bars` new bars after the end."""
        self.n_asked = 0
        self._submit({"do": "continue", "bars": bars}, folder, conditions)

    def _submit(self, body: dict[str, Any], folder: Path, conditions: Conditions) -> None:
        self.cancel()
        if self.model.state == "failed":
            self.model.retry()
        self.n_dropped = 0
        self._replace(Suggestion(model=folder.name))
        self._started = time.monotonic()
        self._ticks_per_beat = self._score.song.ticks_per_beat
        body |= {"folder": str(folder), "conditions": conditions.to_json()}
        self._request = self._client.submit(self._with_score(body), self._inbox.take)
        self._set_state("working")

    def _with_score(self, body: dict[str, Any]) -> Callable[[], dict[str, Any]]:
        """`body` and the score of this moment, written down on the client's thread."""
        song = self._score.snapshot()
        return lambda: {**body, "score": song.to_piece().to_json()}

    def cancel(self) -> None:
        """Stop asking. What has arrived stays, to be accepted or refused."""
        if self._request is not None:
            self._client.cancel(self._request)
            self._end()

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
        edit = self._suggestion.edit(self.tr("Take proposals"))
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
        """Stop asking and listening."""
        self.refuse()
        self.model.close()

    def _on_replies(self, bodies: list[dict[str, Any]]) -> None:
        """What has arrived; the rest of a request that was cancelled is passed over."""
        bodies = [b for b in bodies if self._request is not None and b.get("id") == self._request]
        edits = [body["edit"] for body in bodies if body["event"] == "edit"]
        if edits:
            events = [edit_from_json(edit, self._ticks_per_beat) for edit in edits]
            self._keep_fitting(self._suggestion.with_events(events))
        if bodies and bodies[-1]["event"] != "edit":
            self._finish(bodies[-1])

    def _finish(self, body: dict[str, Any]) -> None:
        if body["event"] == "error":
            self.failure = str(body["message"])
            self._end("failed")
            self.notice.emit("error", self.failure)
            return
        self._end()
        if self.state == "idle":
            self.notice.emit("info", self.tr("The model has nothing to propose here."))

    def _end(self, state: SuggestionState | None = None) -> None:
        """The request is over; unless it is told, what has come of it says in which state."""
        self._request = None
        self.seconds = time.monotonic() - self._started
        if state is None:
            state = "stale" if self.n_dropped else "ready" if self.ghosts else "idle"
        self._set_state(state)

    def _on_score_edited(self, _edit: Edit) -> None:
        if self._is_accepting or not self.ghosts:
            return
        before = self.n_dropped
        self._keep_fitting(self._suggestion)
        if self.n_dropped > before:
            text = self.tr("{0} of the proposed edits no longer fit the score and were dropped.")
            self.notice.emit("info", text.format(self.n_dropped - before))
            if self.state == "ready":
                self._set_state("stale")

    def _keep_fitting(self, suggestion: Suggestion) -> None:
        """Take over `suggestion`, but for what can't be made in the score as it is now."""
        fitting = suggestion.fitting(self._score.score.note_set)
        self.n_dropped += len(suggestion.ghosts) - len(fitting.ghosts)
        self._replace(fitting)

    def _replace(self, suggestion: Suggestion) -> None:
        if suggestion != self._suggestion:
            self._suggestion = suggestion
            self.changed.emit()

    def _set_state(self, state: SuggestionState) -> None:
        if state != self.state:
            self.state = state
            self.state_changed.emit(state)
