"""A pattern gives the notes back that it was made of, ends on the grid, and keeps its shape."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.notes import Note
from studio.score.pattern import Pattern

BEAT, STEP = 480, 120
NOTES = st.frozensets(
    st.builds(
        Note,
        start=st.integers(480, 5000),
        pitch=st.integers(0, 127),
        duration=st.integers(1, 1000),
        velocity=st.integers(1, 127),
        track=st.just(3),
    ),
    min_size=1,
    max_size=8,
)


def made_of(*notes: Note, start: int = 0) -> Pattern:
    return Pattern.of(notes, start, STEP, BEAT)


@given(NOTES)
def test_painted_where_it_was_taken_it_is_the_same(notes: frozenset[Note]) -> None:
    first = min(notes, key=lambda note: (note.start, note.pitch))
    assert set(Pattern.of(notes, 480, STEP, BEAT).at(480, first.pitch, 3)) == notes


@given(NOTES, st.integers(0, 127), st.integers(0, 99_999))
def test_every_note_of_it_is_one_that_can_be(
    notes: frozenset[Note], pitch: int, start: int
) -> None:
    pattern = Pattern.of(notes, 480, STEP, BEAT)
    painted = pattern.at(start, pitch, 1)
    assert all(0 <= note.pitch <= 127 and note.track == 1 for note in painted)
    assert painted[0].pitch == pitch
    assert pattern.length >= max(note.end for note in notes) - 480 > pattern.length - BEAT


@pytest.mark.parametrize(
    ("ends", "length"),
    [((100,), STEP), ((121,), 2 * STEP), ((BEAT,), BEAT), ((0, 3 * BEAT + 60), 4 * BEAT)],
    ids=["a step", "two steps", "a beat", "short notes on four beats are four beats"],
)
def test_it_ends_with_a_step_or_a_beat(ends: tuple[int, ...], length: int) -> None:
    notes = [Note(max(0, end - 60), 60, min(60, max(1, end))) for end in ends]
    assert made_of(*notes).length == length


def test_at_another_resolution_it_is_the_same_music() -> None:
    pattern = made_of(Note(0, 60, 120), Note(240, 64, 60))
    half = pattern.scaled(BEAT // 2)
    assert [(n.start, n.pitch, n.duration) for n in half.notes] == [(0, 60, 60), (120, 64, 30)]
    assert (half.length, half.ticks_per_beat) == (pattern.length // 2, BEAT // 2)
    assert pattern.scaled(BEAT) is pattern
    assert pattern.scaled(1).length >= 1
