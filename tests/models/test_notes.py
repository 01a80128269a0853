import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.notes import Note, NoteError

numbers = st.integers(-3, 200)


@pytest.mark.parametrize(
    "values",
    [(-1, 60, 1, 64), (0, 128, 1, 64), (0, 60, 0, 64), (0, 60, 1, 0), (0, 60, 1, 128)],
)
def test_a_note_that_can_not_be_is_refused(values: tuple[int, int, int, int]) -> None:
    with pytest.raises(NoteError):
        Note(*values)


@settings(deadline=None)
@given(st.tuples(*[numbers] * 5))
def test_every_note_that_is_made_can_be_written_as_midi(values: tuple[int, ...]) -> None:
    start, pitch, duration, velocity, track = values
    is_right = start >= 0 and duration >= 1 and 0 <= pitch <= 127 and 1 <= velocity <= 127
    if is_right and track >= 0:
        assert Note(*values).end == start + duration
    else:
        with pytest.raises(NoteError):
            Note(*values)


def test_notes_sort_by_start_then_pitch() -> None:
    notes = [Note(10, 60, 5), Note(0, 64, 5), Note(0, 60, 90)]
    assert sorted(notes) == [notes[2], notes[1], notes[0]]
