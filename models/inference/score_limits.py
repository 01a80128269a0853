"""Limits that depend on the edits made so far: rhythm, density, and what not to propose again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from models.notes import Note
from models.piano_roll import step_to_tick, tick_to_step
from models.protocol import Conditions, Piece
from models.tempo_map import Metre


class EditLimits:
    """Says where notes may come and which may leave; is told of every edit that is made.

    Parameters
    ----------
    notes : iterable of Note
        Those of the score before the first edit.
    tracks : iterable of int
        The tracks that may change.
    piece : Piece
        For its metre.
    conditions : Conditions
    """

    def __init__(
        self, notes: Iterable[Note], tracks: Iterable[int], piece: Piece, conditions: Conditions
    ) -> None:
        self._ticks_per_beat = piece.ticks_per_beat
        self._tracks = frozenset(tracks)
        self._keeps_rhythm = conditions.keep_rhythm
        self._most = conditions.max_per_bar
        self._avoided = frozenset(conditions.avoid)
        self._metre = Metre(piece.ticks_per_beat, piece.time_signatures)
        self._at_step: Counter[tuple[int, int]] = Counter()  # (track, step)
        self._in_bar: Counter[int] = Counter()
        self._onsets: dict[tuple[int, int], int] = {}  # (track, step) -> tick
        for note in notes:
            self.count(note, 1)
            self._onsets.setdefault((note.track, self._step(note)), note.start)
        self._onset_steps = np.array(
            sorted({step for track, step in self._onsets if track in self._tracks}), dtype=np.int64
        )

    def _step(self, note: Note) -> int:
        return tick_to_step(note.start, self._ticks_per_beat)

    def count(self, note: Note, change: int) -> None:
        """A note has come (`change` 1) or left (-1)."""
        self._at_step[note.track, self._step(note)] += change
        if self._most is not None and note.track in self._tracks:
            self._in_bar[self._metre.bar_of(note.start)] += change

    def is_avoided(self, action: str, start: int, pitch: int) -> bool:
        """Whether this edit is not to be proposed."""
        return (action, start, pitch) in self._avoided

    def may_leave(self, note: Note) -> bool:
        """Whether the rhythm lets this note go now: its track has another that starts with it."""
        return not self._keeps_rhythm or self._at_step[note.track, self._step(note)] > 1

    def start_of(self, track: int, step: int) -> int | None:
        """The tick at which a new note of `track` starts at `step`; None where none may."""
        if not self._keeps_rhythm:
            return step_to_tick(step, self._ticks_per_beat)
        return self._onsets.get((track, step))

    def has_room(self, start: int) -> bool:
        """Whether the bar at tick `start` may get one more note."""
        return self._most is None or self._in_bar[self._metre.bar_of(start)] < self._most

    def open_columns(self, steps: NDArray[np.int64]) -> NDArray[np.bool_]:
        """At which of `steps` rhythm and density let notes come, shape of `steps`."""
        is_open: NDArray[np.bool_] = np.ones(len(steps), dtype=np.bool_)
        if self._keeps_rhythm:
            is_open &= np.isin(steps, self._onset_steps)
        if self._most is not None:
            ticks = [max(0, step_to_tick(step, self._ticks_per_beat)) for step in steps.tolist()]
            is_open &= np.array([self.has_room(tick) for tick in ticks], dtype=np.bool_)
        return is_open

    def avoided_cells(self) -> list[tuple[int, int]]:
        """(step, pitch) of the additions that are not to be proposed."""
        return [
            (tick_to_step(start, self._ticks_per_beat), pitch)
            for action, start, pitch in self._avoided
            if action == "add"
        ]
