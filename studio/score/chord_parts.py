"""What a note is in the chord that sounds with it: its third, its fifth, or a stranger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from models.notes import Note
from studio.score.chords import CHORDS, NAMES, chord_name

INTERVALS = (
    "root",
    "flat ninth",
    "ninth",
    "minor third",
    "third",
    "fourth",
    "tritone",
    "fifth",
    "sharp fifth",
    "sixth",
    "seventh",
    "major seventh",
)


@dataclass(frozen=True, slots=True)
class SoundingChord:
    """A chord by its name, with its root (pitch class 0..11) and its pitch classes."""

    name: str
    root: int
    classes: frozenset[int]

    @classmethod
    def at(cls, notes: Iterable[Note], tick: int) -> SoundingChord | None:
        """The chord of those of `notes` that sound at `tick`, None where there is none."""
        pitches = sorted({note.pitch for note in notes if note.start <= tick < note.end})
        if not pitches:
            return None
        weights = np.bincount(np.array(pitches) % 12, minlength=12).astype(np.float64)
        return cls.named(chord_name(weights, pitches[0] % 12))

    @classmethod
    def named(cls, name: str) -> SoundingChord | None:
        """The chord that a name such as 'F♯m7/A' says; None for what is no name."""
        plain = name.partition("/")[0]
        root = max((r for r in NAMES if plain.startswith(r)), key=len, default="")
        steps = CHORDS.get(plain.removeprefix(root)) if root else None
        if steps is None:
            return None
        at = NAMES.index(root)
        return cls(name, at, frozenset((at + step) % 12 for step in steps))

    def part_of(self, pitch: int) -> str:
        """What a pitch is in it: 'third', 'fifth', …; '' for one that is foreign to it."""
        return INTERVALS[(pitch - self.root) % 12] if pitch % 12 in self.classes else ""
