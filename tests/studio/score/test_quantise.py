from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.notes import Note
from models.tempo_map import Metre, TimeSignature
from studio.score.note_batch import columns_of
from studio.score.quantise import Quantising, off_grid, quantise
from studio.score.score import Score

BEAT = 480
METRE = Metre(BEAT, [TimeSignature(0, 7, 8), TimeSignature(7 * 240 * 2, 4, 4)])
NOTES = st.frozensets(
    st.builds(Note, start=st.integers(0, 20_000), pitch=st.just(60), duration=st.integers(1, 900)),
    min_size=1,
    max_size=10,
)
STEPS = st.sampled_from([1, 80, 120, 160, 320 / 7, 480])


def quantised(notes: frozenset[Note], how: Quantising) -> list[Note]:
    score = Score(notes)
    score.apply(quantise(score, notes, METRE, how)) if quantise(score, notes, METRE, how) else None
    return score.notes


def only(note: Note, how: Quantising, metre: Metre | None = None) -> Note:
    edit = quantise(Score({note}), {note}, metre or Metre(BEAT), how)
    (after,) = edit.added or {note}
    return after


@given(NOTES, STEPS)
def test_starts_end_up_on_lines_that_begin_anew_with_each_bar(
    notes: frozenset[Note], step: float
) -> None:
    for note in quantised(notes, Quantising(step)):
        within = note.start - METRE.bar_start(METRE.bar_of(note.start))
        assert abs(within / step - round(within / step)) * step <= 0.5
    columns = columns_of(quantised(notes, Quantising(step)))
    assert not off_grid(columns, METRE, Quantising(step)).any()


@given(NOTES, STEPS)
def test_no_note_goes_further_than_half_a_step(notes: frozenset[Note], step: float) -> None:
    for note in notes:
        after = only(note, Quantising(step), METRE)
        assert abs(after.start - note.start) <= step / 2 + 1
        assert replace(after, start=note.start) == note


@given(NOTES, STEPS, st.floats(0, 1))
def test_doing_it_again_brings_notes_nearer_and_never_past(
    notes: frozenset[Note], step: float, strength: float
) -> None:
    how = Quantising(step, strength)
    for note in notes:
        line = only(note, Quantising(step), METRE).start
        once = only(note, how, METRE)
        assert abs(line - once.start) <= abs(line - note.start)


def test_half_the_strength_goes_half_the_way() -> None:
    assert only(Note(100, 60, 10), Quantising(120, strength=0.5)).start == 110


@pytest.mark.parametrize(("swing", "expected"), [(0, 120), (2 / 3, 160), (1, 180)])
def test_swing_makes_every_second_line_late(swing: float, expected: int) -> None:
    assert only(Note(130, 60, 10), Quantising(120, swing=swing)).start == expected
    assert only(Note(5, 60, 10), Quantising(120, swing=swing)).start == 0
    assert only(Note(236, 60, 10), Quantising(120, swing=swing)).start == 240


def test_ends_go_to_the_grid_and_no_note_vanishes() -> None:
    how = Quantising(120, has_starts=False, has_ends=True)
    assert only(Note(10, 60, 100), how) == Note(10, 60, 110)
    assert only(Note(110, 60, 20), how).duration >= 1
    both = Quantising(120, has_ends=True)
    assert only(Note(130, 60, 100), both) == Note(120, 60, 120)


def test_what_is_near_enough_is_left_alone() -> None:
    how = Quantising(120, tolerance=12)
    assert only(Note(130, 60, 10), how).start == 130
    assert only(Note(140, 60, 10), how).start == 120


def test_quintuplets_of_odd_resolutions_stay_in_order() -> None:
    notes = frozenset(Note(7 * i, 60, 5) for i in range(40))
    starts = [note.start for note in quantised(notes, Quantising(4 * 31 / 5))]
    assert np.all(np.diff(starts) > 0)
