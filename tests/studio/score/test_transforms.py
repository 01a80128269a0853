import json
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.notes import EditEvent, Note
from models.tempo_map import Metre
from studio.score import transforms
from studio.score.edits import edit_from_events, edit_from_row, edit_to_row, replacing
from studio.score.note_batch import NoteBatch, columns_of
from studio.score.quantise import Quantising, quantise
from studio.score.scales import Scale, snap_to_scale, transpose_in_scale
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
    columns = columns_of(notes)
    after = columns.moved(*columns.room(ticks, semitones)).all_notes()
    shifts = {(b.start - a.start, b.pitch - a.pitch) for a, b in zip(before, after, strict=True)}
    assert len(shifts) == 1
    (shift,) = shifts
    assert abs(shift[0]) <= abs(ticks)
    assert abs(shift[1]) <= abs(semitones)


EDITS: list[Callable[[Score, frozenset[Note]], Edit]] = [
    lambda score, notes: transforms.move(score, notes, 37, -5),
    lambda score, notes: transforms.transpose(score, notes, 12),
    lambda score, notes: transforms.nudge(score, notes, -120),
    lambda score, notes: transforms.add_velocity(score, notes, 20),
    lambda score, notes: transforms.set_velocity(score, notes, 99),
    lambda score, notes: transforms.stretch(score, notes, -100, 60),
    lambda score, notes: transforms.legato(score, notes),
    lambda score, notes: transforms.humanise(score, notes, 20, 10, 1),
    lambda score, notes: transforms.split(score, notes, 700),
    lambda score, notes: transforms.join(score, notes),
    lambda score, notes: quantise(score, notes, Metre(), Quantising(120)),
    lambda score, notes: quantise(score, notes, Metre(), Quantising(80, 0.5, has_ends=True)),
    lambda score, notes: transpose_in_scale(score, notes, Scale(2, "dorian"), -3),
    lambda score, notes: snap_to_scale(score, notes, Scale(2, "blues")),
    lambda score, notes: transforms.duplicate(score, notes, 120)[0],
]


@pytest.mark.parametrize("make", EDITS)
@settings(max_examples=30)
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


def test_a_duplicate_starts_where_the_notes_end_on_the_grid() -> None:
    notes = {Note(0, 60, 100), Note(120, 64, 100)}
    _, copies = transforms.duplicate(Score(notes), notes, 120)
    assert sorted(copies) == [Note(240, 60, 100), Note(360, 64, 100)]


def test_no_note_gets_shorter_than_asked_unless_it_was() -> None:
    long, short = Note(0, 60, 480), Note(0, 62, 30)
    shorter = transforms.stretched(columns_of([long, short]), -10_000, shortest=120)
    assert shorter.all_notes() == [Note(0, 60, 120), Note(0, 62, 30)]


def test_stretching_the_start_leaves_the_end_where_it_is() -> None:
    columns = columns_of([Note(100, 60, 100)])
    stretched = transforms.stretched(columns, -500, from_start=True)
    assert stretched.all_notes() == [Note(0, 60, 200)]


def test_legato_reaches_the_next_note_of_its_own_track() -> None:
    notes = {Note(0, 60, 50), Note(0, 64, 500), Note(240, 62, 10), Note(100, 40, 30, track=1)}
    edit = transforms.legato(Score(notes), notes)
    assert edit.removed == {Note(0, 60, 50), Note(0, 64, 500)}
    assert edit.added == {Note(0, 60, 240), Note(0, 64, 240)}


def test_humanising_is_told_by_its_seed_and_keeps_lengths() -> None:
    notes = {Note(1000 + 100 * i, 60, 70, 64) for i in range(50)}
    edits = [transforms.humanise(Score(notes), notes, 10, 8, seed) for seed in (1, 1, 2)]
    assert edits[0].added == edits[1].added != edits[2].added
    assert {note.duration for note in edits[0].added} == {70}
    pairs = zip(sorted(edits[0].added), sorted(edits[0].removed), strict=True)
    late = [after.start - before.start for after, before in pairs]
    assert 4 < np.std(late) < 20


def test_notes_that_differ_by_their_velocity_alone_are_humanised_too() -> None:
    notes = [Note(0, 60, 96, velocity) for velocity in range(100, 128)]
    score = Score(notes)
    score.apply(transforms.humanise(score, notes, 0, 200, 1))  # many end up as loud as can be
    assert {note.velocity for note in score.notes} >= {1, 127}
    assert len(score) < len(notes)
    score.undo()
    assert score.notes == notes


def test_split_cuts_only_what_sounds_there() -> None:
    notes = {Note(0, 60, 100), Note(50, 62, 100), Note(60, 64, 100)}
    edit = transforms.split(Score(notes), notes, 60)
    assert edit.removed == {Note(0, 60, 100), Note(50, 62, 100)}
    assert edit.added == {Note(0, 60, 60), Note(60, 60, 40), Note(50, 62, 10), Note(60, 62, 90)}


def test_join_makes_one_of_each_pitch_and_a_lone_note_takes_the_next() -> None:
    row = [Note(0, 60, 100, 80), Note(120, 60, 100, 50), Note(300, 60, 50)]
    other = Note(50, 62, 10)
    score = Score({*row, other})
    assert transforms.join(score, {*row, other}).added == {Note(0, 60, 350, 80)}
    assert transforms.join(score, {row[0]}).added == {Note(0, 60, 220, 80)}
    assert not transforms.join(score, {row[2]})


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


@given(NOTES, NOTES)
def test_a_journal_row_of_many_notes_gives_the_edit_back(
    removed: frozenset[Note], added: frozenset[Note]
) -> None:
    edit = Edit("Many", NoteBatch(columns_of(removed)), NoteBatch(columns_of(added)))
    assert edit_from_row(json.loads(json.dumps(edit_to_row(edit)))) == edit
