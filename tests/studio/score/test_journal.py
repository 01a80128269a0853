import os
import subprocess
import sys
from pathlib import Path

import pytest

from models.notes import Note
from models.protocol import Piece, TrackInfo
from studio.errors import StudioError
from studio.score.journal import Journal, journals_dir, recoveries
from studio.score.midi_file import midi_bytes
from studio.score.score import Edit
from studio.score.song import Song

ONE = Edit("Draw note", added=frozenset({Note(0, 60, 96)}))
TWO = Edit("Draw note", added=frozenset({Note(96, 62, 96)}))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path))
    return tmp_path


def base() -> bytes:
    return midi_bytes(Song.from_piece(Piece(96, (), (TrackInfo("Piano"),))))


def test_what_was_written_comes_back_with_its_history() -> None:
    journal = Journal(base(), Path("/music/song.mid"))
    for step in (ONE, TWO, "undo"):
        journal.append(step)
    journal.close()
    (recovery,) = recoveries()
    assert recovery.path == Path("/music/song.mid")
    score = recovery.project().song.score
    assert score.notes == [Note(0, 60, 96)]
    score.redo()
    assert score.notes == [Note(0, 60, 96), Note(96, 62, 96)]


def test_nothing_is_on_disk_before_the_first_edit_or_after_clearing() -> None:
    journal = Journal(base(), None)
    assert not journals_dir().exists()
    journal.append(ONE)
    journal.clear()
    assert list(journals_dir().iterdir()) == []


def test_a_session_that_runs_keeps_its_journal_to_itself() -> None:
    journal = Journal(base(), None)
    journal.append(ONE)
    journal.append(TWO)
    wait_for_lines(2)
    assert recoveries() == []
    journal.close()
    assert len(recoveries()) == 1


def wait_for_lines(count: int) -> None:
    while True:
        files = list(journals_dir().glob("*/edits.jsonl"))
        if files and files[0].read_text().count("\n") == count:
            return


def test_a_line_cut_short_by_the_crash_is_left_out() -> None:
    journal = Journal(base(), None)
    journal.append(ONE)
    journal.append(TWO)
    journal.close()
    (file,) = journals_dir().glob("*/edits.jsonl")
    file.write_text(file.read_text()[:-10])
    assert recoveries()[0].project().song.score.notes == [Note(0, 60, 96)]


def test_a_journal_that_does_not_fit_its_score_is_refused_in_words() -> None:
    journal = Journal(base(), None)
    journal.append(ONE.inverse())
    journal.close()
    with pytest.raises(StudioError, match="does not fit"):
        recoveries()[0].project()


def test_a_discarded_recovery_is_gone() -> None:
    journal = Journal(base(), None)
    journal.append(ONE)
    journal.close()
    recoveries()[0].discard()
    assert recoveries() == []


def test_a_broken_journal_folder_is_passed_over() -> None:
    (journals_dir() / "1-1").mkdir(parents=True)
    assert recoveries() == []


def test_a_disk_that_refuses_stops_nothing(home: Path) -> None:
    (home / "state").mkdir(exist_ok=True)
    (home / "state" / "journal").write_text("a file where the folder should be")
    journal = Journal(base(), None)
    journal.append(ONE)
    journal.close()
    assert journal.error is not None
    assert "can't be written" in journal.error


PROGRAM = """
import sys, time
from models.notes import Note
from studio.score.journal import Journal
from studio.score.midi_file import midi_bytes
from studio.score.score import Edit
from studio.score.song import Song
journal = Journal(midi_bytes(Song.empty()), None)
for start in range(50):
    journal.append(Edit("Draw note", added=frozenset({Note(start, 60, 96)})))
while journal._steps.qsize():
    time.sleep(0.01)
time.sleep(0.2)
sys.stdout.write("written\\n")
sys.stdout.flush()
time.sleep(60)
"""


def test_every_edit_survives_a_killed_process() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])},
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"written\n"
        process.kill()
    (recovery,) = recoveries()
    assert [note.start for note in recovery.project().song.score.notes] == list(range(50))


def test_undoing_what_is_older_than_the_base_comes_back_too() -> None:
    song = Song.from_piece(Piece(96, (), (TrackInfo("Piano"),)))
    song.score.apply(ONE)
    journal = Journal(midi_bytes(song), None)  # saved with ONE in it
    for _ in range(2):  # back over the save and forth again, and once more
        undone = song.score.undo()
        assert undone is not None
        journal.append_history("undo", undone)
        redone = song.score.redo()
        assert redone is not None
        journal.append_history("redo", redone)
        song.score.apply(TWO)
        journal.append(TWO)
        for _ in range(2):
            undone = song.score.undo()
            assert undone is not None
            journal.append_history("undo", undone)
        assert song.score.notes == []
        redone = song.score.redo()
        assert redone is not None
        journal.append_history("redo", redone)
    journal.close()
    (recovery,) = recoveries()
    assert recovery.project().song.score.notes == song.score.notes == [Note(0, 60, 96)]


def test_what_settled_is_on_disk() -> None:
    journal = Journal(base(), None)
    assert journal.settle()
    journal.append(ONE)
    assert journal.settle()
    (edits,) = journals_dir().glob("*/edits.jsonl")
    assert len(edits.read_text().splitlines()) == 1
    journal.close()
    assert journal.settle()


def test_a_journal_that_can_not_be_written_does_not_settle(home: Path) -> None:
    (home / "state").mkdir()
    (home / "state" / "journal").write_text("in the way")
    journal = Journal(base(), None)
    journal.append(ONE)
    assert not journal.settle()
    assert journal.error is not None
    journal.close()
