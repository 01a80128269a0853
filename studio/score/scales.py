"""Scales: which pitches belong, the nearest of them, and steps along them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from models.notes import Note
from models.tempo_map import KeySignature
from studio.score.edits import replacing
from studio.score.note_batch import as_set, columns_of
from studio.score.note_keys import Ints
from studio.score.score import Edit, Score
from studio.score.transforms import with_fields

PITCHES = 128
# the steps of each scale above its tonic, in semitones
SCALES: dict[str, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "harmonic minor": (0, 2, 3, 5, 7, 8, 11),
    "melodic minor": (0, 2, 3, 5, 7, 9, 11),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "locrian": (0, 1, 3, 5, 6, 8, 10),
    "major pentatonic": (0, 2, 4, 7, 9),
    "minor pentatonic": (0, 3, 5, 7, 10),
    "blues": (0, 3, 5, 6, 7, 10),
    "whole tones": (0, 2, 4, 6, 8, 10),
    "octatonic": (0, 2, 3, 5, 6, 8, 9, 11),
}
_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


@dataclass(frozen=True)
class Scale:
    """A scale on a tonic (pitch class 0..11)."""

    tonic: int
    name: str = "major"

    @classmethod
    def of_key(cls, signature: KeySignature) -> Scale:
        """The scale of a key as MIDI spells it: 'Bb', 'F#m'."""
        spelt = signature.key
        sharps = spelt.count("#") - spelt.count("b")
        name = "minor" if spelt.endswith("m") else "major"
        return cls((_LETTERS[spelt[0]] + sharps) % 12, name)

    @cached_property
    def pitch_classes(self) -> frozenset[int]:
        """The pitch classes that belong."""
        return frozenset((self.tonic + step) % 12 for step in SCALES[self.name])

    @cached_property
    def pitches(self) -> tuple[int, ...]:
        """All pitches that belong, from low to high."""
        return tuple(pitch for pitch in range(PITCHES) if pitch % 12 in self.pitch_classes)

    def nearest(self, pitch: int) -> int:
        """The pitch of the scale next to `pitch`, the lower of two."""
        return min(self.pitches, key=lambda other: (abs(other - pitch), other))

    def stepped(self, steps: int) -> Ints:
        """Where each of the 128 pitches goes by `steps` along the scale; it stays inside."""
        table = [self._step(pitch, steps) for pitch in range(PITCHES)]
        return np.array(table, dtype=np.int64)

    def _step(self, pitch: int, steps: int) -> int:
        scale = self.pitches
        below = sum(other <= pitch for other in scale) - 1
        is_member = below >= 0 and scale[below] == pitch
        index = below + steps
        if not is_member and steps < 0:
            index += 1  # from between two, the first step down is to the lower one
        return scale[min(len(scale) - 1, max(0, index))]


def transpose_in_scale(score: Score, notes: Iterable[Note], scale: Scale, steps: int) -> Edit:
    """Move notes up or down along the scale; those outside go to the next of its pitches."""
    before, table = columns_of(notes), scale.stepped(steps)
    after = with_fields(before, pitch=table[before.pitch])
    return replacing("Transpose in the scale", score, as_set(before), as_set(after))


def snap_to_scale(score: Score, notes: Iterable[Note], scale: Scale) -> Edit:
    """Move notes outside the scale to the nearest of its pitches."""
    before = columns_of(notes)
    table = np.array([scale.nearest(pitch) for pitch in range(PITCHES)], dtype=np.int64)
    after = with_fields(before, pitch=table[before.pitch])
    return replacing("Snap to the scale", score, as_set(before), as_set(after))
