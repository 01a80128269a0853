import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.notes import Note
from models.protocol import Piece, TrackInfo
from models.tempo_map import KeySignature, TempoChange, TimeSignature
from studio.errors import StudioError
from studio.score.marks import Mark, marks_of, remove_mark, set_mark
from studio.score.midi_file import midi_bytes, parse_midi
from studio.score.song import Song

BAR = 1920


def song() -> Song:
    return Song.from_piece(
        Piece(
            480,
            (Note(0, 60, 480), Note(4 * BAR, 62, 480)),
            (TrackInfo("Lead"),),
            (TempoChange(0, 500_000), TempoChange(2 * BAR, 400_000)),
            (TimeSignature(0, 4, 4),),
            (KeySignature(0, "D"),),
        )
    )


def rows(of: Song) -> list[tuple[str, int, str]]:
    return [(mark.kind, mark.tick, mark.value) for mark in marks_of(of)]


def mark(of: Song, kind: str, tick: int) -> Mark:
    return next(m for m in marks_of(of) if (m.kind, m.tick) == (kind, tick))


def test_marks_are_read_in_order() -> None:
    assert rows(song()) == [
        ("tempo", 0, "120"),
        ("time", 0, "4/4"),
        ("key", 0, "D"),
        ("tempo", 2 * BAR, "150"),
    ]


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("tempo"), st.integers(0, 9), st.sampled_from(["60", "93,5", "1000"])),
            st.tuples(st.just("time"), st.integers(0, 9), st.sampled_from(["3/4", "12/8", "5/16"])),
            st.tuples(st.just("key"), st.integers(0, 9), st.sampled_from(["F#m", "B♭", "C minor"])),
            st.tuples(st.just("marker"), st.integers(0, 9), st.sampled_from(["Verse", "サビ"])),
        ),
        max_size=8,
    )
)
def test_any_marks_survive_a_file_and_all_are_undone_to_the_byte(
    wanted: list[tuple[str, int, str]],
) -> None:
    of = song()
    before = midi_bytes(of)
    for kind, bar, value in wanted:
        edit = set_mark(of, kind, bar * BAR, value)  # type: ignore[arg-type]
        if edit:
            of.score.apply(edit)
    assert rows(parse_midi(midi_bytes(of))) == rows(of)
    places = [(m.kind, m.tick) for m in marks_of(of)]
    assert len(places) == len(set(places))
    ticks = [event.tick for event in of.chunks[0].events]
    assert ticks == sorted(ticks)
    while of.score.undo() is not None:
        pass
    assert midi_bytes(of) == before


def test_a_mark_moves_and_takes_the_place_of_its_like() -> None:
    of = song()
    of.score.apply(set_mark(of, "tempo", 0, "150", mark(of, "tempo", 2 * BAR)))
    assert [row for row in rows(of) if row[0] == "tempo"] == [("tempo", 0, "150")]
    assert of.tempo_map.ticks_to_seconds(BAR) == pytest.approx(1.6)
    of.score.undo()
    assert rows(of) == rows(song())


def test_a_new_time_signature_moves_the_bars() -> None:
    of = song()
    of.score.apply(set_mark(of, "time", BAR, "3/4"))
    assert of.metre.bar_start(2) == BAR + 3 * 480


def test_what_is_there_already_is_no_edit() -> None:
    of = song()
    assert not set_mark(of, "tempo", 0, "120.0")
    assert not set_mark(of, "key", 0, "D major")


def test_a_mark_is_taken_away() -> None:
    of = song()
    of.score.apply(remove_mark(mark(of, "key", 0)))
    assert of.key_signatures == ()
    assert of.score.undo_label == "Remove key signature"


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("tempo", "fast"),
        ("tempo", "0"),
        ("tempo", "nan"),
        ("time", "3"),
        ("time", "0/4"),
        ("time", "4/3"),
        ("key", "H"),
        ("marker", "  "),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(kind: str, value: str) -> None:
    with pytest.raises(StudioError, match="is no "):
        set_mark(song(), kind, 0, value)  # type: ignore[arg-type]
