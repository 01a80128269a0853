"""Chooses edit events from a network's logits, under exact conditions, a few a forward pass."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import nn

from models.inference.score_key import allowed_pitch_classes
from models.inference.score_maps import EditMaps
from models.inference.score_notes import WorkingScore
from models.notes import EditEvent, Note
from models.piano_roll import tick_to_step
from models.protocol import Conditions, Piece

GAP = 4  # steps between two events of one pass: nearer ones would change each other
CONTEXT_STEPS = 64
_CANDIDATES = 512
_PASS_SHARE = 8
_LOGIT_SLACK = 2.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """An edit that could be made: `note` is None where a note would come to (step, pitch)."""

    logit: float
    step: int
    pitch: int
    note: Note | None


class Sampler:
    """Streams the edits of one request. Deterministic for equal input and seed."""

    def __init__(
        self, network: nn.Module, piece: Piece, conditions: Conditions, min_logit: float = -math.inf
    ) -> None:
        self._network = network
        self._piece = piece
        self._conditions = conditions
        self._min_logit = min_logit
        self._score = WorkingScore(piece, conditions)
        self._rng = np.random.default_rng(max(0, conditions.seed))
        self._classes = allowed_pitch_classes(conditions.key, self._score.notes)
        self._adds_left = max(0, conditions.max_add)
        self._removes_left = max(0, conditions.max_remove)

    def events(self) -> Iterator[EditEvent]:
        """The edits, as they are chosen; at most the caps, in at most `iterations` passes."""
        maps = self._maps()
        changed: list[tuple[int, int]] | None = None
        for passes_left in range(max(0, self._conditions.iterations), 0, -1):
            if not self._adds_left + self._removes_left:
                return
            maps.refresh(self._score.grid, changed)
            changed = []
            for event in self._choose(maps, passes_left):
                changed.append(self._steps(event.note))
                yield event
            if not changed:
                return

    def _maps(self) -> EditMaps:
        score, tpb = self._score, self._piece.ticks_per_beat
        last = tick_to_step(max(self._piece.end, score.end_tick), tpb)
        start = max(0, tick_to_step(score.start_tick, tpb) - CONTEXT_STEPS)
        end = min(last, tick_to_step(score.end_tick, tpb) + CONTEXT_STEPS)
        pitches = [*score.pitches, *(note.pitch for note in score.notes)]
        return EditMaps(self._network, self._piece, (start, end), (min(pitches), max(pitches)))

    def _steps(self, note: Note) -> tuple[int, int]:
        tpb = self._piece.ticks_per_beat
        return tick_to_step(note.start, tpb), tick_to_step(note.end, tpb) + 1

    def _choose(self, maps: EditMaps, passes_left: int) -> Iterator[EditEvent]:
        """Take the first candidates, in the order of the draw, that are far enough apart."""
        left = self._adds_left + self._removes_left
        usual = min(-(-left // _PASS_SHARE), getattr(self._network, "events_a_pass", left))
        n_take = max(usual, -(-left // passes_left))
        steps: list[int] = []
        best: float | None = None
        is_hurried = n_take > usual
        for candidate in self._drawn(self._candidates(maps)):
            if len(steps) == n_take:
                return
            if any(abs(candidate.step - step) < GAP for step in steps) and not is_hurried:
                continue
            if best is not None and not is_hurried and candidate.logit < best - _LOGIT_SLACK:
                return
            event = self._apply(candidate, maps)
            if event is not None:
                steps.append(candidate.step)
                best = candidate.logit if best is None else best
                yield event

    def _drawn(self, candidates: list[Candidate]) -> list[Candidate]:
        """By probability at temperature 0; else drawn without replacement, softmax(logit / T).

        Adding Gumbel noise to the logits draws from the softmax without ever exponentiating.
        """
        temperature = self._conditions.temperature
        if temperature <= 0:
            return candidates
        noise = self._rng.gumbel(size=len(candidates))
        keys = np.array([c.logit for c in candidates]) / max(temperature, 1e-6) + noise
        return [candidates[index] for index in np.argsort(-keys, kind="stable")]

    def _candidates(self, maps: EditMaps) -> list[Candidate]:
        """The most probable edits that the conditions allow, best first."""
        found = self._removals(maps) if self._removes_left else []
        found += self._additions(maps) if self._adds_left else []
        found = [c for c in found if c.logit >= self._min_logit]
        found.sort(key=lambda c: (-c.logit, c.step, c.pitch, c.note is None))
        return found[:_CANDIDATES]

    def _removals(self, maps: EditMaps) -> list[Candidate]:
        found = []
        for note in filter(self._score.limits.may_leave, self._score.removable):
            step = self._score.step_of(note)
            if maps.low <= note.pitch <= maps.high and maps.first <= step < maps.last:
                logit = float(maps.remove[note.pitch - maps.low, step - maps.first])
                found.append(Candidate(logit, step, note.pitch, note))
        return found

    def _additions(self, maps: EditMaps) -> list[Candidate]:
        logits = np.where(self._open_cells(maps), maps.add, -np.inf).ravel()
        n = min(_CANDIDATES, len(logits))
        top = np.argpartition(-logits, n - 1)[:n]
        width = maps.last - maps.first
        return [
            Candidate(
                float(logits[i]), maps.first + int(i % width), maps.low + int(i // width), None
            )
            for i in top
            if np.isfinite(logits[i])
        ]

    def _open_cells(self, maps: EditMaps) -> NDArray[np.bool_]:
        """Where a note may come: in the region, the range and the key, and no note starts."""
        score, tpb = self._score, self._piece.ticks_per_beat
        low, high = score.pitches
        rows = np.array(
            [
                low <= pitch <= high and pitch % 12 in self._classes
                for pitch in range(maps.low, maps.high + 1)
            ]
        )
        steps = np.arange(maps.first, maps.last)
        columns = (steps >= tick_to_step(score.start_tick, tpb)) & (
            steps < tick_to_step(score.end_tick, tpb)
        )
        columns &= score.limits.open_columns(steps)
        cells: NDArray[np.bool_] = rows[:, None] & columns[None, :]
        grid = score.grid
        inside = (grid.pitch >= maps.low) & (grid.pitch <= maps.high)
        inside &= (grid.step >= maps.first) & (grid.step < maps.last)
        cells[grid.pitch[inside] - maps.low, grid.step[inside] - maps.first] = False
        for step, pitch in score.limits.avoided_cells():
            if maps.first <= step < maps.last and maps.low <= pitch <= maps.high:
                cells[pitch - maps.low, step - maps.first] = False
        return cells

    def _apply(self, candidate: Candidate, maps: EditMaps) -> EditEvent | None:
        """Make the edit on the working score, if its cap and the score still allow it."""
        probability = 1 / (1 + math.exp(-min(60.0, max(-60.0, candidate.logit))))
        if candidate.note is not None:
            if not self._removes_left or not self._score.limits.may_leave(candidate.note):
                return None
            self._score.remove(candidate.note)
            self._removes_left -= 1
            return EditEvent("remove", candidate.note, probability)
        if not self._adds_left:
            return None
        at = candidate.pitch - maps.low, candidate.step - maps.first
        note = self._score.propose(candidate.step, candidate.pitch, int(maps.length[at]))
        if note is None:
            return None
        self._score.add(note)
        self._adds_left -= 1
        return EditEvent("add", note, probability)
