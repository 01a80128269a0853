from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from models.notes import Note
from studio.score.score import Edit
from studio.ui.compose.roll_geometry import RollGeometry
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.compose.velocity_lane import VelocityLane

BEAT = 480
ROW = [Note(i * BEAT, 60, BEAT, 64) for i in range(5)]
LEFT, NONE, SHIFT, CTRL = (
    Qt.MouseButton.LeftButton,
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)


class Lane:
    def __init__(self, qtbot: QtBot) -> None:
        self.model = ScoreViewModel()
        self.model.request(Edit("Given", added=frozenset(ROW)))
        self.geometry = RollGeometry()
        self.geometry.pixels_per_tick = 0.1
        self.view = VelocityLane(self.model, self.geometry)
        qtbot.addWidget(self.view)
        self.view.resize(600, 139)  # 127 pixels between the margins
        self.view.show()
        self.edits: list[Edit] = []
        self.model.edited.connect(self.edits.append)

    def drag(self, *way: tuple[int, int], held: Qt.KeyboardModifier = NONE) -> None:
        """Way points are (x, velocity)."""
        points = [QPoint(x, 8 + 127 - velocity) for x, velocity in way]
        QTest.mousePress(self.view, LEFT, held, points[0])
        for point in points[1:]:
            QTest.mouseEvent(QTest.MouseAction.MouseMove, self.view, LEFT, held, point)
        QTest.mouseRelease(self.view, LEFT, held, points[-1])

    @property
    def velocities(self) -> list[int]:
        return [note.velocity for note in self.model.score.notes]


@pytest.fixture
def lane(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lane]:
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path))
    lane = Lane(qtbot)
    yield lane
    lane.model.close()


def test_a_click_sets_one_velocity_in_one_edit(lane: Lane) -> None:
    lane.drag((48, 100))
    assert lane.velocities == [64, 100, 64, 64, 64]
    assert len(lane.edits) == 1
    lane.model.undo()
    assert lane.model.score.notes == ROW


def test_a_sweep_sets_each_note_to_the_height_at_which_it_was_passed(lane: Lane) -> None:
    lane.drag((0, 20), (96, 40), (192, 120))
    assert lane.velocities == pytest.approx([20, 30, 40, 80, 120], abs=1)
    assert len(lane.edits) == 1


def test_shift_draws_a_straight_ramp_whatever_the_way(lane: Lane) -> None:
    lane.drag((0, 20), (100, 120), (192, 100), held=SHIFT)
    assert lane.velocities == pytest.approx([20, 40, 60, 80, 100], abs=1)


def test_ctrl_makes_all_that_is_passed_louder_by_as_much(lane: Lane) -> None:
    lane.drag((48, 100))
    lane.drag((0, 50), (192, 70), held=CTRL)
    assert lane.velocities == [84, 120, 84, 84, 84]
    lane.model.undo()
    assert lane.velocities == [64, 100, 64, 64, 64]


def test_ctrl_and_shift_make_a_change_that_grows(lane: Lane) -> None:
    lane.drag((0, 50), (192, 90), held=CTRL | SHIFT)
    assert lane.velocities == pytest.approx([64, 74, 84, 94, 104], abs=1)
    assert len(lane.edits) == 1


def test_only_the_selection_changes_where_there_is_one(lane: Lane) -> None:
    lane.model.select({ROW[1], ROW[2]})
    lane.drag((0, 20), (192, 20))
    assert lane.velocities == [64, 20, 20, 64, 64]
    assert lane.model.selection == {replace(note, velocity=20) for note in ROW[1:3]}


def test_only_the_active_track_changes(lane: Lane) -> None:
    lane.model.add_track("Bass")
    lane.edits.clear()
    lane.drag((0, 20), (192, 20))
    assert lane.edits == []


def test_escape_takes_the_sweep_back(lane: Lane) -> None:
    QTest.mousePress(lane.view, LEFT, NONE, QPoint(0, 100))
    QTest.keyClick(lane.view, Qt.Key.Key_Escape)
    QTest.mouseRelease(lane.view, LEFT, NONE, QPoint(0, 100))
    assert lane.edits == []


def test_velocities_stay_within_midi(lane: Lane) -> None:
    lane.drag((0, 200), (192, -60))
    assert lane.velocities[0] == 127
    assert lane.velocities[-1] == 1
