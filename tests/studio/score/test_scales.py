import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.notes import Note
from models.tempo_map import KeySignature
from studio.score.scales import SCALES, Scale, snap_to_scale, transpose_in_scale
from studio.score.score import Score

ALL = st.builds(Scale, st.integers(0, 11), st.sampled_from(sorted(SCALES)))


@pytest.mark.parametrize(
    ("key", "tonic", "name"),
    [
        ("C", 0, "major"),
        ("Bb", 10, "major"),
        ("F#m", 6, "minor"),
        ("Cb", 11, "major"),
        ("Bm", 11, "minor"),
    ],
)
def test_keys_of_files_name_scales(key: str, tonic: int, name: str) -> None:
    assert Scale.of_key(KeySignature(0, key)) == Scale(tonic, name)


@given(ALL, st.integers(-8, 8).filter(bool))
def test_steps_stay_in_the_scale_and_go_the_right_way(scale: Scale, steps: int) -> None:
    table = scale.stepped(steps)
    assert set(table.tolist()) <= set(scale.pitches)
    for pitch in range(30, 98):
        assert (table[pitch] > pitch) == (steps > 0)
        between = [
            p for p in scale.pitches if min(pitch, table[pitch]) < p < max(pitch, table[pitch])
        ]
        assert len(between) == abs(steps) - 1


@given(ALL, st.integers(20, 100))
def test_up_and_down_again_comes_back_to_a_pitch_of_the_scale(scale: Scale, pitch: int) -> None:
    home = scale.nearest(pitch)
    assert scale.stepped(-2)[scale.stepped(2)[home]] == home
    assert abs(home - pitch) <= 2


def test_notes_move_along_the_scale() -> None:
    notes = {Note(0, 60, 10), Note(10, 64, 10), Note(20, 65, 10)}
    edit = transpose_in_scale(Score(notes), notes, Scale(0), 1)
    assert sorted(note.pitch for note in edit.added) == [62, 65, 67]


def test_notes_outside_go_to_the_nearest_of_the_scale() -> None:
    notes = {Note(0, 61, 10), Note(10, 64, 10), Note(20, 66, 10)}
    edit = snap_to_scale(Score(notes), notes, Scale(0))
    assert sorted(note.pitch for note in edit.added) == [60, 65]
    assert Note(10, 64, 10) not in edit.removed
