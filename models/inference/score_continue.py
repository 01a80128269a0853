"""New bars after the end: step by step with the LSTM, bar by bar with the AR-CNN."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from models.inference.score_key import allowed_pitch_classes
from models.inference.score_notes import WorkingScore
from models.inference.score_sampler import Sampler
from models.networks.lstm import ScoreLstm, State
from models.notes import EditEvent
from models.piano_roll import HOLD, ONSET, STEPS_PER_BEAT, paint, piece_features, tick_to_step
from models.protocol import Conditions, Piece
from models.tempo_map import Metre

CONTEXT_STEPS = 512
_DENSITY_BARS = 8
_DEFAULT_DENSITY = 8


def new_bars(piece: Piece, bars: int) -> list[tuple[int, int]]:
    """Start and end ticks of `bars` bars after the piece's last one (an empty piece: from 0)."""
    metre = Metre(piece.ticks_per_beat, piece.time_signatures)
    first = metre.bar_of(piece.end - 1) + 1 if piece.notes else 0
    return [(metre.bar_start(first + i), metre.bar_start(first + i + 1)) for i in range(bars)]


def continue_by_edits(
    network: nn.Module, piece: Piece, conditions: Conditions, bars: int
) -> Iterator[EditEvent]:
    """Add as many notes a bar as the last bars have, one bar after the other."""
    conditions = _within_range(piece, conditions)
    density = _notes_a_bar(piece)
    left = conditions.max_add
    for index, (start, end) in enumerate(new_bars(piece, bars)):
        asked = replace(
            conditions,
            start_tick=start,
            end_tick=end,
            max_add=min(left, density),
            max_remove=0,
            iterations=max(1, conditions.iterations // bars),
            seed=conditions.seed + index,
        )
        for event in Sampler(network, piece, asked).events():
            piece = replace(piece, notes=(*piece.notes, event.note))
            left -= 1
            yield event


def _within_range(piece: Piece, conditions: Conditions) -> Conditions:
    """The same, with the range of the piece fixed: it must not creep bar by bar.

    New bars have no rhythm yet that could be kept.
    """
    low, high = WorkingScore(piece, conditions).pitches
    return replace(conditions, pitch_min=low, pitch_max=high, keep_rhythm=False)


def _notes_a_bar(piece: Piece) -> int:
    """The mean number of notes in the last bars that have any, at least 1."""
    metre = Metre(piece.ticks_per_beat, piece.time_signatures)
    drums = {index for index, track in enumerate(piece.tracks) if track.is_drums}
    counts: dict[int, int] = {}
    for note in piece.notes:
        if note.track not in drums:
            bar = metre.bar_of(note.start)
            counts[bar] = counts.get(bar, 0) + 1
    last = sorted(counts)[-_DENSITY_BARS:]
    return max(1, round(sum(counts[b] for b in last) / len(last))) if last else _DEFAULT_DENSITY


class StepwiseContinuation:
    """Samples the steps after a piece from the LSTM's forward half.

    How many notes start follows the expected number, carried over from step to step; which ones
    is drawn (temperature 0: the most probable). A note comes out when its end is known.
    """

    def __init__(self, network: ScoreLstm, piece: Piece, conditions: Conditions, bars: int) -> None:
        spans = new_bars(piece, bars)
        start, end = spans[0][0], spans[-1][1]
        region = replace(_within_range(piece, conditions), start_tick=start, end_tick=end)
        self._network = network
        self._piece = piece
        self._score = WorkingScore(piece, region)
        self._temperature = max(0.0, conditions.temperature)
        self._rng = np.random.default_rng(max(0, conditions.seed))
        self._left = max(0, conditions.max_add)
        self._first = tick_to_step(start, piece.ticks_per_beat)
        self._last = tick_to_step(end, piece.ticks_per_beat)
        self._owed = 0.0
        self._open: dict[int, tuple[int, float]] = {}  # pitch -> (step, probability)
        low, high = self._score.pitches
        classes = allowed_pitch_classes(conditions.key, self._score.notes)
        rows = range(network.n_pitches)
        pitches = [row + (network.low or 0) for row in rows]
        self._allowed = np.array([low <= p <= high and p % 12 in classes for p in pitches])
        self._avoided = self._score.limits.avoided_cells()

    def events(self) -> Iterator[EditEvent]:
        """The new notes, each as soon as it ends."""
        onset, hold, state = self._read_piece()
        for step in range(self._first, self._last):
            yield from self._end_notes(hold, step)
            started = self._start_notes(onset, step)
            for pitch in sorted(started.keys() & self._open.keys()):
                yield from self._emit(pitch, step)
            self._open |= {pitch: (step, p) for pitch, p in started.items()}
            if not self._left and not self._open:
                return
            onset, hold, state = self._advance(step, state)
        for pitch in sorted(self._open):
            yield from self._emit(pitch, self._last)

    def _read_piece(self) -> tuple[NDArray[np.float64], NDArray[np.float64], State]:
        start = max(0, self._first - CONTEXT_STEPS) // STEPS_PER_BEAT * STEPS_PER_BEAT
        n_steps = max(1, self._first - start)
        low = self._network.low or 0
        roll = paint(self._score.grid, start, n_steps)[:, low : low + self._network.n_pitches]
        return self._predict(torch.from_numpy(roll.astype(np.float32)), start, None)

    def _advance(
        self, step: int, state: State
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], State]:
        roll = torch.zeros(2, self._network.n_pitches, 1)
        for pitch, (at, _) in self._open.items():
            roll[ONSET if at == step else HOLD, pitch - (self._network.low or 0), 0] = 1
        return self._predict(roll, step, state)

    def _predict(
        self, roll: Tensor, start: int, state: State | None
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], State]:
        bars = torch.from_numpy(piece_features(self._piece, start, roll.shape[-1] + 1))[None]
        with torch.inference_mode():
            onset, hold, state = self._network.predict_steps(
                roll[None], bars[..., :-1], bars[..., 1:], state
            )
        return onset[0, :, -1].double().numpy(), hold[0, :, -1].double().numpy(), state

    def _end_notes(self, hold: NDArray[np.float64], step: int) -> Iterator[EditEvent]:
        for pitch in sorted(self._open):
            logit = float(hold[pitch - (self._network.low or 0)])
            if self._temperature > 0:
                logit -= self._temperature * float(self._rng.logistic())
            if logit <= 0:
                yield from self._emit(pitch, step)

    def _allowed_at(self, step: int) -> NDArray[np.bool_]:
        """The rows that may start at a step: in range and key, and not to be avoided."""
        allowed = self._allowed.copy()
        for at, pitch in self._avoided:
            row = pitch - (self._network.low or 0)
            if at == step and 0 <= row < len(allowed):
                allowed[row] = False
        return allowed

    def _start_notes(self, onset: NDArray[np.float64], step: int) -> dict[int, float]:
        """Pitches that start at this step, with their probabilities."""
        allowed = self._allowed_at(step)
        probabilities = np.where(allowed, 1 / (1 + np.exp(-np.clip(onset, -60, 60))), 0.0)
        self._owed += float(probabilities.sum())
        count = min(math.floor(self._owed + 0.5), self._left, int(allowed.sum()))
        if count <= 0:
            return {}
        self._owed -= count
        self._left -= count
        keys = np.where(allowed, onset, -np.inf)
        if self._temperature > 0:
            keys = keys / max(self._temperature, 1e-6) + self._rng.gumbel(size=len(keys))
        rows = np.argsort(-keys, kind="stable")[:count].tolist()
        return {row + (self._network.low or 0): float(probabilities[row]) for row in rows}

    def _emit(self, pitch: int, end: int) -> Iterator[EditEvent]:
        step, probability = self._open.pop(pitch)
        note = self._score.propose(step, pitch, end - step)
        if note is not None:
            self._score.add(note)
            yield EditEvent("add", note, probability)
