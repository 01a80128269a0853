"""What the model expects of the notes in sight, kept up to date while they are edited."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from models.notes import Note
from models.protocol import Piece, TrackInfo
from studio.assistant.worker_client import WorkerClient
from studio.score.song import Song
from studio.ui.compose.inbox import Inbox
from studio.ui.compose.roll_geometry import RollGeometry
from studio.ui.compose.score_view_model import ScoreViewModel

ALIGN_BEATS = 16  # the stretch that is asked about moves in steps of this
CONTEXT_BEATS = 8  # what the model sees on either side
MOST_BEATS = 512
MOST_NOTES = 4000  # so many are read from the score in a few milliseconds


@dataclass(frozen=True, slots=True)
class Expected:
    """How likely a note that is there is, how surprising among the others, and what is likelier."""

    likelihood: float
    rank: int
    of: int
    other: int
    other_probability: float


@dataclass(frozen=True, slots=True)
class MissedNote:
    """A note that the model would have expected; `rank` 1 is the surest."""

    note: Note
    probability: float
    rank: int


class ExpectationViewModel(QObject):
    """Asks about the stretch in sight, once at a time and always about the newest score.

    While an answer is awaited, edits only make it ask again afterwards: the worker computes
    what an edit has touched, so the answer to the last edit comes soon after it.
    """

    changed = Signal()

    def __init__(
        self, score: ScoreViewModel, client: WorkerClient, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._score, self._client = score, client
        self._geometry: RollGeometry | None = None
        self._folder: Path | None = None
        self._number: int | None = None
        self._sent: tuple[Note, ...] = ()
        self._stretch: tuple[int, int] = (0, 0)
        self._is_newer = False  # something has changed since the request was sent
        self._is_waiting = False
        self.is_on = False
        self.failure = ""
        self.is_too_long = False
        self.notes: dict[Note, Expected] = {}
        self.missed: tuple[MissedNote, ...] = ()
        self._inbox = Inbox(self)
        self._inbox.arrived.connect(self._on_replies)
        score.edited.connect(self._look_again)
        score.song_changed.connect(self._look_again)

    def watch(self, geometry: RollGeometry) -> None:
        """Ask about what this view shows."""
        self._geometry = geometry
        geometry.changed.connect(self._on_view)

    def use_model(self, folder: Path | None) -> None:
        """Ask another model."""
        if folder != self._folder:
            self._folder = folder
            self._forget()
            self._look_again()

    def toggle(self) -> None:
        """Show what the model expects, or no longer."""
        self.is_on = not self.is_on
        self._forget()
        self._look_again()

    def _forget(self) -> None:
        self._number = None
        self._is_newer = False
        self.notes, self.missed, self.failure = {}, (), ""
        self.changed.emit()

    def _on_view(self) -> None:
        if self.is_on and self._visible() != self._stretch:
            self._look_again()

    def _visible(self) -> tuple[int, int]:
        """The ticks in sight, in whole steps of `ALIGN_BEATS`."""
        geometry, step = self._geometry, ALIGN_BEATS * self._score.song.ticks_per_beat
        if geometry is None:
            return 0, 0
        last = min(geometry.right_tick, self._score.song.end)
        return int(geometry.left_tick // step) * step, -int(-last // step) * step

    def _look_again(self, _change: object = None) -> None:
        """Once for all that changes at a time; after the answer that is awaited."""
        if self.is_on and self._number is not None:
            self._is_newer = True
        elif self.is_on and not self._is_waiting:
            self._is_waiting = True
            QTimer.singleShot(0, self, self._ask)

    def _ask(self) -> None:
        self._is_waiting = False
        if not self.is_on or self._folder is None:
            return
        self._stretch = start, end = self._visible()
        song = self._score.song
        context = CONTEXT_BEATS * song.ticks_per_beat
        columns = song.score.columns
        found = columns.within(start - context, end + context, 0, 127)
        is_long = end - start > MOST_BEATS * song.ticks_per_beat
        self.is_too_long = is_long or len(found) > MOST_NOTES
        if self.is_too_long or end <= start:
            self._forget()
            return
        self._sent = tuple(columns.notes(found))
        piece = _piece(song, self._sent)
        body = {
            "do": "expect",
            "folder": str(self._folder),
            "start_tick": start,
            "end_tick": end,
        }
        self._is_newer = False
        self._number = self._client.submit(
            lambda: {**body, "score": piece.to_json()}, self._inbox.take
        )

    def _on_replies(self, bodies: list[dict[str, Any]]) -> None:
        for body in bodies:
            if self._number is not None and body.get("id") == self._number:
                self._number = None
                self._take(body)
        if self._is_newer and self._number is None:
            self._is_newer = False
            self._look_again()

    def _take(self, body: dict[str, Any]) -> None:
        if body["event"] != "expected":
            self.failure = str(body.get("message", ""))
            self.notes, self.missed = {}, ()
        else:
            self.failure = ""
            rows = body["notes"]
            self.notes = {
                self._sent[at]: Expected(likelihood, rank, len(rows), other, p)
                for at, likelihood, rank, other, p in rows
            }
            self.missed = tuple(
                MissedNote(Note(start, pitch, duration), p, rank)
                for rank, (start, pitch, duration, p) in enumerate(body["missed"], 1)
            )
        self.changed.emit()


def _piece(song: Song, notes: tuple[Note, ...]) -> Piece:
    tracks = tuple(TrackInfo(t.name, t.program, t.is_drums) for t in song.tracks)
    return Piece(song.ticks_per_beat, notes, tracks, (), song.time_signatures, ())
