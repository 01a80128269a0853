"""The repair measure: spoil a tenth of the notes, and see whether the model can tell and mend."""

from __future__ import annotations

import time
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from models.evaluation.ranking import area_under_roc
from models.evaluation.statistics import Statistics, describe_music, statistics
from models.inference.score import ScoreModel
from models.inference.score_key import detect_key
from models.inference.score_maps import EditMaps
from models.notes import EditEvent, Note
from models.piano_roll import bar_windows, grid_notes, step_to_tick, tick_to_step
from models.protocol import Conditions, Piece
from models.tempo_map import Metre, TimeSignature

SHARE = 0.1
SEED = 8
STOP_BELOW = 0.5
"""Repairing stops at edits less sure than even: one more would do F1 no good."""


@dataclass(frozen=True, slots=True)
class SpoiltWindow:
    """A window as a piece of its own, spoilt: what is right, what is missing, what is wrong."""

    spoilt: Piece
    clean: tuple[Note, ...]
    removed: tuple[Note, ...]
    wrong: frozenset[Note]


@dataclass(frozen=True, slots=True)
class WindowResult:
    """What a model made of one window."""

    auc: float | None
    hits: int
    n_removed: int
    corrupted_f1: float
    repair_f1: float
    seconds: float
    n_events: int
    music: dict[str, Statistics]
    """What is counted in the window `clean`, `before` the repair and `after` it."""


def spoil(rng: np.random.Generator, piece: Piece, start: int, end: int) -> SpoiltWindow | None:
    """Cut out a window and spoil it.

    Parameters
    ----------
    rng : numpy Generator
    piece : Piece
    start, end : int
        The window, in ticks.

    Returns
    -------
    SpoiltWindow or None
        A tenth of the notes (at least 1) is gone and as many wrong ones are there: pitch uniform
        over the piece's range, onset on the sixteenth grid, duration drawn from the piece's own,
        track from the piece's notes; never where a note of the clean window starts. None if
        fewer than two pitched notes start in the window.
    """
    drums = {index for index, track in enumerate(piece.tracks) if track.is_drums}
    pitched = [note for note in piece.notes if note.track not in drums]
    clean = [
        replace(note, start=note.start - start, duration=min(note.end, end) - note.start)
        for note in pitched
        if start <= note.start < end
    ]
    if len(clean) < 2:
        return None
    count = max(1, round(SHARE * len(clean)))
    gone = set(rng.permutation(len(clean))[:count].tolist())
    wrong = _wrong_notes(rng, piece.ticks_per_beat, pitched, clean, end - start, count)
    kept = [note for index, note in enumerate(clean) if index not in gone]
    signature = Metre(piece.ticks_per_beat, piece.time_signatures).signature_at(start)
    spoilt = replace(
        piece,
        notes=tuple(sorted([*kept, *wrong])),
        tempo=(),
        key_signatures=(),
        time_signatures=(TimeSignature(0, signature.numerator, signature.denominator),),
    )
    removed = tuple(clean[index] for index in sorted(gone))
    return SpoiltWindow(spoilt, tuple(clean), removed, frozenset(wrong))


def _wrong_notes(
    rng: np.random.Generator,
    ticks_per_beat: int,
    pitched: list[Note],
    clean: list[Note],
    length: int,
    count: int,
) -> list[Note]:
    low, high = min(n.pitch for n in pitched), max(n.pitch for n in pitched)
    n_steps = max(1, tick_to_step(length, ticks_per_beat))
    taken = {(tick_to_step(n.start, ticks_per_beat), n.pitch) for n in clean}
    wrong: list[Note] = []
    for _ in range(100 * count):  # a crowded window may have no room for as many
        step, pitch = int(rng.integers(n_steps)), int(rng.integers(low, high + 1))
        like, line = (pitched[int(rng.integers(len(pitched)))] for _ in range(2))
        if (step, pitch) not in taken and len(wrong) < count:
            taken.add((step, pitch))
            start = step_to_tick(step, ticks_per_beat)
            duration = max(1, min(like.duration, length - start))
            wrong.append(Note(start, pitch, duration, line.velocity, line.track))
    return wrong


def note_f1(found: Iterable[Note], clean: Iterable[Note], ticks_per_beat: int) -> float:
    """F1 of notes that agree in pitch and onset (to the sixteenth), each counted once."""
    counts = [
        Counter((note.pitch, tick_to_step(note.start, ticks_per_beat)) for note in notes)
        for notes in (found, clean)
    ]
    total = counts[0].total() + counts[1].total()
    return 2 * (counts[0] & counts[1]).total() / total if total else 1.0


def repair_window(model: ScoreModel, window: SpoiltWindow) -> WindowResult:
    """Rank the spoilt window's edits in one pass, then mend it with at most 2k events."""
    piece, tpb, k = window.spoilt, window.spoilt.ticks_per_beat, len(window.removed)
    auc, hits = _rank(model, window)
    notes = Counter(piece.notes)
    began = time.perf_counter()
    events = repair_events(model, window)
    seconds = time.perf_counter() - began
    for event in events:
        notes[event.note] += 1 if event.action == "add" else -1
    versions = {"clean": window.clean, "before": piece.notes, "after": tuple(notes.elements())}
    before, after = (note_f1(versions[x], window.clean, tpb) for x in ("before", "after"))
    key, end = detect_key(window.clean), max(note.end for note in window.clean)
    music = {
        name: statistics(replace(piece, notes=tuple(sorted(x))), end, key)
        for name, x in versions.items()
    }
    return WindowResult(auc, hits, k, before, after, seconds, len(events), music)


def repair_events(model: ScoreModel, window: SpoiltWindow) -> list[EditEvent]:
    """At most as many edits of either kind as were made, none less sure than even."""
    n_add, n_remove = len(window.removed), len(window.wrong)
    asked = Conditions(max_add=n_add, max_remove=n_remove, temperature=0.0, key="off")
    return list(model.suggest(window.spoilt, asked, min_probability=STOP_BELOW))


def _rank(model: ScoreModel, window: SpoiltWindow) -> tuple[float | None, int]:
    """AUC of the removal logits, and how many of the top k additions are removed notes."""
    piece, tpb = window.spoilt, window.spoilt.ticks_per_beat
    grid = grid_notes(piece.notes, tpb)
    removed = grid_notes(window.removed, tpb)
    pitches = [note.pitch for note in (*piece.notes, *window.removed)]
    last = max(int(grid.end.max()), int(removed.end.max()))
    maps = EditMaps(model.network, piece, (0, last), (min(pitches), max(pitches)))
    maps.refresh(grid)
    inside = (grid.pitch >= maps.low) & (grid.pitch <= maps.high)
    logits = maps.remove[grid.pitch[inside] - maps.low, grid.step[inside]]
    is_wrong = np.array([note in window.wrong for note in piece.notes])[inside]
    add = maps.add.copy()
    add[grid.pitch[inside] - maps.low, grid.step[inside]] = -np.inf
    top = np.argsort(-add, axis=None, kind="stable")[: len(removed)]
    rows, steps = np.unravel_index(top, add.shape)
    wanted = set(zip(removed.pitch.tolist(), removed.step.tolist(), strict=True))
    found = set(zip((rows + maps.low).tolist(), steps.tolist(), strict=True))
    return area_under_roc(logits, is_wrong), len(wanted & found)


def repair_piece(model: ScoreModel, piece: Piece, name: str) -> list[WindowResult]:
    """Repair each 8-bar window, every 4 bars; `name` seeds the spoiling."""
    rng = np.random.default_rng([SEED, zlib.crc32(name.encode())])
    windows = [spoil(rng, piece, start, end) for start, end in bar_windows(piece)]
    return [repair_window(model, window) for window in windows if window is not None]


def summary(results: list[WindowResult]) -> dict[str, Any] | None:
    """The measures of DESIGN's `repair`: means over windows, hits over all notes removed."""
    if not results:
        return None
    aucs = [result.auc for result in results if result.auc is not None]
    n_events = sum(result.n_events for result in results)
    return {
        "removal_auc": float(np.mean(aucs)) if aucs else 0.5,
        "addition_hit_at_k": sum(r.hits for r in results) / sum(r.n_removed for r in results),
        "corrupted_f1": float(np.mean([result.corrupted_f1 for result in results])),
        "repair_f1": float(np.mean([result.repair_f1 for result in results])),
        "ms_per_event": 1000 * sum(result.seconds for result in results) / max(1, n_events),
    }


def music_summary(
    results: list[WindowResult], training: Sequence[Statistics] = ()
) -> dict[str, Any]:
    """What is counted in `training`, and in the windows `clean`, `before` and `after`.

    Distances are from the mean profile of `training`, or of the clean windows without it.
    """
    own = list(training) or [result.music["clean"] for result in results]
    versions = ("clean", "before", "after")
    found = {name: [result.music[name] for result in results] for name in versions}
    return {name: describe_music(x, own) for name, x in {"training": training, **found}.items()}


def piece_statistics(piece: Piece) -> list[Statistics]:
    """What is counted in each 8-bar window of a piece as it is, every 4 bars."""
    found = []
    for start, end in bar_windows(piece):
        window = spoil(np.random.default_rng(SEED), piece, start, end)
        if window is not None:
            clean = replace(window.spoilt, notes=tuple(sorted(window.clean)))
            found.append(statistics(clean, max(note.end for note in window.clean)))
    return found
