"""Plain facts about the music in a window, to hold an edited score against real ones."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.inference.score_key import detect_key, pitch_class_weights, scale_of, tonic_of
from models.notes import Note
from models.piano_roll import grid_notes, paint, tick_to_step
from models.protocol import Piece
from models.tempo_map import Metre

FIFTH = 7
_PITCHES = 128


@dataclass(frozen=True, slots=True)
class Statistics:
    """What can be counted in a piece or a window.

    `profile`: shares of the sound by pitch class, from the tonic up, shape (12,). `in_key`: share
    of the notes. `empty_bars`: share of the bars. `polyphony`: notes at once where any sound.
    `parallel_fifths`: share of the moves of two voices in the same direction that keep a fifth
    between them; None where no two voices move so.
    """

    profile: NDArray[np.float64]
    in_key: float
    empty_bars: float
    polyphony: float
    parallel_fifths: float | None


def statistics(piece: Piece, end: int, key: str | None = None) -> Statistics:
    """Count what is in a piece that starts at 0.

    Parameters
    ----------
    piece : Piece
        At least one note; each track is a voice. Drums are left out.
    end : int
        The tick at which it ends: bars until there count.
    key : str, optional
        As from `detect_key`; found in the notes if not given.

    Returns
    -------
    Statistics
    """
    drums = {index for index, track in enumerate(piece.tracks) if track.is_drums}
    notes = [note for note in piece.notes if note.track not in drums]
    key = key or detect_key(notes) or "C:maj"
    scale = scale_of(key)
    return Statistics(
        np.roll(pitch_class_weights(notes), -tonic_of(key)),
        float(np.mean([note.pitch % 12 in scale for note in notes])) if notes else 1.0,
        _empty_bars(piece, notes, end),
        _polyphony(piece, notes),
        _parallel_fifths(_voices(piece, notes)),
    )


def _empty_bars(piece: Piece, notes: Sequence[Note], end: int) -> float:
    metre = Metre(piece.ticks_per_beat, piece.time_signatures)
    n_bars = metre.bar_of(max(0, end - 1)) + 1
    heard = np.zeros(n_bars, dtype=bool)
    for note in notes:
        heard[metre.bar_of(note.start) : metre.bar_of(max(note.start, note.end - 1)) + 1] = True
    return 1 - float(heard.mean())


def _polyphony(piece: Piece, notes: Sequence[Note]) -> float:
    grid = grid_notes(notes, piece.ticks_per_beat)
    roll = paint(grid, 0, int(grid.end.max(initial=1))).max(axis=0)  # (128, steps)
    at_once = roll.sum(axis=0)
    return float(at_once[at_once > 0].mean()) if at_once.any() else 0.0


def _voices(piece: Piece, notes: Sequence[Note]) -> NDArray[np.int64]:
    """The highest pitch of each track at each step where a note starts; -1: silent. (n, steps)."""
    n_steps = max((tick_to_step(note.end, piece.ticks_per_beat) for note in notes), default=0) + 1
    lines = []
    for track in sorted({note.track for note in notes}):
        grid = grid_notes([note for note in notes if note.track == track], piece.ticks_per_beat)
        roll = paint(grid, 0, n_steps).max(axis=0)
        lines.append(np.where(roll.any(axis=0), _PITCHES - 1 - roll[::-1].argmax(axis=0), -1))
    starts = sorted({tick_to_step(note.start, piece.ticks_per_beat) for note in notes})
    return np.array(lines, dtype=np.int64).reshape(len(lines), n_steps)[:, starts]


def _parallel_fifths(voices: NDArray[np.int64]) -> float | None:
    """Of all moves of two voices in one direction, those from a fifth to a fifth."""
    n_moves, n_parallel = 0, 0
    for high, low in itertools.combinations(voices, 2):
        steps = np.stack([np.diff(high), np.diff(low)])  # (2, moves)
        sounds = (np.minimum(high, low) >= 0).astype(bool)
        together = (np.sign(steps).prod(axis=0) > 0) & sounds[1:] & sounds[:-1]
        fifths = np.abs(high - low) % 12 == FIFTH
        n_moves += int(together.sum())
        n_parallel += int((together & fifths[1:] & fifths[:-1]).sum())
    return n_parallel / n_moves if n_moves else None


def describe_music(found: Iterable[Statistics], own: Iterable[Statistics]) -> dict[str, Any] | None:
    """Means over windows, and how far their pitch classes are from those of the set's own.

    Parameters
    ----------
    found : iterable of Statistics
    own : iterable of Statistics
        Of music as it should be; at least one.

    Returns
    -------
    dict or None
        `in_key`, `empty_bars`, `polyphony`, `parallel_fifths` (None where there are none to
        tell), and `pitch_class_distance`: half the sum of absolute differences between the mean
        profiles of `found` and `own`, 0 to 1. None for no windows.
    """
    found, own = list(found), list(own)
    if not found:
        return None
    profile, ideal = (np.mean([row.profile for row in rows], axis=0) for rows in (found, own))
    fifths = [row.parallel_fifths for row in found if row.parallel_fifths is not None]
    return {
        "pitch_class_distance": float(np.abs(profile - ideal).sum() / 2),
        "in_key": float(np.mean([row.in_key for row in found])),
        "empty_bars": float(np.mean([row.empty_bars for row in found])),
        "polyphony": float(np.mean([row.polyphony for row in found])),
        "parallel_fifths": float(np.mean(fifths)) if fifths else None,
    }
