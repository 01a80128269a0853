"""Keys: which pitch classes a piece keeps to."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from models.errors import ModelError
from models.notes import Note

MAJOR = np.array([6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88])
MINOR = np.array([6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17])
_SCALES = {"maj": (0, 2, 4, 5, 7, 9, 11), "min": (0, 2, 3, 5, 7, 8, 9, 10, 11)}
_TONICS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_KEY = re.compile(r"([A-G])([#b]?):(maj|min)")
_AT_HOME = 0.03  # a pitch class with this share of the sound belongs to the piece, key or not


def pitch_class_weights(notes: Iterable[Note]) -> NDArray[np.float64]:
    """How long each pitch class sounds, as shares that sum to 1 (or all 0), shape (12,)."""
    weights = np.zeros(12)
    for note in notes:
        weights[note.pitch % 12] += note.duration
    total = float(weights.sum())
    return weights / total if total else weights


def detect_key(notes: Iterable[Note]) -> str | None:
    """The key whose profile fits best, as 'C:maj' or 'A:min'; None for no notes.

    Source
    ------
    Krumhansl & Kessler 1982: correlation with the probe-tone profiles.
    """
    weights = pitch_class_weights(notes)
    if np.ptp(weights) == 0:
        return None
    fits = {
        f"{_NAMES[tonic]}:{mode}": float(np.corrcoef(np.roll(profile, tonic), weights)[0, 1])
        for mode, profile in (("maj", MAJOR), ("min", MINOR))
        for tonic in range(12)
    }
    return max(fits, key=lambda key: fits[key])


def scale_of(key: str) -> frozenset[int]:
    """The pitch classes of a key; minor with both sixths and sevenths.

    Raises
    ------
    ModelError
        If `key` is not a tonic with mode.
    """
    tonic, mode = _parsed(key)
    return frozenset((tonic + interval) % 12 for interval in _SCALES[mode])


def tonic_of(key: str) -> int:
    """The pitch class of a key's tonic; raises ModelError as `scale_of`."""
    return _parsed(key)[0]


def _parsed(key: str) -> tuple[int, str]:
    match = _KEY.fullmatch(key)
    if match is None:
        raise ModelError(f"'{key}' is no key. Write auto, off, or one such as C:maj or F#:min.")
    letter, accidental, mode = match.groups()
    return (_TONICS[letter] + {"#": 1, "b": -1, "": 0}[accidental]) % 12, mode


def allowed_pitch_classes(key: str, notes: Iterable[Note]) -> frozenset[int]:
    """The pitch classes in which notes may come.

    'off' allows all; a key allows its scale; 'auto' allows the scale of the detected key and
    what else the piece uses for 3 % of its sound or more.

    Raises
    ------
    ModelError
        If `key` is none of these.
    """
    notes = list(notes)
    if key == "off":
        return frozenset(range(12))
    if key != "auto":
        return scale_of(key)
    found = detect_key(notes)
    if found is None:
        return frozenset(range(12))
    used = np.flatnonzero(pitch_class_weights(notes) >= _AT_HOME)
    return scale_of(found) | frozenset(used.tolist())
