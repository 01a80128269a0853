"""What stands around the roll: ruler, keyboard, chords, overview, scale."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from models.notes import Note
from studio.score.scales import Scale
from studio.score.score import Edit
from studio.ui.compose.compose_panel import ComposePanel
from studio.ui.compose.score_view_model import ScoreViewModel

BEAT, BAR = 480, 1920
LEFT = Qt.MouseButton.LeftButton
SHIFT, CTRL, ALT = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)
TRIAD = [Note(0, pitch, BAR) for pitch in (60, 64, 67)]


class Transport:
    def __init__(self) -> None:
        self.loop: tuple[int, int] | None = None
        self.sought: list[float] = []

    def position_ticks(self) -> float:
        return 0.0

    def seek(self, tick: float) -> None:
        self.sought.append(tick)

    def set_loop(self, first: int, last: int) -> None:
        self.loop = (first, last)


@pytest.fixture
def panel(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ComposePanel]:
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path))
    model = ScoreViewModel()
    panel = ComposePanel(model, None, None, Transport())
    qtbot.addWidget(panel)
    panel.resize(1200, 700)
    panel.show()
    model.request(Edit("Given", added=frozenset(TRIAD)))
    yield panel
    model.close()


def drag(widget: QWidget, x1: float, x2: float, held: Qt.KeyboardModifier) -> None:
    y = widget.height() // 2
    QTest.mousePress(widget, LEFT, held, QPoint(round(x1), y))

    at = QPointF(x2, y)
    glob = QPointF(widget.mapToGlobal(QPoint(round(x2), y)))
    move = QMouseEvent(QEvent.Type.MouseMove, at, glob, Qt.MouseButton.NoButton, LEFT, held)
    QApplication.sendEvent(widget, move)
    QTest.mouseRelease(widget, LEFT, held, QPoint(round(x2), y))


def test_a_drag_on_the_ruler_moves_the_playhead(panel: ComposePanel) -> None:
    x = panel.roll_geometry.x_of
    drag(panel.ruler, x(BEAT), x(2 * BEAT) + 2, Qt.KeyboardModifier.NoModifier)
    assert panel._transport.sought == [BEAT, 2 * BEAT]


def test_a_shift_drag_on_the_ruler_draws_the_loop(panel: ComposePanel) -> None:
    x = panel.roll_geometry.x_of
    drag(panel.ruler, x(3 * BEAT), x(BEAT) + 1, SHIFT)
    assert panel._transport.loop == (BEAT, 3 * BEAT)
    assert panel._transport.sought == []


def test_a_ctrl_drag_on_the_ruler_selects_what_sounds_there(panel: ComposePanel) -> None:
    later = Note(2 * BAR, 60, BEAT)
    panel._view_model.request(Edit("More", added=frozenset({later})))
    x = panel.roll_geometry.x_of
    drag(panel.ruler, x(BAR - BEAT), x(BAR + BEAT), CTRL)
    assert panel._view_model.selection == set(TRIAD)


def test_an_alt_click_on_a_key_selects_its_notes(panel: ComposePanel) -> None:
    geometry = panel.roll_geometry
    geometry.show_pitch(64)
    y = geometry.y_of(64) + geometry.row_height // 2
    QTest.mouseClick(panel.keyboard, LEFT, ALT, QPoint(10, y))
    assert panel._view_model.selection == {TRIAD[1]}


def test_chords_are_named_and_follow_edits(panel: ComposePanel) -> None:
    assert [chord.name for chord in panel.chords.chords] == ["C"]
    down = Edit("Minor", frozenset({TRIAD[1]}), frozenset({Note(0, 63, BAR)}))
    panel._view_model.request(down)
    assert [chord.name for chord in panel.chords.chords] == ["Cm"]
    panel._view_model.undo()
    assert [chord.name for chord in panel.chords.chords] == ["C"]


def test_drums_make_no_chords(panel: ComposePanel) -> None:
    panel._view_model.add_track("Drums", is_drums=True)
    drums = {Note(0, pitch, BAR, track=1) for pitch in (36, 39, 43, 46)}
    panel._view_model.request(Edit("Beat", added=frozenset(drums)))
    assert [chord.name for chord in panel.chords.chords] == ["C"]


def test_far_out_there_is_no_room_for_chords(panel: ComposePanel) -> None:
    for _ in range(60):
        panel.roll_geometry.zoom_time(0.8, 0)
    panel._view_model.request(Edit("Far", added=frozenset({Note(400 * BAR, 60, BEAT)})))
    for _ in range(60):
        panel.roll_geometry.zoom_time(0.8, 0)
    assert panel.chords.chords == []


def test_pressing_the_overview_goes_there(panel: ComposePanel) -> None:
    panel._view_model.request(Edit("Far", added=frozenset({Note(100 * BAR, 60, BEAT)})))
    geometry, bar = panel.roll_geometry, panel.overview
    x = bar.x_of(60 * BAR)
    QTest.mouseClick(bar, LEFT, Qt.KeyboardModifier.NoModifier, QPoint(round(x), 20))
    assert geometry.left_tick < 60 * BAR < geometry.right_tick
    before = geometry.left_tick
    drag(bar, x, x + 10, Qt.KeyboardModifier.NoModifier)
    assert geometry.left_tick > before


def test_the_overview_shows_notes_where_they_are(panel: ComposePanel, qtbot: QtBot) -> None:
    def picture() -> object:
        return panel.overview.grab().toImage()

    before = picture()
    panel._view_model.request(Edit("Far", added=frozenset({Note(3 * BAR, 90, BAR)})))
    qtbot.waitUntil(lambda: picture() != before)


def test_the_scale_is_chosen_shown_and_kept_to(panel: ComposePanel) -> None:
    plain = panel.roll.grab().toImage()
    action = panel.findChild(QAction, "scale_2_dorian")
    assert isinstance(action, QAction)
    action.trigger()
    assert panel.state.scale == Scale(2, "dorian")
    assert panel.roll.grab().toImage() != plain
    snap = panel.findChild(QAction, "scale_snap")
    assert isinstance(snap, QAction)
    snap.trigger()
    assert panel.state.pitch(61) == 60
    off = panel.findChild(QAction, "scale_off")
    assert isinstance(off, QAction)
    off.trigger()
    assert panel.state.pitch(61) == 61
    assert panel.roll.grab().toImage() == plain
