from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QNativeGestureEvent, QPointingDevice, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from models.notes import Note
from studio.score.scales import Scale
from studio.score.score import Edit
from studio.settings import Settings
from studio.ui.compose.compose_panel import ComposePanel
from studio.ui.compose.roll_options import RememberedState
from studio.ui.compose.roll_state import RollState
from studio.ui.compose.score_view_model import ScoreViewModel

LATE = Note(130, 60, 100)


@pytest.fixture
def panel(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ComposePanel]:
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path))
    model = ScoreViewModel()
    panel = ComposePanel(model, None, None)
    qtbot.addWidget(panel)
    panel.resize(1000, 600)
    panel.show()
    model.request(Edit("Given", added=frozenset({LATE})))
    yield panel
    model.close()


def notes(panel: ComposePanel) -> list[Note]:
    return panel._view_model.score.notes


def test_shift_q_opens_it_and_half_the_strength_goes_half_the_way_again_and_again(
    panel: ComposePanel,
) -> None:
    QTest.keyClick(panel.roll, Qt.Key.Key_Q, Qt.KeyboardModifier.ShiftModifier)
    window = panel.quantise_panel
    assert window.isVisible()
    assert window.grid.currentText() == panel.state.grid.name
    window.strength.setValue(50)
    starts = []
    for _ in range(3):
        window.apply.click()
        starts.append(notes(panel)[0].start)
    assert starts == [125, 122, 121]
    panel._view_model.undo()
    assert notes(panel)[0].start == 122
    assert panel._view_model.score.undo_label == "Quantise"
    window.close()


def test_every_control_of_it_counts(panel: ComposePanel) -> None:
    window = panel.quantise_panel
    window.open()
    window.grid.setCurrentText("1/8 in 5")
    window.swing.setValue(60)
    window.tolerance.setValue(10)
    window.starts.setChecked(False)
    window.ends.setChecked(True)
    how = window.how
    assert how.step == 4 * 480 / 8 * 4 / 5
    assert (how.strength, how.swing, how.has_starts, how.has_ends) == (1.0, 0.6, False, True)
    assert how.tolerance == round(0.1 * how.step / 2)
    window.close()


def test_what_is_chosen_in_the_roll_is_there_at_the_next_start(
    panel: ComposePanel, tmp_path: Path
) -> None:
    settings = Settings(tmp_path / "settings.json")
    RememberedState(panel.state, settings)
    action = panel.findChild(QAction, "right_button_draw")
    assert isinstance(action, QAction)
    action.trigger()
    keeps = panel.findChild(QAction, "keeps_to_track")
    assert isinstance(keeps, QAction)
    keeps.trigger()
    panel.state.set_scale(Scale(4, "blues"))
    panel.state.set_snaps_to_scale(True)
    panel.state.set_grid("1/8T")
    panel.state.set_tool("draw")
    later = RollState()
    RememberedState(later, Settings(settings.path))
    assert (later.right_button, later.scale, later.snaps_to_scale) == (
        "draw",
        Scale(4, "blues"),
        True,
    )
    assert (later.grid.name, later.tool, later.keeps_to_track) == ("1/8T", "draw", True)


@pytest.mark.parametrize("broken", [3, [], {"scale": [1]}, {"grid": "1/7"}, {"tool": 4}])
def test_broken_settings_leave_the_roll_as_it_is(
    qtbot: QtBot, tmp_path: Path, broken: object
) -> None:
    settings = Settings(tmp_path / "settings.json")
    settings.set("roll", broken)
    state = RollState()
    RememberedState(state, settings)
    assert (state.tool, state.grid.name, state.right_button) == ("select", "1/16", "auto")


def test_spreading_two_fingers_zooms_about_them(panel: ComposePanel) -> None:
    geometry, at = panel.roll_geometry, QPointF(300, 100)
    tick, before = geometry.tick_at(300), geometry.pixels_per_tick
    event = QNativeGestureEvent(
        Qt.NativeGestureType.ZoomNativeGesture,
        QPointingDevice.primaryPointingDevice(),
        2,
        at,
        at,
        QPointF(panel.roll.mapToGlobal(at)),
        0.25,
        QPointF(),
    )
    QApplication.sendEvent(panel.roll, event)
    assert geometry.pixels_per_tick == pytest.approx(1.25 * before)
    assert geometry.tick_at(300) == pytest.approx(tick)


def test_two_fingers_scroll_as_far_as_they_go(panel: ComposePanel) -> None:
    geometry = panel.roll_geometry
    y, tick = geometry.scroll_y, geometry.left_tick
    at = QPointF(300, 100)
    event = QWheelEvent(
        at,
        QPointF(panel.roll.mapToGlobal(at)),
        QPoint(-17, -9),
        QPoint(-40, -20),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.ScrollUpdate,
        False,
    )
    QApplication.sendEvent(panel.roll, event)
    assert geometry.scroll_y == y + 9
    assert (geometry.left_tick - tick) * geometry.pixels_per_tick == pytest.approx(17)
    assert event.type() == QEvent.Type.Wheel
