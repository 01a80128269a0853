from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.notes import Note, NoteError
from studio.score import note_batch, note_columns
from studio.score import score as score_module
from studio.score.note_batch import as_set, columns_of
from studio.score.note_columns import NoteColumns
from studio.score.score import Edit, Score

NOTES = st.builds(
    Note,
    start=st.integers(0, 40),
    pitch=st.integers(58, 64),
    duration=st.integers(1, 12),
    velocity=st.integers(1, 3),
    track=st.integers(0, 1),
)
NOTE_SETS = st.frozensets(NOTES, max_size=12)


FEW = [0, 3, 1000]  # how many notes are still looked up one by one: every way must come to the same


@contextmanager
def few(limit: int) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for module in (score_module, note_batch, note_columns):
            patch.setattr(module, "FEW", limit)
        yield


def columns_as_notes(columns: NoteColumns) -> list[Note]:
    return columns.notes(range(len(columns)))


@st.composite
def scores_with_edits(draw: st.DrawFn) -> tuple[Score, list[Edit]]:
    """A score and edits that can be made one after the other."""
    start = draw(NOTE_SETS)
    now, edits = set(start), []
    for index in range(draw(st.integers(1, 5))):
        removed = frozenset(n for n in sorted(now) if draw(st.booleans()))
        added = frozenset(draw(NOTE_SETS)) - (now - removed)
        now = (now - removed) | added
        edits.append(Edit(f"edit {index}", removed, added))
    return Score(start), edits


@pytest.mark.parametrize("limit", FEW)
@settings(max_examples=40)
@given(case=scores_with_edits())
def test_undoing_everything_restores_the_score_and_redoing_brings_it_back(
    case: tuple[Score, list[Edit]], limit: int
) -> None:
    with few(limit):
        check_undo(*case)


def check_undo(score: Score, edits: list[Edit]) -> None:
    edits = [
        Edit(edit.label, as_set(columns_of(edit.removed)), as_set(columns_of(edit.added)))
        for edit in edits
    ]
    history = [score.notes]
    for edit in edits:
        score.apply(edit)
        history.append(score.notes)
    for index in reversed(range(len(edits))):
        assert score.undo_label == edits[index].label
        score.undo()
        assert score.notes == history[index]
    assert score.undo() is None
    for expected in history[1:]:
        score.redo()
        assert score.notes == expected
    assert score.redo() is None


@pytest.mark.parametrize("limit", FEW)
@settings(max_examples=40)
@given(case=scores_with_edits())
def test_columns_after_edits_are_the_notes_that_a_set_would_hold(
    case: tuple[Score, list[Edit]], limit: int
) -> None:
    with few(limit):
        check_columns(*case)


def check_columns(score: Score, edits: list[Edit]) -> None:
    expected = set(score.notes)
    for index, edit in enumerate(edits):
        score.apply(edit)
        expected = (expected - edit.removed) | edit.added
        assert len(score) == len(expected)
        assert all(note in score for note in expected)
        assert not any(note in score for note in edit.removed - edit.added)
        if index % 2:  # some looks come after several edits
            assert columns_as_notes(score.columns) == sorted(expected)
    columns = score.columns
    assert columns_as_notes(columns) == sorted(expected)
    assert list(columns.reach) == list(np.maximum.accumulate(columns.start + columns.duration))


@given(NOTE_SETS, st.integers(0, 50), st.integers(1, 20))
def test_sounding_finds_what_a_search_through_all_notes_finds(
    notes: frozenset[Note], first: int, length: int
) -> None:
    columns = NoteColumns.from_notes(notes)
    expected = {n for n in notes if n.start < first + length and n.end > first}
    assert set(columns.notes(columns.sounding(first, first + length))) == expected


@given(NOTE_SETS, st.data())
def test_within_keeps_to_its_pitches(notes: frozenset[Note], data: st.DataObject) -> None:
    low = data.draw(st.integers(57, 65))
    high = data.draw(st.integers(low, 65))
    columns = NoteColumns.from_notes(notes)
    expected = {n for n in notes if low <= n.pitch <= high}
    assert set(columns.notes(columns.within(0, 1000, low, high))) == expected


def test_an_edit_that_removes_a_missing_note_is_refused_and_changes_nothing() -> None:
    score = Score({Note(0, 60, 4)})
    with pytest.raises(NoteError, match="Move: a note to remove is no longer in the score"):
        score.apply(Edit("Move", removed=frozenset({Note(1, 60, 4)}), added=frozenset()))
    assert score.notes == [Note(0, 60, 4)]
    assert score.undo_label is None


def test_an_edit_that_adds_a_note_twice_is_refused() -> None:
    note = Note(0, 60, 4)
    score = Score({note})
    with pytest.raises(NoteError, match="already has that note"):
        score.apply(Edit("Draw", added=frozenset({note})))


def test_a_new_edit_drops_what_could_be_redone() -> None:
    score = Score()
    score.apply(Edit("first", added=frozenset({Note(0, 60, 4)})))
    score.undo()
    score.apply(Edit("second", added=frozenset({Note(0, 61, 4)})))
    assert score.redo_label is None
    assert score.undo_label == "second"


def test_listeners_are_told_what_an_undo_did_to_the_notes() -> None:
    score, told = Score({Note(0, 60, 4)}), []
    score.on_edit = told.append
    edit = Edit("Move", frozenset({Note(0, 60, 4)}), frozenset({Note(4, 60, 4)}))
    score.apply(edit)
    score.undo()
    assert told == [edit, edit.inverse()]


@settings(max_examples=5)
@given(st.integers(0, 4))
def test_one_edit_in_a_large_score_leaves_its_other_columns_equal(seed: int) -> None:
    random = np.random.default_rng(seed)
    notes = {
        Note(int(s), int(p), 10) for s, p in random.integers((0, 0), (100_000, 128), (5000, 2))
    }
    score = Score(notes)
    before = score.columns
    old = before.note(int(random.integers(len(before))))
    new = replace(old, velocity=127)
    score.apply(Edit("louder", frozenset({old}), frozenset({new})))
    after = score.columns
    assert np.count_nonzero(before.velocity != after.velocity) == 1
    assert np.array_equal(before.start, after.start)
    assert np.array_equal(before.pitch, after.pitch)


@pytest.mark.parametrize("limit", FEW)
@settings(max_examples=40)
@given(case=scores_with_edits())
def test_what_cannot_be_made_is_refused_and_changes_nothing(
    case: tuple[Score, list[Edit]], limit: int
) -> None:
    score, edits = case
    with few(limit):
        before = set(score.notes)
        wrong = Edit("Wrong", added=as_set(columns_of(before)))
        missing = Edit("Missing", removed=as_set(columns_of(edits[0].added - before)))
        for edit in (wrong, missing):
            if edit:
                with pytest.raises(NoteError):
                    score.apply(edit)
        assert set(score.notes) == before


@given(NOTE_SETS, st.floats(-5, 30), st.floats(0, 30))
def test_fractions_of_ticks_find_what_a_search_through_all_notes_finds(
    notes: frozenset[Note], first: float, length: float
) -> None:
    columns, last = Score(notes).columns, first + length
    ordered = sorted(notes)
    starting = [note for note in ordered if first <= note.start <= last]
    assert columns.notes(columns.starting(first, last)) == starting
    sounding = [note for note in ordered if note.start < last and note.end > first]
    assert columns.notes(columns.sounding(first, last)) == sounding
