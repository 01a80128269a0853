import pytest

from models.notes import Note
from models.protocol import Piece, TrackInfo
from studio.audio.sequence import NOTE_ON, Sequence
from studio.score import transforms
from studio.score.midi_file import midi_bytes, parse_midi
from studio.score.note_mutes import toggle_mutes, with_mutes
from studio.score.project import Project, parse_project, project_bytes
from studio.score.score import Edit
from studio.score.song import Song
from studio.score.track_edits import delete_track

LOW, HIGH, OTHER = Note(0, 60, 96), Note(96, 64, 96), Note(0, 40, 96, track=1)


@pytest.fixture
def song() -> Song:
    tracks = (TrackInfo("Lead", 80), TrackInfo("Bass", 33))
    song = Song.from_piece(Piece(96, (LOW, HIGH, OTHER), tracks))
    song.score.apply(toggle_mutes(song, frozenset({HIGH})))
    return song


def apply(song: Song, edit: Edit) -> None:
    song.score.apply(with_mutes(edit, song.muted))


def heard(song: Song) -> list[int]:
    sequence = Sequence.from_song(song)
    return sorted(sequence.value[sequence.kind == NOTE_ON].tolist())


def test_silent_notes_are_there_and_not_heard(song: Song) -> None:
    assert heard(song) == [40, 60]
    assert heard(song.copy()) == [40, 60]
    assert HIGH in parse_midi(midi_bytes(song)).score.notes
    song.score.undo()
    assert heard(song) == [40, 60, 64]


def test_where_one_sounds_all_fall_silent_and_then_all_sound(song: Song) -> None:
    both = frozenset({LOW, HIGH})
    song.score.apply(toggle_mutes(song, both))
    assert song.muted == both
    song.score.apply(toggle_mutes(song, both))
    assert song.muted == frozenset()
    song.score.undo()
    song.score.undo()
    assert song.muted == {HIGH}
    assert not toggle_mutes(song, frozenset())


def test_silence_goes_with_its_note_through_edits_of_several(song: Song) -> None:
    apply(song, transforms.move(song.score, {LOW, HIGH}, 48, 2))
    moved = Note(144, 66, 96)
    assert song.muted == {moved}
    apply(song, transforms.split(song.score, {moved}, 192))
    assert song.muted == {Note(144, 66, 48), Note(192, 66, 48)}
    song.score.undo()
    song.score.undo()
    assert song.muted == {HIGH}


def test_a_deleted_note_takes_its_silence_with_it(song: Song) -> None:
    apply(song, Edit("Delete", removed=frozenset({HIGH})))
    apply(song, Edit("Draw", added=frozenset({HIGH})))
    assert song.muted == frozenset(), "a note that is drawn anew sounds"
    song.score.undo()
    song.score.undo()
    assert song.muted == {HIGH}


def test_silence_moves_up_with_its_track(song: Song) -> None:
    song.score.apply(toggle_mutes(song, frozenset({OTHER})))
    apply(song, delete_track(song, 0))
    assert song.muted == {Note(0, 40, 96)}
    song.score.undo()
    assert song.muted == {HIGH, OTHER}


def test_a_project_keeps_silence_and_what_undid_it(song: Song) -> None:
    song.score.apply(toggle_mutes(song, frozenset({LOW})))
    again = parse_project(project_bytes(Project(song)), "song.studio").song
    assert again.muted == {LOW, HIGH}
    again.score.undo()
    again.score.undo()
    assert again.muted == frozenset()


def test_many_notes_fall_silent_as_columns() -> None:
    notes = tuple(Note(i, 60 + i % 9, 5) for i in range(3000))
    song = Song.from_piece(Piece(96, notes, (TrackInfo("Lead"),)))
    song.score.apply(toggle_mutes(song, song.score.note_set))
    assert heard(song) == []
    apply(song, transforms.move(song.score, song.score.note_set, 10, 1))
    assert song.muted == song.score.note_set
    again = parse_project(project_bytes(Project(song)), "song.studio").song
    assert len(again.muted) == 3000
