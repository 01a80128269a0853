"""The proposals as the window sees them: asked for, arriving, accepted or refused."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from PySide6.QtCore import QObject, Signal

from models.notes import EditEvent, Note
from models.protocol import AvoidedEdit, Conditions, edit_from_json
from studio.assistant.accept_rates import AcceptRates
from studio.assistant.presets import OWN
from studio.assistant.suggestion import Ghost, Suggestion, Variations
from studio.assistant.worker_client import WorkerClient
from studio.score.score import Edit, Score
from studio.score.song import Song
from studio.ui.compose.inbox import Inbox
from studio.ui.compose.model_loader import ModelLoader
from studio.ui.compose.sampling_pace import SamplingPace
from studio.ui.compose.score_view_model import ScoreViewModel

SuggestionState = Literal["idle", "working", "ready", "failed", "stale"]


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of a model; `bars` above 0 asks for so many new bars after the end."""

    folder: Path
    conditions: Conditions
    bars: int = 0
    variations: int = 1
    is_different: bool = False  # from what was proposed the last time
    preset: str = OWN


class SuggestionViewModel(QObject):
    """Asks the worker for edit events and holds them until they are accepted or refused.

    While it works the score can be edited: what no longer fits falls away, and is told; the
    proposal is then "stale". Where a request fails, what had arrived can still be taken.
    """

    changed = Signal()  # ghosts came, went or were toggled, or another variation is in sight
    state_changed = Signal(str)
    notice = Signal(str, str)

    def __init__(
        self, score: ScoreViewModel, client: WorkerClient, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._score, self._client = score, client
        self.variations = Variations()
        self._asked: Request | None = None
        self._before: tuple[AvoidedEdit, ...] = ()  # what was proposed the last time
        self._number: int | None = None  # of the request that is under way
        self._ticks_per_beat = 480
        self._is_accepting = False
        self.model = ModelLoader(client, self)
        self.rates = AcceptRates()
        self.pace = SamplingPace()
        self.state: SuggestionState = "idle"
        self.failure = ""
        self._inbox = Inbox(self)
        self._inbox.arrived.connect(self._on_replies)
        score.edited.connect(self._on_score_edited)
        score.locks.changed.connect(self._on_locked)
        score.song_changed.connect(self._drop)

    @property
    def ghosts(self) -> tuple[Ghost, ...]:
        """The proposed events in sight, in the order in which they came."""
        return self.variations.shown.ghosts

    @property
    def n_accepted(self) -> int:
        """How many of them would be made."""
        return self.variations.shown.n_accepted

    @property
    def n_dropped(self) -> int:
        """How many of those in sight no longer fitted and were dropped."""
        return self.variations.shown.n_dropped

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
        """Send what is asked for the proposal that arrives next, with the score of this moment."""
        asked = self._asked
        if asked is None:
            return
        song, locks = self._score.snapshot(), self._score.locks
        self._ticks_per_beat = song.ticks_per_beat
        conditions = replace(
            asked.conditions,
            seed=self.variations.all[-1].seed,
            tracks=_unlocked(asked.conditions.tracks, locks.tracks, len(song.tracks)),
            avoid=(*asked.conditions.avoid, *avoid),
        )
        body = {"do": "continue", "bars": asked.bars} if asked.bars else {"do": "suggest"}
        body["folder"] = str(asked.folder)
        write_down = _with_score(body, conditions, song, locks.indices)
        self._number = self._client.submit(write_down, self._inbox.take)

    def cancel(self) -> None:
        """Stop asking. What has arrived stays, to be accepted or refused."""
        if self._number is not None:
            self._client.cancel(self._number)
            self._end()

    def toggle(self, *indices: int) -> None:
        """Take events that were left, and leave those that were taken."""
        if indices and all(0 <= index < len(self.ghosts) for index in indices):
            self._show(self.variations.with_shown(self.variations.shown.toggled(*indices)))

    def set_all(self, is_accepted: bool) -> None:
        """Take every event, or leave every one."""
        self._show(self.variations.with_shown(self.variations.shown.with_all(is_accepted)))

    def browse(self, step: int) -> None:
        """Bring the next variation in sight, or the one before."""
        self._show(self.variations.browsed(step))
        if self.state in ("ready", "stale"):
            self._set_state("stale" if self.variations.shown.is_outdated else "ready")

    def proposed_edit(self) -> Edit:
        """What would be done if it were accepted now."""
        return self.variations.shown.edit(self.tr("Take proposals"))

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
        if self._number is not None:
            self._client.cancel(self._number)
        self._number = self._asked = None
        self._show(Variations())
        self._set_state("idle")

    def close(self) -> None:
        """Stop asking and listening."""
        self._drop()
        self.model.close()
        self.rates.close()

    def _on_replies(self, bodies: list[dict[str, Any]]) -> None:
        """What has arrived; the rest of a request that was cancelled is passed over."""
        bodies = [b for b in bodies if self._number is not None and b.get("id") == self._number]
        edits = [body["edit"] for body in bodies if body["event"] == "edit"]
        if edits:
            self.pace.count(len(edits))
            events = [edit_from_json(edit, self._ticks_per_beat) for edit in edits]
            last = self.variations.all[-1].with_events(events)
            last = last.fitting(self._fitting())
            self._show(self.variations.with_last(last))
        if bodies and bodies[-1]["event"] != "edit":
            self._finish(bodies[-1])

    def _finish(self, body: dict[str, Any]) -> None:
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
        self._number = None
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
        before = self.n_dropped
        self._show(self.variations.fitting(self._fitting()))
        if self.n_dropped > before:
            text = self.tr("{0} of the proposed edits no longer fit the score and were dropped.")
            self.notice.emit("info", text.format(self.n_dropped - before))
        if self.state == "ready":
            self._set_state("stale")

    def _fitting(self) -> Callable[[EditEvent], bool]:
        """Whether an event can be made in the score as it is now."""
        score, locks = self._score.score, self._score.locks
        events = [ghost.event for s in self.variations.all for ghost in s.ghosts]
        leaving = {event.note for event in events if event.action == "remove"}

        def fits(event: EditEvent) -> bool:
            note = event.note
            if event.action == "remove":
                return note in score and not locks.is_locked(note)
            return note.track not in locks.tracks and not _overlaps(score, note, leaving)

        return fits

    def _show(self, variations: Variations) -> None:
        if variations != self.variations:
            self.variations = variations
            self.changed.emit()

    def _set_state(self, state: SuggestionState) -> None:
        if state != self.state:
            self.state = state
            self.state_changed.emit(state)


def _overlaps(score: Score, note: Note, leaving: Collection[Note]) -> bool:
    """Whether a note of the same track and pitch sounds there that is not to leave itself."""
    columns = score.columns
    found = columns.notes(columns.within(note.start, note.end, note.pitch, note.pitch))
    return any(
        n.track == note.track and n.start < note.end and note.start < n.end and n not in leaving
        for n in found
    )


def _unlocked(
    tracks: tuple[int, ...] | None, locked: frozenset[int], n_tracks: int
) -> tuple[int, ...] | None:
    """The tracks that may change, without those that are locked."""
    if not locked:
        return tracks
    return tuple(t for t in (range(n_tracks) if tracks is None else tracks) if t not in locked)


def _with_score(
    body: dict[str, Any],
    conditions: Conditions,
    song: Song,
    locked: Callable[[Any], tuple[int, ...]],
) -> Callable[[], dict[str, Any]]:
    """The request with the score, written down on the client's thread."""

    def write_down() -> dict[str, Any]:
        piece = song.to_piece()
        asked = replace(conditions, locked=(*conditions.locked, *locked(piece.notes)))
        return {**body, "conditions": asked.to_json(), "score": piece.to_json()}

    return write_down
