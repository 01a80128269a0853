"""Syllables are read from the events of the file; writing one changes it alone, and is undone."""

from hypothesis import given, settings
from hypothesis import strategies as st

from models.notes import Note
from models.protocol import Piece, TrackInfo
from studio.score.lyrics import (
    LYRIC,
    TEXT,
    changes_syllables,
    syllables_of,
    write_syllable,
)
from studio.score.meta_events import meta
from studio.score.midi_file import midi_bytes, parse_midi
from studio.score.smf import BEFORE_OFFS, KeptEvent
from studio.score.song import Song
from studio.score.track_edits import rename_track


def song_with(*events: tuple[int, int, bytes], chunk: int = 1) -> Song:
    song = Song.from_piece(Piece(96, (Note(0, 60, 96),), (TrackInfo("Voice"),)))
    for tick, kind, text in events:
        song.chunks[chunk].events.append(KeptEvent(tick, BEFORE_OFFS, meta(kind, text)))
    return parse_midi(midi_bytes(song))


def texts(song: Song) -> list[tuple[int, str]]:
    return [(syllable.tick, syllable.text) for syllable in syllables_of(song)]


def test_lyrics_are_read_in_order_without_their_signs() -> None:
    song = song_with((0, LYRIC, b"\\Twin-"), (96, LYRIC, b"kle "), (192, LYRIC, b"\r"))
    assert texts(song) == [(0, "Twin-"), (96, "kle")]


def test_texts_are_sung_where_there_are_no_lyrics_but_not_what_is_about_the_file() -> None:
    about = ((0, TEXT, b"By me"), (0, TEXT, b"@KMIDI"), (5, TEXT, b"@TTitle"))
    assert texts(song_with(*about, (96, TEXT, b"/Hap"), (120, TEXT, b"py"))) == [
        (96, "Hap"),
        (120, "py"),
    ]
    assert texts(song_with(*about, (96, TEXT, b"solo"), (96, LYRIC, b"la"))) == [(96, "la")]


def test_a_song_of_notes_has_none() -> None:
    assert syllables_of(song_with()) == []


@settings(max_examples=40)
@given(st.text(st.characters(categories=("L", "N", "P", "S"), exclude_characters="\\/")))
def test_what_is_written_is_read_and_undo_gives_the_same_bytes(text: str) -> None:
    song = song_with((0, LYRIC, b"/Twin- "), (96, LYRIC, b"kle"))
    before = midi_bytes(song)
    edit = write_syllable(song, syllables_of(song)[0], f" {text}")
    if edit:
        song.score.apply(edit)
        assert texts(song) == [(0, text), (96, "kle")][not text :]
        assert texts(parse_midi(midi_bytes(song))) == texts(song)
        if text:  # the signs about it are kept
            assert f"/{text} ".encode() in midi_bytes(song)
        song.score.undo()
    assert midi_bytes(song) == before


def test_empty_takes_it_away_and_the_same_is_no_edit() -> None:
    song = song_with((0, LYRIC, b"la"), (96, LYRIC, b"la"))
    first, second = syllables_of(song)
    assert not write_syllable(song, first, " la ")
    song.score.apply(write_syllable(song, second, ""))
    assert texts(song) == [(0, "la")]
    song.score.undo()
    assert texts(song) == [(0, "la"), (96, "la")]


def test_it_is_found_where_other_events_came_before_it() -> None:
    song = song_with((0, LYRIC, b"la"))
    (old,) = syllables_of(song)
    edit = rename_track(song, 0, "")
    assert not changes_syllables(edit)
    song.score.apply(edit)
    song.score.apply(write_syllable(song, old, "lo"))
    assert texts(song) == [(0, "lo")]


def test_words_in_old_encodings_are_read() -> None:
    word = "さくら".encode("cp932")
    assert texts(song_with(*((n * 96, LYRIC, word) for n in range(6))))[0] == (0, "さくら")
