import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.notes import Note
from models.protocol import Piece, TrackInfo
from studio.score.controllers import CONTROLLERS, Controller, draw_points, points_of
from studio.score.midi_file import midi_bytes, parse_midi
from studio.score.song import Song

BEND, VOLUME = CONTROLLERS[0], CONTROLLERS[2]


def song() -> Song:
    tracks = (TrackInfo("Lead", 80), TrackInfo("Bass", 33))
    return Song.from_piece(Piece(96, (Note(0, 60, 96), Note(0, 40, 9600, track=1)), tracks))


def rows(of: Song, controller: Controller, track: int = 0) -> list[tuple[int, int]]:
    return [(p.tick, p.value) for p in points_of(of, of.tracks[track], controller)]


def draw(of: Song, controller: Controller, values: dict[int, int], track: int = 0) -> None:
    edit = draw_points(of, of.tracks[track], controller, values, min(values), max(values))
    if edit:
        of.score.apply(edit)


STROKES = st.lists(
    st.tuples(
        st.sampled_from(CONTROLLERS),
        st.integers(0, 1),
        st.dictionaries(st.integers(0, 400), st.integers(0, 127), min_size=1, max_size=5),
    ),
    max_size=6,
)


@given(STROKES)
def test_any_strokes_survive_a_file_and_are_undone_to_the_byte(
    strokes: list[tuple[Controller, int, dict[int, int]]],
) -> None:
    of = song()
    before = midi_bytes(of)
    expected: dict[tuple[Controller, int], dict[int, int]] = {}
    for controller, track, values in strokes:
        draw(of, controller, values, track)
        old = expected.get((controller, track), {})
        low, high = min(values), max(values)
        kept = {t: v for t, v in old.items() if not low <= t <= high}
        expected[controller, track] = {**kept, **values}
    again = parse_midi(midi_bytes(of))
    for (controller, track), values in expected.items():
        assert rows(of, controller, track) == sorted(values.items())
        assert rows(again, controller, track) == sorted(values.items())
    while of.score.undo() is not None:
        pass
    assert midi_bytes(of) == before


@pytest.mark.parametrize("controller", CONTROLLERS)
@given(value=st.integers(-5, 20_000), channel=st.integers(0, 15))
def test_values_are_written_and_read_within_their_range(
    controller: Controller, value: int, channel: int
) -> None:
    data = controller.data(channel, value)
    assert controller.value(channel, data) == min(controller.highest, max(0, value))
    assert controller.value((channel + 1) % 16, data) is None
    assert all(byte < 128 for byte in data[1:])


def test_drawing_the_same_again_is_no_edit() -> None:
    of = song()
    draw(of, BEND, {0: 8192, 48: 9000})
    values = {0: 8192, 48: 9000}
    assert not draw_points(of, of.tracks[0], BEND, values, 0, 48)


def test_erasing_takes_a_stretch_away_and_leaves_the_rest() -> None:
    of = song()
    draw(of, VOLUME, {0: 100, 48: 90, 96: 80})
    draw(of, BEND, {48: 1})
    of.score.apply(draw_points(of, of.tracks[0], VOLUME, {}, 40, 95))
    assert rows(of, VOLUME) == [(0, 100), (96, 80)]
    assert rows(of, BEND) == [(48, 1)]
