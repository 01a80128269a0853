"""The proposals as the window sees them: asked for, arriving, accepted or refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from PySide6.QtCore import QObject, Signal

from models.notes import EditEvent
from models.protocol import AvoidedEdit, Conditions
from studio.assistant.accept_rates import AcceptRates
from studio.assistant.suggestion import Suggestion, Variations
from studio.assistant.worker_client import WorkerClient
from studio.score.score import Edit
from studio.ui.compose.model_loader import ModelLoader
from studio.ui.compose.proposals import Proposals
from studio.ui.compose.sampling_pace import SamplingPace
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.compose.worker_request import Request, WorkerRequest

SuggestionState = Literal["idle", "working", "ready", "failed", "stale"]


class SuggestionViewModel(Proposals):
    """Asks the worker for edit events and holds them until they are accepted or refused.

    While it works the score can be edited: what no longer fits falls away, and is told; the
    proposal is then "stale". Where a request fails, what had arrived can still be taken.
    """

    state_changed = Signal(str)
    notice = Signal(str, str)

    def __init__(
        self, score: ScoreViewModel, client: WorkerClient, parent: QObject | None = None
    ) -> None:
        super().__init__(score, parent)
        self._asked: Request | None = None
        self._before: tuple[AvoidedEdit, ...] = ()  # what was proposed the last time
        self._is_accepting = False
        self.model = ModelLoader(client, self)
        self.rates = AcceptRates()
        self.pace = SamplingPace()
        self.state: SuggestionState = "idle"
        self.failure = ""
        self._request = WorkerRequest(score, client, self)
        self._request.arrived.connect(self._on_arrived)
        self._request.ended.connect(self._on_ended)
        score.edited.connect(self._on_score_edited)
        score.locks.changed.connect(self._on_locked)
        score.song_changed.connect(self._drop)

    def ask(self, folder: Path, conditions: Conditions, **how: Any) -> None:
        """Ask the model in `folder` for edits; what was proposed before is refused."""
        self.begin(Request(folder, conditions, **how))

    def ask_to_continue(self, folder: Path, conditions: Conditions, bars: int) -> None:
        """Ask for `bars` new bars after the end."""
        self.begin(Request(folder, conditions, bars))

    def begin(self, request: Request) -> None:
        """Ask for as many variations as it says, one after the other."""
        self._answer(0)
        self.cancel()
        if self.model.state in ("failed", "outdated"):
            self.model.retry()
        self._asked = request
        self.pace.begin(request.conditions, request.bars, request.variations)
        first = Suggestion(model=request.folder.name, seed=request.conditions.seed)
        self._show(Variations((first,)))
        self._submit(self._before if request.is_different else ())
        self._set_state("working")

    def _submit(self, avoid: tuple[AvoidedEdit, ...]) -> None:
        """Ask for the proposal that arrives next."""
        if self._asked is not None:
            self._request.submit(self._asked, self.variations.all[-1].seed, avoid)

    def cancel(self) -> None:
        """Stop asking. What has arrived stays, to be accepted or refused."""
        if self._request.cancel():
            self._end()

    def browse(self, step: int) -> None:
        """Bring the next variation in sight, or the one before."""
        super().browse(step)
        if self.state in ("ready", "stale"):
            self._set_state("stale" if self.variations.shown.is_outdated else "ready")

    def accept(self) -> bool:
        """Make the events that are taken, as one edit; True if the score changed."""
        self.cancel()
        edit = self.proposed_edit()
        self._is_accepting = True
        try:
            is_made = bool(edit) and self._score.request(edit)
        finally:
            self._is_accepting = False
        if is_made or not edit:
            self._answer(self.n_accepted)
            self._drop()
        return is_made

    def refuse(self) -> None:
        """Drop the proposal; the score is as it was."""
        self._answer(0)
        self._drop()

    def _answer(self, n_taken: int) -> None:
        """The musician has answered: remember what it was, and count how much was wanted."""
        if self._asked is not None and self.ghosts:
            shown = self.variations.shown
            self.rates.count(shown.model, self._asked.preset, len(shown.ghosts), n_taken)
            self._before = self.variations.edits()

    def _drop(self) -> None:
        self._request.cancel()
        self._asked = None
        self._show(Variations())
        self._set_state("idle")

    def close(self) -> None:
        """Stop asking and listening."""
        self._drop()
        self.model.close()
        self.rates.close()

    def _on_arrived(self, events: list[EditEvent]) -> None:
        self.pace.count(len(events))
        self._add(events)

    def _on_ended(self, body: dict[str, Any]) -> None:
        """A proposal is whole: ask for the next one, or be done."""
        asked, n = self._asked, len(self.variations.all)
        if body["event"] == "error":
            self.failure = str(body["message"])
            self._end("failed")
            self.notice.emit("error", self.failure)
        elif body["event"] == "done" and asked is not None and n < asked.variations:
            seed = asked.conditions.seed + n
            self._show(
                self.variations.with_one_more(Suggestion(model=asked.folder.name, seed=seed))
            )
            is_sure = asked.conditions.temperature == 0  # the same again, whatever the seed
            before = self._before if asked.is_different else ()
            self._submit((*before, *(self.variations.edits() if is_sure else ())))
        else:
            self._end()
            if self.state == "idle":
                self.notice.emit("info", self.tr("The model has nothing to propose here."))

    def _end(self, state: SuggestionState | None = None) -> None:
        """The request is over; unless it is told, what has come of it says in which state."""
        self.pace.end()
        shown = self.variations.shown
        if state is None:
            is_empty = not shown.ghosts and not shown.n_dropped
            state = "idle" if is_empty else "stale" if shown.is_outdated else "ready"
        self._set_state(state)

    def _on_score_edited(self, edit: Edit) -> None:
        if not self._is_accepting and (edit.removed or edit.added):
            self._rebase()

    def _on_locked(self) -> None:
        if not all(map(self._fitting(), (ghost.event for ghost in self.ghosts))):
            self._rebase()

    def _rebase(self) -> None:
        """Keep of all proposals what can still be made; say so where something can't."""
        if self.state == "idle":
            return
        n_lost = self._keep_fitting()
        if n_lost:
            text = self.tr("{0} of the proposed edits no longer fit the score and were dropped.")
            self.notice.emit("info", text.format(n_lost))
        if self.state == "ready":
            self._set_state("stale")

    def _set_state(self, state: SuggestionState) -> None:
        if state != self.state:
            self.state = state
            self.state_changed.emit(state)
