from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from models.notes import Note
from models.protocol import Piece, TrackInfo
from studio.score.midi_file import midi_bytes, parse_midi, write_midi
from studio.score.score import Edit
from studio.score.song import Song
from studio.ui.compose.score_view_model import ScoreViewModel

NOTE, OTHER = Note(0, 60, 480), Note(480, 62, 480)
DRAW = Edit("Draw note", added=frozenset({NOTE}))


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path / "home"))


@pytest.fixture
def model(qtbot: QtBot) -> Iterator[ScoreViewModel]:
    model = ScoreViewModel()
    yield model
    model.close()


@pytest.fixture
def told(model: ScoreViewModel) -> list[tuple[str, str]]:
    notices: list[tuple[str, str]] = []
    model.notice.connect(lambda level, text: notices.append((level, text)))
    model.refused.connect(lambda text: notices.append(("refused", text)))
    return notices


def song_file(folder: Path, name: str = "song.mid") -> Path:
    piece = Piece(480, (NOTE, OTHER), (TrackInfo("Lead"), TrackInfo("Bass")))
    write_midi(Song.from_piece(piece), folder / name)
    return folder / name


def test_a_request_is_made_told_and_undone(model: ScoreViewModel) -> None:
    edits: list[Edit] = []
    model.edited.connect(edits.append)
    before = midi_bytes(model.song)
    assert model.request(DRAW)
    assert model.is_dirty
    model.undo()
    assert edits == [DRAW, DRAW.inverse()]
    assert midi_bytes(model.song) == before


def test_refusals_are_told_in_words(model: ScoreViewModel, told: list[tuple[str, str]]) -> None:
    model.request(DRAW)
    assert not model.request(DRAW)
    assert not model.request(Edit("Paste", added=frozenset({Note(0, 60, 1, 64, 7)})))
    assert told == [
        ("refused", "Draw note: the score already has that note"),
        ("refused", "Paste: there is no such track"),
    ]


def test_an_empty_edit_is_no_change(model: ScoreViewModel) -> None:
    assert not model.request(Edit("Nothing"))
    assert not model.is_dirty


def test_the_selection_follows_its_notes_and_holds_none_that_is_gone(
    model: ScoreViewModel,
) -> None:
    model.request(DRAW)
    model.select({NOTE, OTHER})
    assert model.selection == {NOTE}
    model.request(Edit("Move", frozenset({NOTE}), frozenset({OTHER})))
    assert model.selection == {OTHER}
    model.undo()
    assert model.selection == {NOTE}
    model.request(Edit("Delete", removed=frozenset({NOTE})))
    assert model.selection == frozenset()


@pytest.mark.parametrize("suffix", [".mid", ".studio"])
def test_saved_and_opened_again_it_is_the_same(
    model: ScoreViewModel, tmp_path: Path, suffix: str
) -> None:
    assert model.open(song_file(tmp_path))
    model.request(Edit("Move", frozenset({NOTE}), frozenset({Note(0, 72, 480)})))
    assert model.save(tmp_path / f"other{suffix}")
    assert not model.is_dirty
    notes, tracks = model.score.notes, model.tracks
    model.new_song()
    assert model.score.notes == []
    assert model.open(tmp_path / f"other{suffix}")
    assert (model.score.notes, model.tracks) == (notes, tracks)
    assert model.path == tmp_path / f"other{suffix}"


def test_a_project_keeps_what_is_muted(model: ScoreViewModel, tmp_path: Path) -> None:
    model.open(song_file(tmp_path))
    model.set_muted(1, True)
    model.set_active_track(1)
    model.save(tmp_path / "song.studio")
    model.new_song()
    model.open(tmp_path / "song.studio")
    assert model.muted == {1}
    assert model.active_track == 1
    assert not model.is_audible(1)


def test_solo_wins_over_what_is_not_soloed(model: ScoreViewModel, tmp_path: Path) -> None:
    model.open(song_file(tmp_path))
    model.set_soloed(1, True)
    assert [model.is_audible(index) for index in (0, 1)] == [False, True]
    model.set_muted(1, True)
    assert not model.is_audible(1)


def test_a_file_that_can_not_be_opened_leaves_everything_as_it_was(
    model: ScoreViewModel, told: list[tuple[str, str]], tmp_path: Path
) -> None:
    model.request(DRAW)
    text = tmp_path / "notes.mid"
    text.write_text("no music at all")
    assert not model.open(text)
    assert model.score.notes == [NOTE]
    assert told == [("error", "notes.mid is a text file, not a MIDI file, whatever its name says.")]


def test_what_was_mended_is_told_once(
    model: ScoreViewModel, told: list[tuple[str, str]], tmp_path: Path
) -> None:
    path = song_file(tmp_path)
    path.write_bytes(path.read_bytes() + b"rubbish")
    assert model.open(path)
    ((level, text),) = told
    assert level == "warning"
    assert text.startswith("song.mid was mended: ")


def test_every_kind_of_fault_is_told(
    model: ScoreViewModel, told: list[tuple[str, str]], tmp_path: Path
) -> None:
    body = b"\x00\xff\x51\x01\x00"  # a tempo of one byte
    body += b"\x00\xff\x59\x02\x5a\x00"  # ninety sharps
    body += b"\x00\xff\x58\x01\x04"  # half a time signature
    body += b"\x00\x90\x3c\x40"  # a note that never ends, in a track that does not, either
    path = tmp_path / "odd.mid"
    header = b"MThd\x00\x00\x00\x06\x00\x00\x00\x01\x00\x60"
    path.write_bytes(b"??" + header + b"MTrk" + len(body).to_bytes(4) + body + b"rubbish")
    warnings = parse_midi(path.read_bytes()).warnings
    assert len(warnings) > 4
    assert model.open(path)
    ((_, text),) = told
    assert all(warning in text for warning in warnings)


def test_a_file_that_can_not_be_written_is_told_and_stays_dirty(
    model: ScoreViewModel, told: list[tuple[str, str]], tmp_path: Path
) -> None:
    model.request(DRAW)
    assert not model.save(tmp_path / "missing" / "song.mid")
    assert model.is_dirty
    assert told[0][0] == "error"


def test_a_song_opened_as_new_has_no_name_to_overwrite(
    model: ScoreViewModel, told: list[tuple[str, str]], tmp_path: Path
) -> None:
    path = song_file(tmp_path)
    model.open_as_new(path)
    assert model.path is None
    assert not model.save()
    assert told == [("error", "Choose a name to save under.")]


def crash(model: ScoreViewModel) -> None:
    """The process ends without `close`; what was appended by then is on disk."""
    model._journal.close()


def test_after_a_crash_everything_up_to_the_last_edit_comes_back(
    qtbot: QtBot, tmp_path: Path
) -> None:
    dead, path = ScoreViewModel(), song_file(tmp_path)
    dead.open(path)
    dead.request(Edit("Delete", removed=frozenset({NOTE})))
    dead.add_track("Strings", 48)
    new = Note(960, 64, 480, 64, 2)
    dead.request(Edit("Draw note", added=frozenset({new})))
    crash(dead)
    alive = ScoreViewModel()
    assert alive.has_recovery()
    assert alive.recover()
    assert alive.score.notes == [OTHER, new]
    assert [track.name for track in alive.tracks] == ["Lead", "Bass", "Strings"]
    assert alive.path == path
    assert alive.is_dirty
    assert not alive.has_recovery()
    crash(alive)  # even a second crash loses nothing
    assert ScoreViewModel().has_recovery()


def test_saving_and_closing_leave_nothing_to_recover(model: ScoreViewModel, tmp_path: Path) -> None:
    model.request(DRAW)
    model.save(tmp_path / "song.mid")
    crash(model)
    assert not ScoreViewModel().has_recovery()
    model.undo()
    model.close()
    assert not ScoreViewModel().has_recovery()


def test_a_recovery_can_be_discarded(model: ScoreViewModel) -> None:
    model.request(DRAW)
    crash(model)
    other = ScoreViewModel()
    other.discard_recovery()
    assert not other.has_recovery()
    assert not other.recover()


def test_a_snapshot_does_not_follow_later_edits(model: ScoreViewModel) -> None:
    model.request(DRAW)
    snapshot = model.snapshot()
    before = midi_bytes(snapshot)
    model.undo()
    model.add_track("Bass")
    assert midi_bytes(snapshot) == before


def test_a_journal_that_can_not_be_written_is_told_once_and_stops_nothing(
    model: ScoreViewModel, told: list[tuple[str, str]], tmp_path: Path
) -> None:
    state = tmp_path / "home" / "state"
    state.mkdir(parents=True)
    (state / "journal").write_text("a file where the folder should be")
    model.request(DRAW)
    model._journal.close()  # wait for its thread
    for _ in range(3):
        model.undo()
        model.redo()
    assert model.score.notes == [NOTE]
    ((level, text),) = told
    assert level == "warning"
    assert "crash journal" in text
