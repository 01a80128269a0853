"""What stands around the roll: ruler, keyboard, chords, overview, scale."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from models.notes import Note
from studio.score.controllers import CONTROLLERS
from studio.score.midi_file import midi_bytes
from studio.score.scales import Scale
from studio.score.score import Edit
from studio.ui.compose.compose_panel import ComposePanel
from studio.ui.compose.mark_layout import mark_rects
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.compose.track_list import TrackList, TrackRow
from studio.ui.compose.track_menu import TrackMenu

BEAT, BAR = 480, 1920
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
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


def test_past_the_end_there_are_no_chords(panel: ComposePanel) -> None:
    panel.roll_geometry.scroll_to_tick(50 * BAR)
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


# marks


def values(panel: ComposePanel) -> list[tuple[str, int, str]]:
    return [(mark.kind, mark.tick, mark.value) for mark in panel.marks.marks]


def write(panel: ComposePanel, kind: str, tick: int, text: str) -> None:
    panel.marks.write(kind, tick)  # type: ignore[arg-type]
    QTest.keyClicks(panel.marks.field, text)
    QTest.keyClick(panel.marks.field, Qt.Key.Key_Return)


def test_a_tempo_is_written_moved_and_taken_away(panel: ComposePanel) -> None:
    lane, model = panel.marks, panel._view_model
    write(panel, "tempo", BAR, "90")
    assert ("tempo", BAR, "90") in values(panel)
    assert not lane.field.isVisible()
    rects = mark_rects(lane.marks, panel.roll_geometry)
    rect = next(rect for mark, rect in rects if mark.value == "90")
    drag(lane, rect.left() + 4, rect.left() + 4 + BAR * panel.roll_geometry.pixels_per_tick, NONE)
    assert ("tempo", 2 * BAR, "90") in values(panel)
    assert model.song.tempo_map.change_at(BAR).bpm == 120
    QTest.keyClick(lane, Qt.Key.Key_Delete)
    assert ("tempo", 2 * BAR, "90") not in values(panel)
    for _ in range(3):
        model.undo()
    assert values(panel) == [("tempo", 0, "120"), ("time", 0, "4/4")]


def test_marks_are_walked_and_rewritten_by_keys(panel: ComposePanel) -> None:
    lane = panel.marks
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Return):
        QTest.keyClick(lane, key)
    assert lane.field.isVisible()
    assert lane.field.text() == "4/4"
    QTest.keyClicks(lane.field, "6/8")
    QTest.keyClick(lane.field, Qt.Key.Key_Return)
    assert panel._view_model.song.metre.bar_start(1) == 3 * BEAT


def test_nonsense_is_refused_in_words(panel: ComposePanel) -> None:
    told: list[str] = []
    panel._view_model.refused.connect(told.append)
    write(panel, "time", 0, "four")
    assert told == ["“four” is no time signature such as 3/4 or 12/8."]
    assert values(panel) == [("tempo", 0, "120"), ("time", 0, "4/4")]


def test_the_menu_offers_every_kind_of_mark(panel: ComposePanel) -> None:
    lane = panel.marks
    at = QPoint(round(panel.roll_geometry.x_of(2 * BAR)), 10)
    QTest.mouseDClick(lane, LEFT, NONE, at)
    menu = lane.findChild(QMenu, "mark_menu")
    assert isinstance(menu, QMenu)
    names = [action.objectName() for action in menu.actions()]
    assert names == ["mark_marker", "mark_tempo", "mark_time", "mark_key"]
    menu.actions()[0].trigger()
    QTest.keyClicks(lane.field, "Verse")
    QTest.keyClick(lane.field, Qt.Key.Key_Return)
    assert ("marker", 2 * BAR, "Verse") in values(panel)
    menu.close()


# tracks


def test_a_track_is_renamed_by_double_click_and_back_by_undo(panel: ComposePanel) -> None:
    row = panel.findChild(QWidget, "track_1")
    assert isinstance(row, TrackRow)
    QTest.mouseDClick(row, LEFT, NONE, QPoint(60, 20))
    assert row.name_field.isVisible()
    QTest.keyClicks(row.name_field, "Harp")
    QTest.keyClick(row.name_field, Qt.Key.Key_Return)
    assert panel._view_model.tracks[0].name == "Harp"
    assert [r.accessibleName() for r in panel.tracks._rows] == ["Harp"]
    panel._view_model.undo()
    assert [r.accessibleName() for r in panel.tracks._rows] == ["Piano"]


def test_escape_leaves_the_name(panel: ComposePanel) -> None:
    row = panel.tracks._rows[0]
    QTest.keyClick(row, Qt.Key.Key_F2)
    QTest.keyClicks(row.name_field, "x")
    QTest.keyClick(row.name_field, Qt.Key.Key_Escape)
    assert not row.name_field.isVisible()
    assert panel._view_model.tracks[0].name == "Piano"


def test_the_menu_of_a_track_chooses_its_instrument(panel: ComposePanel) -> None:
    model = panel._view_model
    menu = TrackMenu(model, 0, lambda: None, panel)
    harp = menu.findChild(QAction, "instrument_46")
    assert isinstance(harp, QAction)
    harp.trigger()
    assert model.tracks[0].program == 46
    menu.close()


# controllers


def lane_drag(panel: ComposePanel, first: int, last: int, share: float, button: object) -> None:
    lane, x = panel.controllers, panel.roll_geometry.x_of
    y = 8 + (1 - share) * (lane.height() - 12)
    kinds = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.MouseButtonRelease)
    for kind, tick in zip(kinds, (first, last, last), strict=True):
        at = QPointF(x(tick) + 1, y)
        glob = QPointF(lane.mapToGlobal(at))
        which = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else button
        event = QMouseEvent(kind, at, glob, which, button, NONE)  # type: ignore[call-overload]
        QApplication.sendEvent(lane, event)


def test_a_track_is_deleted_and_all_that_goes_by_numbers_follows(panel: ComposePanel) -> None:
    model = panel._view_model
    for name in ("Bass", "Flute"):
        model.add_track(name)
    notes = frozenset(Note(BEAT * i, 60 + i, BEAT, track=i) for i in range(3))
    model.request(Edit("Given", added=notes))
    model.set_muted(2, True)
    model.locks.set_track(2, True)
    model.locks.toggle([Note(BEAT * 2, 62, BEAT, track=2)])
    before, rows = midi_bytes(model.song), panel.findChild(TrackList)
    assert rows is not None
    QTest.keyClick(rows._rows[1], Qt.Key.Key_Delete)
    assert [track.name for track in model.tracks] == ["Piano", "Flute"]
    there = [(n.pitch, n.track) for n in model.score.notes if n not in TRIAD[1:]]
    assert there == [(60, 0), (60, 0), (62, 1)]
    assert (model.muted, model.locks.tracks) == ({1}, {1})
    assert model.locks.notes == {Note(BEAT * 2, 62, BEAT, track=1)}
    assert len(rows._rows) == 2
    model.undo()
    assert midi_bytes(model.song) == before
    assert (model.muted, model.locks.tracks, len(rows._rows)) == ({2}, {2}, 3)
    for _ in range(3):
        model.undo()
    assert [track.name for track in model.tracks] == ["Piano"], "adding tracks is undone, too"
    assert model.active_track == 0


def test_a_controller_is_chosen_drawn_erased_and_undone(panel: ComposePanel) -> None:
    action = panel.findChild(QAction, "lane_11")
    assert isinstance(action, QAction)
    action.trigger()
    lane, model = panel.controllers, panel._view_model
    assert lane.isVisible()
    assert panel.lane_chooser.text() == "Expression"
    lane_drag(panel, 0, BEAT, 0.5, LEFT)
    assert [point.tick for point in lane.points] == [0, 120, 240, 360, 480]
    assert all(abs(point.value - 64) <= 2 for point in lane.points)
    assert model.score.undo_label == "Expression"
    lane_drag(panel, 120, 240, 0.5, Qt.MouseButton.RightButton)
    assert [point.tick for point in lane.points] == [0, 360, 480]
    model.undo()
    model.undo()
    assert lane.points == []
    lane.grab()


def test_sustain_is_up_or_down(panel: ComposePanel) -> None:
    action = panel.findChild(QAction, "lane_64")
    assert isinstance(action, QAction)
    action.trigger()
    lane_drag(panel, 0, 0, 0.8, LEFT)
    lane_drag(panel, BEAT, BEAT, 0.2, LEFT)
    assert [(p.tick, p.value) for p in panel.controllers.points] == [(0, 127), (BEAT, 0)]


def test_escape_leaves_a_controller_as_it_was(panel: ComposePanel) -> None:
    panel.lane_chooser.choose(CONTROLLERS[0])
    lane = panel.controllers
    QTest.mousePress(lane, LEFT, NONE, QPoint(50, 30))
    lane.grab()
    QTest.keyClick(lane, Qt.Key.Key_Escape)
    QTest.mouseRelease(lane, LEFT, NONE, QPoint(50, 30))
    assert lane.points == []
