"""Every gesture of the mouse on the roll: one edit each, and undo to the byte."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from models.notes import Note
from studio.score.midi_file import midi_bytes
from studio.score.scales import Scale
from studio.score.score import Edit
from tests.studio.ui.compose.roll_hands import (
    ALT,
    BEAT,
    CTRL,
    HIGH,
    LEFT,
    LOW,
    NONE,
    RIGHT,
    SHIFT,
    STEP,
    Roll,
    middle,
    only_edit,
)


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


def test_the_notes_of_other_tracks_can_be_left_alone(roll: Roll) -> None:
    roll.model.add_track("Bass")
    other = Note(0, 60, BEAT)
    mine = Note(0, 62, BEAT, track=1)
    roll.give(other, mine)
    roll.state.set_keeps_to_track(True)
    roll.drag(middle(roll, other), middle(roll, replace(other, start=BEAT)))
    assert roll.edits == []
    assert roll.model.active_track == 1
    around = (roll.at(BEAT * 2, 66), roll.at(0, 58))
    roll.drag(*around)
    assert roll.model.selection == {mine}
    roll.drag(middle(roll, mine), middle(roll, replace(mine, start=BEAT)))
    assert roll.notes == [other, replace(mine, start=BEAT)]
    roll.state.set_keeps_to_track(False)
    roll.drag(*around)
    assert len(roll.model.selection) == 2
