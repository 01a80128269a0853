"""One request to the inference process: sent with the score, its replies handed on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from models.protocol import AvoidedEdit, Conditions, edit_from_json
from studio.assistant.presets import OWN
from studio.assistant.worker_client import WorkerClient
from studio.score.song import Song
from studio.ui.compose.inbox import Inbox
from studio.ui.compose.score_view_model import ScoreViewModel


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of a model; `bars` above 0 asks for so many new bars after the end."""

    folder: Path
    conditions: Conditions
    bars: int = 0
    variations: int = 1
    is_different: bool = False  # from what was proposed the last time
    preset: str = OWN


class WorkerRequest(QObject):
    """Asks for one variation at a time; what comes after it was cancelled is passed over."""

    arrived = Signal(list)  # edit events
    ended = Signal(dict)  # the last message of the request

    def __init__(self, score: ScoreViewModel, client: WorkerClient, parent: QObject) -> None:
        super().__init__(parent)
        self._score, self._client = score, client
        self._number: int | None = None  # of the request that is under way
        self._ticks_per_beat = 480
        self._inbox = Inbox(self)
        self._inbox.arrived.connect(self._on_replies)

    @property
    def is_under_way(self) -> bool:
        """Whether an answer is awaited."""
        return self._number is not None

    def submit(self, asked: Request, seed: int, avoid: tuple[AvoidedEdit, ...]) -> None:
        """Ask for a variation from `seed`, other than `avoid`, with the score of this moment."""
        song, locks = self._score.snapshot(), self._score.locks
        self._ticks_per_beat = song.ticks_per_beat
        conditions = replace(
            asked.conditions,
            seed=seed,
            tracks=_unlocked(asked.conditions.tracks, locks.tracks, len(song.tracks)),
            avoid=(*asked.conditions.avoid, *avoid),
        )
        body = {"do": "continue", "bars": asked.bars} if asked.bars else {"do": "suggest"}
        body["folder"] = str(asked.folder)
        write_down = _with_score(body, conditions, song, locks.indices)
        self._number = self._client.submit(write_down, self._inbox.take)

    def cancel(self) -> bool:
        """Give it up; False where nothing is under way."""
        number, self._number = self._number, None
        if number is not None:
            self._client.cancel(number)
        return number is not None

    def _on_replies(self, bodies: list[dict[str, Any]]) -> None:
        number = self._number
        bodies = [b for b in bodies if number is not None and b.get("id") == number]
        edits = [body["edit"] for body in bodies if body["event"] == "edit"]
        if edits:
            self.arrived.emit([edit_from_json(edit, self._ticks_per_beat) for edit in edits])
        if bodies and bodies[-1]["event"] != "edit" and self._number == number:
            self._number = None
            self.ended.emit(bodies[-1])


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
