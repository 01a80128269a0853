import pytest

from models.notes import Note, NoteError
from models.protocol import Piece, TrackInfo
from studio.errors import StudioError
from studio.score.midi_file import midi_bytes, parse_midi
from studio.score.song import Song
from studio.score.track import Track
from studio.score.track_edits import (
    add_track,
    changes_tracks,
    choose_instrument,
    delete_track,
    rename_track,
)


@pytest.fixture
def song() -> Song:
    tracks = (TrackInfo("Lead", 80), TrackInfo("", 0))
    return Song.from_piece(Piece(96, (Note(0, 60, 96), Note(0, 40, 96, track=1)), tracks))


def test_a_name_is_kept_in_the_file_and_undone_to_the_byte(song: Song) -> None:
    before = midi_bytes(song)
    for index, name in ((0, "Mélodie"), (1, "Bass")):
        edit = rename_track(song, index, name)
        assert changes_tracks(edit)
        song.score.apply(edit)
    assert [track.name for track in parse_midi(midi_bytes(song)).tracks] == ["Mélodie", "Bass"]
    assert [track.name for track in song.tracks] == ["Mélodie", "Bass"]
    song.score.undo()
    song.score.undo()
    assert midi_bytes(song) == before
    assert [track.name for track in song.tracks] == ["Lead", ""]


def test_an_instrument_is_chosen_and_undone(song: Song) -> None:
    before = midi_bytes(song)
    song.score.apply(choose_instrument(song, 0, 40))
    assert (song.tracks[0].instrument, song.tracks[1].program) == ("Violin", 0)
    assert parse_midi(midi_bytes(song)).tracks[0].program == 40
    song.score.undo()
    assert midi_bytes(song) == before
    assert song.tracks[0].program == 80


def test_what_is_so_already_is_no_edit(song: Song) -> None:
    assert not rename_track(song, 0, "Lead")
    assert not choose_instrument(song, 0, 80)


def test_a_copy_for_a_thread_keeps_its_names(song: Song) -> None:
    copy = song.copy()
    song.score.apply(rename_track(song, 0, "Other"))
    assert copy.tracks[0].name == "Lead"


def test_tracks_that_share_a_name_are_not_renamed_alone(song: Song) -> None:
    shared = Song(song.score, [Track("A, one", 0, 0), Track("A, two", 0, 1)], song.chunks)
    with pytest.raises(StudioError, match="shares one name"):
        rename_track(shared, 0, "B")


def test_the_last_track_stays(song: Song) -> None:
    song.score.apply(delete_track(song, 1))
    with pytest.raises(StudioError, match="at least one track"):
        delete_track(song, 0)


def test_an_edit_of_other_tracks_than_there_are_is_refused(song: Song) -> None:
    late = add_track(song, "Late")
    song.score.apply(delete_track(song, 0))
    before = midi_bytes(song)
    with pytest.raises(NoteError, match="not as they were"):
        song.score.apply(late)
    assert midi_bytes(song) == before
