import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.notes import Note
from studio.score.chords import CHORDS, NAMES, chord_name, chords_between
from studio.score.note_batch import columns_of

BAR = 1920


def weights(pitches: list[int]) -> np.ndarray:
    return np.bincount(np.array(pitches, dtype=np.int64) % 12, minlength=12).astype(float)


@pytest.mark.parametrize("suffix", sorted(CHORDS))
@pytest.mark.parametrize("root", range(12))
def test_every_chord_is_named_on_every_root(suffix: str, root: int) -> None:
    pitches = [36 + root, *(60 + root + step for step in CHORDS[suffix])]
    assert chord_name(weights(pitches), root) == NAMES[root] + suffix


@pytest.mark.parametrize("bass", [4, 7])
def test_another_bass_stands_after_a_slash(bass: int) -> None:
    assert chord_name(weights([48 + bass, 60, 64, 67]), bass) == f"C/{NAMES[bass]}"


@pytest.mark.parametrize("pitches", [[], [60], [60, 64], [60, 61, 62, 63]])
def test_what_is_no_chord_has_no_name(pitches: list[int]) -> None:
    assert chord_name(weights(pitches), 0) == ""


@given(st.lists(st.integers(0, 127), max_size=12), st.integers(1, 11))
def test_transposed_music_has_transposed_chords(pitches: list[int], up: int) -> None:
    # ties between equally good names may fall otherwise: only the shape of the chord is a law
    first = chord_name(weights(pitches), min(pitches, default=0) % 12)
    second = chord_name(weights([p + up for p in pitches]), (min(pitches, default=0) + up) % 12)
    assert bool(first) == bool(second)


def test_a_passing_note_does_not_rename_the_chord_and_equal_neighbours_are_one() -> None:
    triad = [Note(0, pitch, 2 * BAR) for pitch in (48, 60, 64, 67)]
    notes = [
        *triad,
        Note(100, 73, 60),
        Note(2 * BAR, 45, BAR),
        *(Note(2 * BAR, p, BAR) for p in (60, 64, 69)),
    ]
    chords = chords_between(columns_of(notes), [0, BAR, 2 * BAR, 3 * BAR, 4 * BAR])
    assert [(c.start, c.end, c.name) for c in chords] == [
        (0, 2 * BAR, "C"),
        (2 * BAR, 3 * BAR, "Am"),
    ]
