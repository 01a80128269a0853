from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from models.notes import Note
from studio.score.score import Edit
from studio.ui.compose.locks import Locks
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.compose.track_list import TrackList

FIRST, SECOND, MOVED = Note(0, 60, 480), Note(480, 62, 480), Note(240, 61, 480)


def with_notes() -> ScoreViewModel:
    score = ScoreViewModel()
    score.request(Edit("Start", added=frozenset({FIRST, SECOND})))
    return score


def test_notes_are_locked_and_let_go_again(qtbot: QtBot) -> None:
    locks = Locks()
    locks.toggle([FIRST])
    locks.toggle([FIRST, SECOND])
    assert locks.notes == {FIRST, SECOND}, "where one is open all are locked"
    locks.toggle([FIRST, SECOND])
    assert locks.notes == frozenset()
    with qtbot.assertNotEmitted(locks.changed):
        locks.toggle([])


def test_a_lock_goes_with_its_note_and_comes_back_with_undo(qtbot: QtBot) -> None:
    score = with_notes()
    score.locks.toggle([FIRST])
    score.request(Edit("Move", frozenset({FIRST}), frozenset({MOVED})))
    assert score.locks.is_locked(MOVED)
    score.undo()
    assert score.locks.is_locked(FIRST)
    score.request(Edit("Mix", frozenset({FIRST, SECOND}), frozenset({Note(0, 70, 480)})))
    assert not score.locks.is_locked(Note(0, 70, 480)), "what comes of open notes is open"


def test_a_locked_track_locks_its_notes(qtbot: QtBot) -> None:
    locks = Locks()
    high, low = Note(0, 60, 1, 64, 0), Note(0, 40, 1, 64, 1)
    locks.set_track(1, True)
    assert locks.indices([high, low]) == (1,)
    locks.toggle([high])
    assert locks.indices([high, low]) == (0, 1)
    locks.set_track(1, False)
    assert locks.indices([high, low]) == (0,)


def test_a_project_keeps_its_locks_and_another_song_has_none(qtbot: QtBot, tmp_path: Path) -> None:
    score = with_notes()
    score.locks.toggle([SECOND])
    score.locks.set_track(0, True)
    assert score.save(tmp_path / "song.studio")
    score.new_song()
    assert not score.locks.notes | score.locks.tracks
    assert score.open(tmp_path / "song.studio")
    assert (score.locks.notes, score.locks.tracks) == ({SECOND}, {0})


def test_locks_that_make_no_sense_are_passed_over(qtbot: QtBot) -> None:
    locks = Locks()
    rows = [[0, 60, 480, 64, 0], [0, 999, 1, 1, 0], ["x"], None]
    locks.restore({"locked_notes": rows, "locked_tracks": [0, 7, "x"]}, 2)
    assert (locks.notes, locks.tracks) == ({Note(0, 60, 480, 64, 0)}, {0})
    locks.restore({"locked_notes": 3, "locked_tracks": None}, 2)
    assert not locks.notes | locks.tracks


def test_the_padlock_of_a_track_locks_it(qtbot: QtBot) -> None:
    score = with_notes()
    tracks = TrackList(score)
    qtbot.addWidget(tracks)
    tracks.show()
    lock = tracks.findChild(QToolButton, "track_1_lock")
    assert lock is not None
    qtbot.mouseClick(lock, Qt.MouseButton.LeftButton)
    assert score.locks.tracks == {0}
    score.locks.set_track(0, False)
    assert not lock.isChecked()
