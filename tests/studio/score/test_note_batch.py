"""A batch of notes is a set of notes: every operator gives what frozensets give."""

from operator import and_, ge, le, or_, sub, xor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.notes import Note
from studio.score.note_batch import NoteBatch, as_set, columns_of, note_set
from studio.score.note_columns import FEW, NoteColumns
from studio.score.note_keys import found_in, row_keys

HUGE = 1 << 61  # fields so large that they can't stand side by side in one number
NOTES = st.frozensets(
    st.builds(
        Note,
        start=st.sampled_from([0, 1, 40, HUGE]),
        pitch=st.integers(58, 62),
        duration=st.sampled_from([1, 2, HUGE]),
        velocity=st.integers(1, 2),
        track=st.integers(0, 1),
    ),
    max_size=12,
)


@pytest.mark.parametrize("operate", [and_, or_, sub, xor, le, ge])
@given(first=NOTES, second=NOTES)
def test_operators_are_those_of_sets(
    operate: object, first: frozenset[Note], second: frozenset[Note]
) -> None:
    assert callable(operate)
    expected = operate(first, second)
    batches = NoteBatch(columns_of(first)), NoteBatch(columns_of(second))
    assert operate(*batches) == expected
    assert operate(first, batches[1]) == expected
    assert operate(batches[0], second) == expected


@given(NOTES, NOTES)
def test_equality_and_membership(first: frozenset[Note], second: frozenset[Note]) -> None:
    batch = NoteBatch(columns_of(first))
    assert batch == first
    assert (batch == NoteBatch(columns_of(second))) == (first == second)
    assert all((note in batch) == (note in first) for note in first | second)
    assert sorted(batch) == sorted(first)
    assert 7 not in batch


@given(NOTES, NOTES)
def test_keys_are_in_the_order_of_the_notes(
    first: frozenset[Note], second: frozenset[Note]
) -> None:
    tables = [NoteColumns.from_notes(notes) for notes in (first, second)]
    keys = row_keys([table.fields for table in tables])
    pairs = [
        (key, note)
        for table, column in zip(tables, keys, strict=True)
        for key, note in zip(column.tolist(), table.all_notes(), strict=True)
    ]
    for key, note in pairs:
        for other_key, other in pairs:
            assert (key < other_key) == (note < other)
    assert found_in(*keys).tolist() == [note in second for note in sorted(first)]


def test_many_notes_stay_columns_and_few_become_notes() -> None:
    start = np.arange(FEW + 1, dtype=np.int64)
    one = np.ones_like(start)
    columns = NoteColumns.from_rows(start, one, one, one, one - 1)
    many = as_set(columns)
    assert isinstance(many, NoteBatch)
    assert many.columns is columns
    assert isinstance(many - {columns.note(0)}, frozenset)
    assert note_set(many) is many
    assert isinstance(note_set(list(many)), NoteBatch)
    assert isinstance(note_set(columns.notes([0, 1])), frozenset)
    assert many | {columns.note(5)} is many
