import pytest

from models.notes import Note
from models.protocol import Piece, TrackInfo
from models.tempo_map import KeySignature, TempoChange, TimeSignature
from studio.score.edits import edit_from_row, edit_to_row
from studio.score.midi_file import midi_bytes, parse_midi
from studio.score.score import Edit
from studio.score.song import Song
from studio.score.tempo_and_key import tempo_and_key_edit


@pytest.fixture
def song() -> Song:
    return Song.from_piece(
        Piece(
            480,
            (Note(0, 60, 480, 80, 0), Note(960, 64, 480, 80, 0)),
            (TrackInfo("Piano"), TrackInfo("Bass", 32)),
            (TempoChange(0, 600_000), TempoChange(960, 400_000)),
            (TimeSignature(0, 3, 4),),
            (KeySignature(0, "C"), KeySignature(960, "Am")),
        )
    )


def test_the_whole_song_gets_the_tempo_and_the_key(song: Song) -> None:
    song.score.apply(tempo_and_key_edit(song, "Tempo and key", bpm=97.5, key="F#m"))
    assert [round(change.bpm, 2) for change in song.tempo] == [97.5]
    assert song.key_signatures == (KeySignature(0, "F#m"),)
    assert song.time_signatures == (TimeSignature(0, 3, 4),)
    assert song.tempo_map.ticks_to_seconds(480) == pytest.approx(60 / 97.5, abs=1e-6)
    written = parse_midi(midi_bytes(song))
    assert (written.tempo, written.key_signatures) == (song.tempo, song.key_signatures)


@pytest.mark.parametrize(("bpm", "key"), [(97.5, None), (None, "Eb"), (140.0, "Gm")])
def test_undo_brings_every_byte_back_and_redo_makes_it_again(
    song: Song, bpm: float | None, key: str | None
) -> None:
    before = midi_bytes(song)
    song.score.apply(tempo_and_key_edit(song, "Tempo and key", bpm=bpm, key=key))
    after = midi_bytes(song)
    assert after != before
    assert len(song.tempo) == (2 if bpm is None else 1)
    assert len(song.key_signatures) == (2 if key is None else 1)
    song.score.undo()
    assert midi_bytes(song) == before
    song.score.redo()
    assert midi_bytes(song) == after
    assert song.score.undo_label == "Tempo and key"


def test_a_copy_made_before_keeps_its_tempo(song: Song) -> None:
    copy = song.copy()
    song.score.apply(tempo_and_key_edit(song, "Tempo", bpm=150))
    assert len(copy.tempo) == 2


def test_what_is_so_already_is_no_edit(song: Song) -> None:
    assert not tempo_and_key_edit(song, "Nothing")
    song.score.apply(tempo_and_key_edit(song, "Tempo", bpm=150, key="D"))
    assert not tempo_and_key_edit(song, "Tempo", bpm=150, key="D")
    assert tempo_and_key_edit(song, "Key", bpm=150, key="Dm")


def test_the_journal_can_tell_of_it(song: Song) -> None:
    edit = tempo_and_key_edit(song, "Tempo and key", bpm=97.5, key="F#m")
    assert edit_from_row(edit_to_row(edit)) == edit
    assert "events_added" not in edit_to_row(Edit("Notes", added=frozenset({Note(0, 1, 2, 3, 0)})))
