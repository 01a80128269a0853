"""Every key of the roll: one edit each, and undo to the byte."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from models.notes import Note
from studio.score.scales import Scale
from studio.score.score import Edit
from studio.ui.compose.roll_commands import RollCommands
from studio.ui.compose.roll_key_table import ROLL_KEYS
from studio.ui.compose.spoken import spoken_note
from tests.studio.ui.compose.roll_hands import (
    ALT,
    BEAT,
    CTRL,
    HIGH,
    LOW,
    NONE,
    SHIFT,
    STEP,
    Roll,
    middle,
    only_edit,
)


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


def test_zero_silences_notes_and_the_roll_says_and_shows_it(pair: Roll) -> None:
    hints: list[str] = []
    pair.view.hint_changed.connect(hints.append)
    pair.model.select([LOW])
    before = pair.view.grab().toImage()
    pair.key(Qt.Key.Key_0)
    assert only_edit(pair).label == "Mute notes"
    assert pair.model.song.muted == {LOW}
    assert spoken_note(pair.model.song, LOW).endswith("silent")
    pair.move(middle(pair, LOW))
    assert "silent" in hints[-1]
    assert pair.view.grab().toImage() != before
    pair.key(Qt.Key.Key_0)
    assert not pair.model.song.muted
    assert pair.view.grab().toImage() == before
