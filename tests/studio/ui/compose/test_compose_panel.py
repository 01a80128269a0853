from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QMainWindow, QMenu, QWidget
from pytestqt.qtbot import QtBot

from models.notes import Note
from models.protocol import Piece, TrackInfo
from models.tempo_map import TimeSignature
from studio.score.midi_file import write_midi
from studio.score.score import Edit
from studio.score.song import Song
from studio.ui.compose.compose_panel import ComposePanel
from studio.ui.compose.score_view_model import ScoreViewModel

LEFT = Qt.MouseButton.LeftButton


class FakeTransport(QObject):
    position_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.tick, self.is_playing = 0.0, False
        self.told: list[object] = []

    def position_ticks(self) -> float:
        return self.tick

    def seek(self, tick: float) -> None:
        self.tick = tick

    def play_toggle(self) -> None:
        self.told.append("play")

    def to_start(self) -> None:
        self.told.append("start")

    def toggle_loop(self) -> None:
        self.told.append("loop")

    def preview_note(self, track: int, pitch: int, velocity: int) -> None:
        self.told.append((track, pitch))


@pytest.fixture
def model(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ScoreViewModel]:
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path / "home"))
    model = ScoreViewModel()
    yield model
    model.close()


@pytest.fixture
def transport() -> FakeTransport:
    return FakeTransport()


@pytest.fixture
def panel(qtbot: QtBot, model: ScoreViewModel, transport: FakeTransport) -> ComposePanel:
    panel = ComposePanel(model, None, QLabel("assistant"), transport)
    qtbot.addWidget(panel)
    panel.resize(1100, 600)
    panel.show()
    return panel


def open_song(model: ScoreViewModel, folder: Path) -> None:
    notes = (Note(0, 60, 480), Note(480 * 40, 84, 480, 64, 1))
    tracks = (TrackInfo("Lead"), TrackInfo("Bass", 33))
    signatures = (TimeSignature(0, 3, 4),)
    write_midi(
        Song.from_piece(Piece(480, notes, tracks, time_signatures=signatures)), folder / "s.mid"
    )
    model.open(folder / "s.mid")


def test_a_click_on_the_ruler_moves_the_playhead_to_the_grid(
    panel: ComposePanel, transport: FakeTransport
) -> None:
    x = round(panel.roll_geometry.x_of(500))
    QTest.mouseClick(panel.ruler, LEFT, pos=QPoint(x, 10))
    assert transport.tick == 480


def test_a_key_of_the_keyboard_sounds_on_the_active_track(
    panel: ComposePanel, transport: FakeTransport
) -> None:
    y = panel.roll_geometry.y_of(64) + 5
    QTest.mouseClick(panel.keyboard, LEFT, pos=QPoint(10, y))
    assert transport.told == [(0, 64)]


def test_a_muted_track_is_not_previewed(
    panel: ComposePanel, model: ScoreViewModel, transport: FakeTransport
) -> None:
    model.set_muted(0, True)
    QTest.mouseClick(panel.keyboard, LEFT, pos=QPoint(10, 50))
    assert transport.told == []


def test_space_plays_enter_rewinds_and_l_loops_from_the_roll(
    panel: ComposePanel, transport: FakeTransport
) -> None:
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_L):
        QTest.keyClick(panel.roll, key)
    assert transport.told == ["play", "start", "loop"]


def test_the_page_turns_when_the_music_reaches_its_edge(
    panel: ComposePanel, model: ScoreViewModel, transport: FakeTransport, tmp_path: Path
) -> None:
    open_song(model, tmp_path)
    transport.is_playing = True
    transport.tick = panel.roll_geometry.right_tick + 10
    transport.position_changed.emit()
    assert panel.roll_geometry.left_tick < transport.tick < panel.roll_geometry.right_tick


def test_tracks_are_listed_and_a_click_makes_one_active(
    panel: ComposePanel, model: ScoreViewModel, tmp_path: Path, qtbot: QtBot
) -> None:
    open_song(model, tmp_path)
    row = panel.findChild(QWidget, "track_2")
    assert isinstance(row, QWidget)
    assert row.accessibleName() == "Bass"
    QTest.mouseClick(row, LEFT, pos=QPoint(30, 10))
    assert model.active_track == 1
    solo = panel.findChild(QAbstractButton, "track_2_solo")
    assert isinstance(solo, QAbstractButton)
    solo.click()
    assert not model.is_audible(0)


def test_a_track_can_be_added(panel: ComposePanel, model: ScoreViewModel) -> None:
    button = panel.findChild(QAbstractButton, "add_track_button")
    assert isinstance(button, QAbstractButton)
    button.click()
    assert [track.channel for track in model.tracks] == [0, 1]
    assert model.active_track == 1
    assert panel.findChild(QWidget, "track_2") is not None


def test_the_toolbar_follows_and_changes_the_tool_and_the_grid(panel: ComposePanel) -> None:
    draw = panel.toolbar.findChild(QAction, "draw_tool")
    assert isinstance(draw, QAction)
    draw.trigger()
    assert panel.state.tool == "draw"
    QTest.keyClick(panel.roll, Qt.Key.Key_V)
    assert not draw.isChecked()
    grid = panel.toolbar.findChild(QComboBox, "grid_chooser")
    assert isinstance(grid, QComboBox)
    grid.setCurrentText("1/32T")
    assert panel.state.grid.ticks(480) == 40


def test_undo_names_what_it_takes_back(panel: ComposePanel, model: ScoreViewModel) -> None:
    undo = panel.toolbar.findChild(QAction, "roll_undo")
    assert isinstance(undo, QAction)
    assert not undo.isEnabled()
    assert "nothing to" in undo.toolTip()
    model.request(Edit("Draw note", added=frozenset({Note(0, 60, 480)})))
    assert undo.toolTip() == "Undo: draw note (Ctrl+Z)"
    undo.trigger()
    assert model.score.notes == []


def test_the_menu_of_the_roll_does_what_the_keys_do(
    panel: ComposePanel, model: ScoreViewModel, qtbot: QtBot
) -> None:
    model.request(Edit("Draw note", added=frozenset({Note(0, 60, 480)})))
    model.select(model.score.notes)
    QTest.mouseClick(panel.roll, Qt.MouseButton.RightButton, pos=QPoint(300, 100))
    menu = panel.findChild(QMenu, "roll_menu")
    assert isinstance(menu, QMenu)
    (delete,) = [action for action in menu.actions() if action.text().startswith("Delete")]
    delete.trigger()
    menu.close()
    assert model.score.notes == []


def test_the_scroll_bars_follow_and_lead(
    panel: ComposePanel, model: ScoreViewModel, tmp_path: Path
) -> None:
    open_song(model, tmp_path)
    bar = panel.findChild(QWidget, "roll_scroll_time")
    assert bar is panel.scroll_bars.time
    panel.scroll_bars.time.setValue(300)
    assert panel.roll_geometry.x_of(0) == pytest.approx(-300)
    panel.roll_geometry.scroll_by(100, 0)
    assert panel.scroll_bars.time.value() == 400


def test_every_control_has_a_name_and_words_for_it(panel: ComposePanel) -> None:
    controls = [*panel.findChildren(QAbstractButton), *panel.findChildren(QComboBox)]
    controls = [control for control in controls if control.objectName() != "qt_toolbar_ext_button"]
    assert len(controls) >= 8
    for control in controls:
        assert control.objectName(), control
        assert control.accessibleName(), control.objectName()
        assert control.toolTip(), control.objectName()
        assert control.statusTip() or control.property("text"), control.objectName()


def test_the_window_s_status_bar_tells_what_the_mouse_would_do(
    qtbot: QtBot, model: ScoreViewModel, transport: FakeTransport
) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    window.resize(1000, 600)
    window.statusBar().show()
    panel = ComposePanel(model, None, QLabel(""), transport)
    window.setCentralWidget(panel)
    window.show()
    QTest.mouseMove(panel.roll, QPoint(200, 100))
    qtbot.waitUntil(lambda: "Drag to select" in window.statusBar().currentMessage())


def test_the_window_s_open_and_save_are_shown(
    qtbot: QtBot, model: ScoreViewModel, transport: FakeTransport
) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    actions = {name: QAction(name, window) for name in ("open", "save")}
    for name, action in actions.items():
        action.setObjectName(name)
    panel = ComposePanel(model, None, QLabel(""), transport)
    window.setCentralWidget(panel)
    window.show()
    assert panel.toolbar.actions()[:2] == list(actions.values())
