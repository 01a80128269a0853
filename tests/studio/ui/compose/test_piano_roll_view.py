"""Every gesture and key of the roll, driven by real events: one edit each, and undo to the byte."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from models.notes import EditEvent, Note
from studio.score.midi_file import midi_bytes
from studio.score.scales import Scale
from studio.score.score import Edit
from studio.ui.compose.piano_roll_view import PianoRollView
from studio.ui.compose.roll_commands import RollCommands
from studio.ui.compose.roll_geometry import RollGeometry
from studio.ui.compose.roll_key_table import ROLL_KEYS
from studio.ui.compose.roll_keys import key_table
from studio.ui.compose.roll_state import ADAPTIVE, RollState
from studio.ui.compose.score_view_model import ScoreViewModel

LEFT, RIGHT, MIDDLE = (
    Qt.MouseButton.LeftButton,
    Qt.MouseButton.RightButton,
    Qt.MouseButton.MiddleButton,
)
NONE, SHIFT, CTRL, ALT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)
BEAT, STEP = 480, 120
LOW, HIGH = Note(0, 60, BEAT), Note(BEAT, 64, BEAT)


@dataclass(frozen=True)
class FakeGhost:
    event: EditEvent
    is_accepted: bool = True


class FakeGhosts(QObject):
    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.ghosts: tuple[FakeGhost, ...] = ()
        self.told: list[object] = []

    def toggle(self, index: int) -> None:
        self.told.append(index)

    def accept(self) -> None:
        self.told.append("accept")

    def refuse(self) -> None:
        self.told.append("refuse")


class Roll:
    """The roll with its parts, and a hand to move the mouse with."""

    def __init__(self, qtbot: QtBot) -> None:
        self.model = ScoreViewModel()
        self.state = RollState()
        self.geometry = RollGeometry()
        self.ghosts = FakeGhosts()
        self.heard: list[tuple[int, int, int]] = []
        self.position = 4 * BEAT
        self.view = PianoRollView(
            self.model,
            self.state,
            self.geometry,
            ghosts=self.ghosts,
            position_ticks=lambda: self.position,
            preview_note=lambda *note: self.heard.append(note),
        )
        qtbot.addWidget(self.view)
        self.view.resize(900, 500)
        self.view.show()
        self.geometry.pixels_per_tick = 0.1  # a beat is 48 pixels, a step 12
        self.geometry.center_pitch(62)
        self.before = midi_bytes(self.model.song)
        self.edits: list[Edit] = []
        self.model.edited.connect(self.edits.append)
        self.refusals: list[str] = []
        self.model.refused.connect(self.refusals.append)

    def give(self, *notes: Note) -> None:
        self.model.request(Edit("Given", added=frozenset(notes)))
        self.before = midi_bytes(self.model.song)
        self.edits.clear()

    @property
    def notes(self) -> list[Note]:
        return self.model.score.notes

    def at(self, tick: float, pitch: int) -> QPoint:
        y = self.geometry.y_of(pitch) + self.geometry.row_height // 2
        return QPoint(round(self.geometry.x_of(tick)), y)

    def mouse(
        self, kind: str, at: QPoint, button: Qt.MouseButton, held: Qt.KeyboardModifier
    ) -> None:
        types = {
            "press": QMouseEvent.Type.MouseButtonPress,
            "move": QMouseEvent.Type.MouseMove,
            "release": QMouseEvent.Type.MouseButtonRelease,
            "double": QMouseEvent.Type.MouseButtonDblClick,
        }
        down = button if kind != "release" else Qt.MouseButton.NoButton
        which = Qt.MouseButton.NoButton if kind == "move" else button
        where = QPointF(at)
        glob = QPointF(self.view.mapToGlobal(at))
        QApplication.sendEvent(self.view, QMouseEvent(types[kind], where, glob, which, down, held))

    def press(
        self, at: QPoint, button: Qt.MouseButton = LEFT, held: Qt.KeyboardModifier = NONE
    ) -> None:
        self.mouse("press", at, button, held)

    def move(
        self, at: QPoint, button: Qt.MouseButton = LEFT, held: Qt.KeyboardModifier = NONE
    ) -> None:
        self.mouse("move", at, button, held)

    def drag(
        self,
        start: QPoint,
        *way: QPoint,
        button: Qt.MouseButton = LEFT,
        held: Qt.KeyboardModifier = NONE,
        later: Qt.KeyboardModifier | None = None,
    ) -> None:
        """Press at `start`, pass `way`, release; `later` are the keys held after the press."""
        then = held if later is None else later
        self.press(start, button, held)
        for at in way:
            self.move(at, button, then)
        self.mouse("release", way[-1] if way else start, button, then)

    def key(self, key: Qt.Key, held: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(self.view, key, held)

    def wheel(
        self, notches: int, held: Qt.KeyboardModifier = NONE, at: QPoint | None = None
    ) -> None:
        at = at or QPoint(450, 250)
        event = QWheelEvent(
            QPointF(at),
            QPointF(self.view.mapToGlobal(at)),
            QPoint(),
            QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton,
            held,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(self.view, event)


@pytest.fixture
def roll(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Roll]:
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path))
    roll = Roll(qtbot)
    yield roll
    roll.model.close()


def only_edit(roll: Roll) -> Edit:
    """The one edit that was made; undoing it gives the very bytes from before."""
    (edit,) = roll.edits
    after, chosen = midi_bytes(roll.model.song), roll.model.selection
    roll.model.undo()
    assert midi_bytes(roll.model.song) == roll.before
    roll.model.redo()
    roll.model.select(chosen)
    assert midi_bytes(roll.model.song) == after
    return edit


@pytest.fixture
def pair(roll: Roll) -> Roll:
    """A roll with two notes on it."""
    roll.give(LOW, HIGH)
    return roll


def middle(roll: Roll, note: Note) -> QPoint:
    return roll.at(note.start + note.duration / 2, note.pitch)


# drawing


def test_a_click_with_the_pencil_draws_a_note_of_one_step(roll: Roll) -> None:
    roll.state.set_tool("draw")
    roll.drag(roll.at(STEP * 5 + 40, 62))
    assert only_edit(roll).added == {Note(STEP * 5, 62, STEP, 96)}
    assert roll.model.selection == {Note(STEP * 5, 62, STEP, 96)}
    assert roll.heard == [(0, 62, 96)]


def test_a_drag_with_the_pencil_draws_a_longer_note(roll: Roll) -> None:
    roll.state.set_tool("draw")
    roll.drag(roll.at(0, 62), roll.at(200, 62), roll.at(BEAT - 20, 62))
    assert only_edit(roll).added == {Note(0, 62, BEAT, 96)}


def test_alt_draws_off_the_grid(roll: Roll) -> None:
    roll.state.set_tool("draw")
    roll.drag(roll.at(50, 62), roll.at(310, 62), held=ALT)
    (note,) = only_edit(roll).added
    assert note.start == 50
    assert abs(note.end - 310) <= 10


def test_a_double_click_draws_in_the_select_tool(roll: Roll) -> None:
    roll.mouse("double", roll.at(BEAT, 65), LEFT, NONE)
    roll.mouse("release", roll.at(BEAT, 65), LEFT, NONE)
    assert only_edit(roll).added == {Note(BEAT, 65, STEP, 96)}


def test_shift_drag_paints_a_note_on_every_step(roll: Roll) -> None:
    roll.state.set_tool("draw")
    roll.drag(roll.at(10, 62), roll.at(BEAT - 10, 62), held=SHIFT)
    assert [note.start for note in sorted(only_edit(roll).added)] == [0, 120, 240, 360]


def test_notes_are_drawn_on_the_active_track(roll: Roll) -> None:
    roll.model.add_track("Bass")
    roll.state.set_tool("draw")
    roll.drag(roll.at(0, 62))
    assert [note.track for note in roll.notes] == [1]


def test_escape_while_drawing_leaves_nothing(roll: Roll) -> None:
    roll.state.set_tool("draw")
    roll.press(roll.at(0, 62))
    roll.move(roll.at(BEAT, 62))
    roll.key(Qt.Key.Key_Escape)
    roll.mouse("release", roll.at(BEAT, 62), LEFT, NONE)
    assert roll.notes == []
    assert roll.edits == []


# selecting


def test_a_click_selects_one_note_and_empty_paper_none(pair: Roll) -> None:
    pair.drag(middle(pair, LOW))
    assert pair.model.selection == {LOW}
    pair.drag(middle(pair, HIGH))
    assert pair.model.selection == {HIGH}
    pair.drag(pair.at(2000, 70))
    assert pair.model.selection == frozenset()
    assert pair.edits == []


def test_shift_adds_and_ctrl_toggles(pair: Roll) -> None:
    pair.drag(middle(pair, LOW))
    pair.drag(middle(pair, HIGH), held=SHIFT)
    assert pair.model.selection == {LOW, HIGH}
    pair.drag(middle(pair, LOW), held=CTRL)
    assert pair.model.selection == {HIGH}
    assert pair.edits == []


def test_the_marquee_takes_what_it_touches_and_does_not_snap(pair: Roll) -> None:
    pair.drag(pair.at(BEAT + 30, 66), pair.at(BEAT + 60, 64))
    assert pair.model.selection == {HIGH}
    pair.drag(pair.at(BEAT - 40, 66), pair.at(BEAT - 20, 64))
    assert pair.model.selection == frozenset()


def test_a_marquee_with_shift_adds_and_with_ctrl_toggles(pair: Roll) -> None:
    around_low = (pair.at(-0 + 10, 61), pair.at(200, 59))
    everything = (pair.at(10, 66), pair.at(BEAT + 100, 59))
    pair.drag(middle(pair, HIGH))
    pair.drag(*around_low, held=SHIFT)
    assert pair.model.selection == {LOW, HIGH}
    pair.drag(middle(pair, HIGH))
    pair.drag(*everything, held=CTRL)
    assert pair.model.selection == {LOW}


def test_ctrl_a_selects_all_and_tab_walks(pair: Roll) -> None:
    pair.key(Qt.Key.Key_A, CTRL)
    assert pair.model.selection == {LOW, HIGH}
    pair.model.select(())
    pair.key(Qt.Key.Key_Tab)
    assert pair.model.selection == {LOW}
    pair.key(Qt.Key.Key_Tab)
    assert pair.model.selection == {HIGH}
    pair.key(Qt.Key.Key_Backtab, SHIFT)
    assert pair.model.selection == {LOW}


# moving


def test_a_drag_moves_by_whole_steps_in_one_edit(pair: Roll) -> None:
    pair.drag(middle(pair, LOW), pair.at(250, 61), pair.at(BEAT / 2 + STEP + 20, 62))
    moved = Note(STEP, 62, BEAT)
    assert only_edit(pair) == Edit("Move", frozenset({LOW}), frozenset({moved}))
    assert pair.model.selection == {moved}


def test_the_whole_selection_moves(pair: Roll) -> None:
    pair.model.select({LOW, HIGH})
    pair.drag(middle(pair, HIGH), pair.at(BEAT * 1.5 + BEAT, 65))
    assert pair.notes == [
        replace(LOW, start=BEAT, pitch=61),
        replace(HIGH, start=2 * BEAT, pitch=65),
    ]
    only_edit(pair)


def test_the_score_is_untouched_until_the_release_and_escape_restores(pair: Roll) -> None:
    before = midi_bytes(pair.model.song)
    pair.press(middle(pair, LOW))
    pair.move(pair.at(BEAT * 2, 70))
    assert midi_bytes(pair.model.song) == before
    pair.key(Qt.Key.Key_Escape)
    pair.mouse("release", pair.at(BEAT * 2, 70), LEFT, NONE)
    assert midi_bytes(pair.model.song) == before
    assert pair.edits == []


def test_alt_moves_off_the_grid(pair: Roll) -> None:
    pair.drag(middle(pair, LOW), pair.at(BEAT / 2 + 50, 60), later=ALT)
    assert only_edit(pair).added == {replace(LOW, start=50)}


def test_a_vertical_drag_keeps_the_time_of_a_note_off_the_grid(roll: Roll) -> None:
    odd = Note(37, 60, BEAT)
    roll.give(odd)
    roll.drag(middle(roll, odd), middle(roll, replace(odd, pitch=63)))
    assert only_edit(roll).added == {replace(odd, pitch=63)}


def test_ctrl_drag_copies(pair: Roll) -> None:
    pair.drag(middle(pair, LOW), pair.at(BEAT / 2 + 2 * BEAT, 60), held=CTRL)
    assert only_edit(pair) == Edit("Copy", added=frozenset({replace(LOW, start=2 * BEAT)}))
    assert LOW in pair.notes


def test_a_drag_back_to_where_it_began_changes_nothing(pair: Roll) -> None:
    pair.drag(middle(pair, LOW), pair.at(BEAT, 66), middle(pair, LOW))
    assert pair.edits == []
    assert pair.refusals == []


def test_a_note_moved_is_heard_at_its_new_pitch(pair: Roll) -> None:
    pair.drag(middle(pair, LOW), pair.at(BEAT / 2, 61), pair.at(BEAT / 2, 62))
    assert [pitch for _, pitch, _ in pair.heard] == [60, 61, 62]


def test_moving_with_the_scale_snapped_lands_on_its_pitches(roll: Roll) -> None:
    roll.give(LOW)
    roll.state.set_scale(Scale(0))
    roll.state.set_snaps_to_scale(True)
    roll.drag(middle(roll, LOW), middle(roll, replace(LOW, pitch=63)))
    assert only_edit(roll).added == {replace(LOW, pitch=62)}
    roll.state.set_tool("draw")
    roll.drag(roll.at(4 * BEAT, 66))
    assert [note.pitch for note in roll.notes] == [62, 65]


# the lasso, velocity on the note, the right button


def test_an_alt_drag_on_paper_is_a_lasso(roll: Roll) -> None:
    notes = [Note(0, 60, STEP), Note(BEAT, 66, STEP), Note(BEAT, 60, STEP), Note(3 * BEAT, 63, 60)]
    roll.give(*notes)
    round_two = [(0, 58), (2 * BEAT, 58), (2 * BEAT, 64), (BEAT // 2, 61), (0, 62)]
    start, *way = (roll.at(tick + 1, pitch) for tick, pitch in round_two)
    roll.drag(start, *way, held=ALT)
    assert roll.model.selection == {notes[0], notes[2]}
    assert roll.edits == []
    roll.drag(
        *(roll.at(t, p) for t, p in [(BEAT - 40, 67), (2 * BEAT, 67), (BEAT, 64)]), held=ALT | SHIFT
    )
    assert roll.model.selection == set(notes[:3])


def test_a_lasso_round_nothing_selects_nothing(pair: Roll) -> None:
    pair.model.select({LOW})
    pair.drag(pair.at(3000, 70), pair.at(3200, 72), pair.at(3300, 70), held=ALT)
    assert pair.model.selection == frozenset()


def test_an_alt_drag_on_a_note_changes_the_velocity_of_all_chosen(pair: Roll) -> None:
    pair.model.select({LOW, HIGH})
    at = middle(pair, LOW)
    pair.drag(at, at - QPoint(0, 10), at - QPoint(0, 40), held=ALT)
    edit = only_edit(pair)
    assert edit.label == "Velocity"
    assert edit.added == {replace(LOW, velocity=84), replace(HIGH, velocity=84)}
    assert pair.heard[-1] == (0, 60, 64)


def test_velocity_stays_within_what_midi_can_say(pair: Roll) -> None:
    at = middle(pair, LOW)
    pair.drag(at, at + QPoint(0, 300), held=ALT)
    assert only_edit(pair).added == {replace(LOW, velocity=1)}


@pytest.mark.parametrize(
    ("meaning", "tool", "expected"),
    [("auto", "draw", "Erase"), ("erase", "select", "Erase"), ("draw", "select", "Draw note")],
)
def test_the_right_button_does_what_the_setting_says(
    roll: Roll, meaning: str, tool: str, expected: str
) -> None:
    roll.give(LOW)
    roll.state.set_tool(tool)  # type: ignore[arg-type]
    roll.state.set_right_button(meaning)  # type: ignore[arg-type]
    roll.drag(roll.at(200, 60), roll.at(300, 60), button=RIGHT)
    assert only_edit(roll).label == expected


def test_the_right_button_can_ask_for_the_menu_in_every_tool(roll: Roll, qtbot: QtBot) -> None:
    roll.state.set_tool("draw")
    roll.state.set_right_button("menu")
    with qtbot.waitSignal(roll.view.menu_requested):
        roll.drag(roll.at(200, 60), button=RIGHT)


# resizing, erasing


def test_the_right_edge_changes_the_length(pair: Roll) -> None:
    end = pair.at(LOW.end, 60) - QPoint(2, 0)
    pair.drag(end, end + QPoint(12, 0))
    assert only_edit(pair).added == {replace(LOW, duration=BEAT + STEP)}


def test_the_left_edge_moves_the_start_only(pair: Roll) -> None:
    start = pair.at(HIGH.start, 64) + QPoint(2, 0)
    pair.drag(start, start + QPoint(24, 0))
    assert only_edit(pair).added == {Note(HIGH.start + 2 * STEP, 64, BEAT - 2 * STEP)}


def test_no_note_becomes_shorter_than_a_step_by_the_mouse(pair: Roll) -> None:
    end = pair.at(LOW.end, 60) - QPoint(2, 0)
    pair.drag(end, end - QPoint(200, 0))
    assert only_edit(pair).added == {replace(LOW, duration=STEP)}


def test_delete_removes_the_selection(pair: Roll) -> None:
    pair.model.select({LOW})
    pair.key(Qt.Key.Key_Delete)
    assert only_edit(pair) == Edit("Delete", removed=frozenset({LOW}))
    assert pair.notes == [HIGH]


def test_a_right_drag_with_the_pencil_erases_what_it_sweeps(roll: Roll) -> None:
    row = [Note(i * STEP, 60, STEP) for i in range(6)]
    roll.give(*row)
    roll.state.set_tool("draw")
    roll.drag(roll.at(STEP + 20, 60), roll.at(4 * STEP + 20, 60), button=RIGHT)
    assert only_edit(roll).removed == set(row[1:5])


def test_a_right_click_with_the_arrow_asks_for_a_menu(pair: Roll, qtbot: QtBot) -> None:
    with qtbot.waitSignal(pair.view.menu_requested):
        pair.drag(middle(pair, LOW), button=RIGHT)
    assert pair.edits == []


# keys


@pytest.mark.parametrize(
    ("key", "held", "expected"),
    [
        (Qt.Key.Key_Up, NONE, replace(HIGH, pitch=65)),
        (Qt.Key.Key_Down, NONE, replace(HIGH, pitch=63)),
        (Qt.Key.Key_Up, SHIFT, replace(HIGH, pitch=76)),
        (Qt.Key.Key_Down, SHIFT, replace(HIGH, pitch=52)),
        (Qt.Key.Key_Right, NONE, replace(HIGH, start=BEAT + STEP)),
        (Qt.Key.Key_Left, NONE, replace(HIGH, start=BEAT - STEP)),
        (Qt.Key.Key_Right, SHIFT, replace(HIGH, duration=BEAT + STEP)),
        (Qt.Key.Key_Left, SHIFT, replace(HIGH, duration=BEAT - STEP)),
        (Qt.Key.Key_Plus, NONE, replace(HIGH, velocity=72)),
        (Qt.Key.Key_Plus, SHIFT, replace(HIGH, velocity=72)),
        (Qt.Key.Key_Minus, NONE, replace(HIGH, velocity=56)),
    ],
)
def test_keys_change_the_selection(
    pair: Roll, key: Qt.Key, held: Qt.KeyboardModifier, expected: Note
) -> None:
    pair.model.select({HIGH})
    pair.key(key, held)
    edit = only_edit(pair)
    assert edit.removed == {HIGH}
    assert edit.added == {expected}
    assert pair.model.selection == {expected}


def test_keys_walk_along_the_scale_of_the_key(pair: Roll) -> None:
    pair.state.set_scale(Scale(7))
    pair.model.select({HIGH})
    pair.key(Qt.Key.Key_Up, ALT)
    assert only_edit(pair).added == {replace(HIGH, pitch=66)}
    pair.edits.clear()
    pair.key(Qt.Key.Key_Down, ALT)
    assert pair.notes == [LOW, HIGH]


def test_alt_and_an_arrow_nudge_by_a_hair(pair: Roll) -> None:
    pair.model.select({HIGH})
    pair.key(Qt.Key.Key_Right, ALT)
    assert only_edit(pair).added == {replace(HIGH, start=BEAT + 5)}


def test_c_splits_at_the_mouse_and_j_joins_again(pair: Roll) -> None:
    pair.move(pair.at(STEP, 70), Qt.MouseButton.NoButton)
    pair.key(Qt.Key.Key_C)
    halves = {replace(LOW, duration=STEP), Note(STEP, 60, BEAT - STEP)}
    assert only_edit(pair) == Edit("Split", frozenset({LOW}), frozenset(halves))
    assert pair.model.selection == halves
    pair.edits.clear()
    pair.key(Qt.Key.Key_J)
    assert [edit.label for edit in pair.edits] == ["Join"]
    assert pair.notes == [LOW, HIGH]


def test_c_splits_only_the_chosen_notes_and_at_the_playhead_without_a_mouse(roll: Roll) -> None:
    upper = replace(LOW, pitch=67)
    roll.give(LOW, upper)
    roll.model.select({upper})
    roll.position = 2 * STEP
    roll.key(Qt.Key.Key_C)
    assert only_edit(roll).removed == {upper}


def test_legato_and_humanise_are_one_edit_each(roll: Roll) -> None:
    first, second = Note(1000, 60, 50), Note(2000, 62, 50)
    roll.give(first, second)
    roll.key(Qt.Key.Key_L, SHIFT)
    assert only_edit(roll).added == {replace(first, duration=1000)}
    roll.give()
    roll.key(Qt.Key.Key_H)
    assert only_edit(roll).label == "Humanise"


def test_choosing_by_what_notes_are_like(pair: Roll) -> None:
    off = Note(1001, 61, 100)
    pair.give(off)
    pair.model.select({LOW})
    pair.key(Qt.Key.Key_I, CTRL)
    assert pair.model.selection == {HIGH, off}
    pair.view.commands.select_off_grid()
    assert pair.model.selection == {off}
    pair.key(Qt.Key.Key_A, CTRL | SHIFT)
    assert pair.model.selection == frozenset()
    pair.view.commands.select_outside_scale()
    assert pair.model.selection == {off}
    pair.view.commands.snap_to_scale()
    assert only_edit(pair).added == {replace(off, pitch=60)}


def test_keys_choose_mute_and_solo_the_track(roll: Roll) -> None:
    roll.model.add_track("Bass")
    roll.key(Qt.Key.Key_PageUp)
    assert roll.model.active_track == 0
    roll.key(Qt.Key.Key_M)
    assert roll.model.muted == {0}
    roll.key(Qt.Key.Key_M)
    assert roll.model.muted == set()
    roll.key(Qt.Key.Key_PageDown)
    roll.key(Qt.Key.Key_S)
    assert roll.model.soloed == {1}


def test_every_row_of_the_table_of_keys_has_a_command_and_keys_of_its_own() -> None:
    for row in ROLL_KEYS:
        assert callable(getattr(RollCommands, row.command)), row
    keys = [key for row in ROLL_KEYS for key in row.keys]
    assert len(keys) == len(set(keys))
    assert len(key_table()) == len(keys)


def test_quantise_pulls_to_the_grid(roll: Roll) -> None:
    late = Note(130, 60, 100)
    roll.give(late)
    roll.key(Qt.Key.Key_Q)
    assert only_edit(roll).added == {replace(late, start=120)}


def test_duplicate_puts_copies_behind_and_selects_them(pair: Roll) -> None:
    pair.model.select({LOW, HIGH})
    pair.key(Qt.Key.Key_D, CTRL)
    copies = {replace(note, start=note.start + 2 * BEAT) for note in (LOW, HIGH)}
    assert only_edit(pair).added == copies
    assert pair.model.selection == copies


def test_copy_and_paste_at_the_playhead(pair: Roll) -> None:
    pair.model.select({LOW, HIGH})
    pair.key(Qt.Key.Key_C, CTRL)
    assert pair.edits == []
    pair.key(Qt.Key.Key_V, CTRL)
    assert only_edit(pair).added == {
        replace(LOW, start=4 * BEAT),
        replace(HIGH, start=5 * BEAT),
    }


def test_cut_is_one_edit_and_paste_brings_it_back(pair: Roll) -> None:
    pair.model.select({HIGH})
    pair.position = BEAT
    pair.key(Qt.Key.Key_X, CTRL)
    assert only_edit(pair).removed == {HIGH}
    pair.key(Qt.Key.Key_V, CTRL)
    assert pair.notes == [LOW, HIGH]


def test_undo_and_redo_by_key(pair: Roll) -> None:
    pair.model.select({LOW})
    pair.key(Qt.Key.Key_Delete)
    pair.key(Qt.Key.Key_Z, CTRL)
    assert pair.notes == [LOW, HIGH]
    pair.key(Qt.Key.Key_Z, CTRL | SHIFT)
    assert pair.notes == [HIGH]
    pair.key(Qt.Key.Key_Z, CTRL)
    pair.key(Qt.Key.Key_Y, CTRL)
    assert pair.notes == [HIGH]


def test_b_and_v_change_the_tool(roll: Roll) -> None:
    roll.key(Qt.Key.Key_B)
    assert roll.state.tool == "draw"
    roll.key(Qt.Key.Key_V)
    assert roll.state.tool == "select"


# the view


def test_ctrl_wheel_zooms_about_the_pointer(pair: Roll) -> None:
    at = QPoint(300, 200)
    tick = pair.geometry.tick_at(at.x())
    before = pair.geometry.pixels_per_tick
    pair.wheel(2, CTRL, at)
    assert pair.geometry.pixels_per_tick > before
    assert pair.geometry.tick_at(at.x()) == pytest.approx(tick)


def test_ctrl_shift_wheel_zooms_pitch_about_the_pointer(pair: Roll) -> None:
    at = QPoint(300, 200)
    pitch, before = pair.geometry.pitch_at(at.y()), pair.geometry.row_height
    pair.wheel(3, CTRL | SHIFT, at)
    assert pair.geometry.row_height > before
    assert pair.geometry.pitch_at(at.y()) == pitch


def test_the_wheel_scrolls_and_shift_goes_sideways(pair: Roll) -> None:
    y, tick = pair.geometry.scroll_y, pair.geometry.left_tick
    pair.wheel(-1)
    assert pair.geometry.scroll_y > y
    assert pair.geometry.left_tick == tick
    pair.wheel(-1, SHIFT)
    assert pair.geometry.left_tick > tick


def test_a_middle_drag_pans(pair: Roll) -> None:
    pair.drag(QPoint(400, 200), QPoint(300, 150), QPoint(200, 100), button=MIDDLE)
    assert pair.geometry.left_tick == pytest.approx(2000)
    assert pair.edits == []


def test_f_shows_everything_and_z_the_selection(pair: Roll) -> None:
    far = Note(100 * BEAT, 90, BEAT)
    pair.give(far)
    pair.key(Qt.Key.Key_F)
    for note in (LOW, far):
        assert pair.view.rect().contains(middle(pair, note))
    pair.model.select({LOW})
    pair.key(Qt.Key.Key_Z)
    assert pair.view.rect().contains(middle(pair, LOW))
    assert not pair.view.rect().contains(middle(pair, far))


def test_the_adaptive_grid_follows_the_zoom(roll: Roll) -> None:
    roll.state.set_grid(ADAPTIVE)
    fine = roll.state.grid.denominator
    assert 12 <= roll.state.grid.ticks(BEAT) * roll.geometry.pixels_per_tick < 24
    roll.wheel(-8, CTRL)
    assert roll.state.grid.denominator < fine
    roll.state.set_grid("1/8")
    roll.wheel(8, CTRL)
    assert roll.state.grid.name == "1/8"


@pytest.mark.parametrize(("name", "step"), [("1/64", 30), ("1/8.", 360), ("1/4T", 320)])
def test_grids_of_all_lengths(roll: Roll, name: str, step: int) -> None:
    roll.state.set_tool("draw")
    roll.state.set_grid(name)
    roll.drag(roll.at(step + 6, 62))
    assert only_edit(roll).added == {Note(step, 62, step, 96)}


def test_a_finer_grid_places_finer(roll: Roll) -> None:
    roll.state.set_tool("draw")
    roll.state.set_grid("1/8T")
    roll.drag(roll.at(330, 62))
    assert only_edit(roll).added == {Note(320, 62, 160, 96)}


# ghosts


def test_a_click_on_a_ghost_toggles_it_and_edits_nothing(pair: Roll) -> None:
    new = Note(2 * BEAT, 70, BEAT)
    pair.ghosts.ghosts = (
        FakeGhost(EditEvent("remove", LOW, 0.9)),
        FakeGhost(EditEvent("add", new, 0.5)),
    )
    pair.drag(middle(pair, new))
    pair.drag(middle(pair, LOW))
    assert pair.ghosts.told == [1, 0]
    assert pair.edits == []
    assert pair.model.selection == frozenset()


def test_enter_accepts_and_escape_refuses_what_is_suggested(pair: Roll) -> None:
    pair.ghosts.ghosts = (FakeGhost(EditEvent("remove", LOW, 0.9)),)
    pair.key(Qt.Key.Key_Return)
    pair.key(Qt.Key.Key_Escape)
    assert pair.ghosts.told == ["accept", "refuse"]


def pixel(roll: Roll, at: QPoint) -> str:
    return roll.view.grab().toImage().pixelColor(at).name()


def test_ghosts_and_their_answers_can_be_seen(pair: Roll) -> None:
    new = Note(2 * BEAT, 62, 4 * BEAT)
    looks = set()
    for ghosts in (
        (),
        (FakeGhost(EditEvent("add", new, 0.9), True),),
        (FakeGhost(EditEvent("add", new, 0.1), True),),
        (FakeGhost(EditEvent("add", new, 0.9), False),),
        (FakeGhost(EditEvent("remove", new, 0.9), True),),
    ):
        pair.ghosts.ghosts = ghosts
        pair.ghosts.changed.emit()
        looks.add(pixel(pair, pair.at(new.start + BEAT, 62) + QPoint(0, 3)))
    assert len(looks) >= 3  # nothing, likely, unlikely differ in the body; refused is as paper


def test_a_note_is_drawn_where_it_is_and_gone_when_it_is_not(pair: Roll) -> None:
    at = middle(pair, LOW) + QPoint(8, 2)
    with_note = pixel(pair, at)
    pair.model.request(Edit("Delete", removed=frozenset({LOW})))
    assert pixel(pair, at) != with_note


def test_the_status_bar_says_what_the_mouse_would_do(pair: Roll) -> None:
    hints: list[str] = []
    pair.view.hint_changed.connect(hints.append)
    for at in (middle(pair, LOW), pair.at(LOW.end, 60) - QPoint(2, 0), pair.at(3000, 62)):
        pair.move(at, Qt.MouseButton.NoButton)
    assert "C4 · 1.1" in hints[0]
    assert "Ctrl-drag: copy" in hints[0]
    assert "longer or shorter" in hints[1]
    assert "Drag to select" in hints[2]
    pair.key(Qt.Key.Key_B)
    pair.move(pair.at(3100, 62), Qt.MouseButton.NoButton)
    assert "draw a note" in hints[-1]


def test_clicking_a_note_of_another_track_makes_that_track_active(roll: Roll) -> None:
    roll.model.add_track("Bass")
    other = replace(LOW, track=0)
    roll.give(other)
    assert roll.model.active_track == 1
    roll.drag(middle(roll, other))
    assert roll.model.active_track == 0
    assert roll.edits == []


def test_an_edit_from_elsewhere_ends_the_drag_without_harm(pair: Roll) -> None:
    pair.press(middle(pair, LOW))
    pair.move(pair.at(BEAT * 2, 70))
    pair.model.request(Edit("Delete", removed=frozenset({LOW})))
    pair.view.grab()
    pair.move(pair.at(BEAT * 3, 71))
    pair.mouse("release", pair.at(BEAT * 3, 71), LEFT, NONE)
    assert pair.notes == [HIGH]
    assert pair.refusals == []


def test_another_button_does_not_end_a_drag(pair: Roll) -> None:
    pair.press(middle(pair, LOW))
    pair.move(pair.at(BEAT / 2, 65))
    pair.press(pair.at(BEAT / 2, 65), RIGHT)
    pair.mouse("release", pair.at(BEAT / 2, 65), RIGHT, NONE)
    assert pair.edits == []
    pair.mouse("release", pair.at(BEAT / 2, 65), LEFT, NONE)
    assert only_edit(pair).added == {replace(LOW, pitch=65)}


def test_a_new_track_leaves_the_view_where_it_is_and_a_new_song_does_not(pair: Roll) -> None:
    pair.geometry.scroll_to_tick(4000)
    pair.model.add_track("Bass")
    assert pair.geometry.left_tick == 4000
    pair.model.new_song()
    assert pair.geometry.left_tick == 0


def test_a_crowd_of_notes_shows_each_in_its_row(roll: Roll) -> None:
    crowd = [Note(i * 20, 60 + i % 5, 100, 100) for i in range(4000)]
    roll.give(*crowd)
    roll.key(Qt.Key.Key_F)
    paper = {pixel(roll, roll.at(40_000, pitch)) for pitch in (66, 67)}
    for pitch in range(60, 65):
        assert pixel(roll, roll.at(40_000, pitch)) not in paper
    with_some_chosen = pixel(roll, roll.at(40_000, 62))
    roll.key(Qt.Key.Key_A, CTRL)
    assert pixel(roll, roll.at(40_000, 62)) != with_some_chosen


def test_a_crowd_moves_by_mouse_in_one_edit(roll: Roll) -> None:
    crowd = [Note(i * STEP, 60, STEP) for i in range(3000)]
    roll.give(*crowd)
    roll.key(Qt.Key.Key_A, CTRL)
    roll.press(middle(roll, crowd[1]))
    roll.move(roll.at(crowd[2].start + STEP / 2, 62))
    roll.view.grab()
    roll.mouse("release", roll.at(crowd[2].start + STEP / 2, 62), LEFT, NONE)
    assert only_edit(roll).added == {replace(n, start=n.start + STEP, pitch=62) for n in crowd}


def test_the_first_ghost_out_of_sight_is_gone_to_and_later_ones_are_not(pair: Roll) -> None:
    far, further = Note(400 * BEAT, 110, BEAT), Note(900 * BEAT, 20, BEAT)
    pair.ghosts.ghosts = (FakeGhost(EditEvent("add", far, 0.5)),)
    pair.ghosts.changed.emit()
    assert pair.view.rect().contains(middle(pair, far))
    before = pair.geometry.left_tick
    pair.ghosts.ghosts += (FakeGhost(EditEvent("add", further, 0.5)),)
    pair.ghosts.changed.emit()
    assert pair.geometry.left_tick == before


def test_a_song_opens_with_its_first_notes_in_sight(roll: Roll, tmp_path: Path) -> None:
    high, low = Note(0, 108, BEAT), Note(8 * BEAT, 90, BEAT)
    roll.give(high, low)
    roll.model.save(tmp_path / "song.mid")
    roll.geometry.scroll_to_tick(9000)
    roll.model.open(tmp_path / "song.mid")
    for note in (high, low):
        assert roll.view.rect().contains(middle(roll, note))


def test_escape_clears_the_selection_when_there_is_nothing_to_cancel(pair: Roll) -> None:
    pair.model.select({LOW})
    pair.key(Qt.Key.Key_Escape)
    assert pair.model.selection == frozenset()
    assert pair.edits == []
