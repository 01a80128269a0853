from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.notes import EditEvent, Note
from studio.score import transforms
from studio.score.edits import edit_from_events, edit_from_row, edit_to_row, replacing
from studio.score.score import Edit, Score

NOTES = st.frozensets(
    st.builds(
        Note,
        start=st.integers(0, 2000),
        pitch=st.integers(0, 127),
        duration=st.integers(1, 500),
        velocity=st.integers(1, 127),
    ),
    min_size=1,
    max_size=10,
)


@given(NOTES, st.integers(-3000, 3000), st.integers(-200, 200))
def test_moved_notes_keep_their_shape_and_stay_inside(
    notes: frozenset[Note], ticks: int, semitones: int
) -> None:
    before = sorted(notes)
    after = transforms.moved(before, ticks, semitones)
    shifts = {(b.start - a.start, b.pitch - a.pitch) for a, b in zip(before, after, strict=True)}
    assert len(shifts) == 1
    (shift,) = shifts
    assert abs(shift[0]) <= abs(ticks)
    assert abs(shift[1]) <= abs(semitones)


EDITS: list[Callable[[Score, frozenset[Note]], Edit]] = [
    lambda score, notes: transforms.move(score, notes, 37, -5),
    lambda score, notes: transforms.transpose(score, notes, 12),
    lambda score, notes: transforms.nudge(score, notes, -120),
    lambda score, notes: transforms.quantise(score, notes, 120),
    lambda score, notes: transforms.quantise(score, notes, 80, strength=0.5),
    lambda score, notes: transforms.add_velocity(score, notes, 20),
    lambda score, notes: transforms.duplicate(score, notes, 120)[0],
]


@pytest.mark.parametrize("make", EDITS)
@given(notes=NOTES, data=st.data())
def test_every_transform_can_be_applied_and_undone(
    make: Callable[[Score, frozenset[Note]], Edit], notes: frozenset[Note], data: st.DataObject
) -> None:
    score = Score(notes)
    chosen = frozenset(data.draw(st.sets(st.sampled_from(sorted(notes)))))
    edit = make(score, chosen)
    if edit:
        score.apply(edit)
        score.undo()
    assert score.notes == sorted(notes)


@given(NOTES)
def test_quantised_starts_lie_on_the_grid(notes: frozenset[Note]) -> None:
    score = Score(notes)
    edit = transforms.quantise(score, notes, 120)
    if edit:
        score.apply(edit)
    assert all(note.start % 120 == 0 for note in score.notes)


def test_quantising_by_half_goes_half_the_way() -> None:
    note = Note(100, 60, 10)
    edit = transforms.quantise(Score({note}), {note}, 120, strength=0.5)
    assert edit.added == {replace(note, start=110)}


def test_a_duplicate_starts_where_the_notes_end_on_the_grid() -> None:
    notes = {Note(0, 60, 100), Note(120, 64, 100)}
    _, copies = transforms.duplicate(Score(notes), notes, 120)
    assert sorted(copies) == [Note(240, 60, 100), Note(360, 64, 100)]


def test_no_note_gets_shorter_than_asked_unless_it_was() -> None:
    long, short = Note(0, 60, 480), Note(0, 62, 30)
    assert transforms.stretched([long, short], -10_000, shortest=120) == [
        Note(0, 60, 120),
        Note(0, 62, 30),
    ]


def test_stretching_the_start_leaves_the_end_where_it_is() -> None:
    (note,) = transforms.stretched([Note(100, 60, 100)], -500, from_start=True)
    assert note == Note(0, 60, 200)


def test_a_note_that_lands_on_an_equal_one_merges_and_comes_back_on_undo() -> None:
    here, there = Note(0, 60, 10), Note(120, 60, 10)
    score = Score({here, there})
    score.apply(replacing("Move", score, {here}, [there]))
    assert score.notes == [there]
    score.undo()
    assert score.notes == [here, there]


def test_events_that_cancel_out_make_no_edit() -> None:
    note = Note(0, 60, 10)
    events = [EditEvent("remove", note, 0.5), EditEvent("add", note, 0.5)]
    assert not edit_from_events(events, "Suggestion")


@given(NOTES, NOTES)
def test_a_journal_row_gives_the_edit_back(
    removed: frozenset[Note], added: frozenset[Note]
) -> None:
    edit = Edit("An edit with ünicode", removed, added)
    assert edit_from_row(edit_to_row(edit)) == edit
