"""What the roll shows: zoom, grids, ghosts, and notes where they are."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt

from models.notes import EditEvent, Note
from studio.score.score import Edit
from studio.ui.compose.roll_state import ADAPTIVE
from tests.studio.ui.compose.roll_hands import (
    BEAT,
    CTRL,
    HIGH,
    LEFT,
    LOW,
    MIDDLE,
    NONE,
    RIGHT,
    SHIFT,
    STEP,
    FakeGhost,
    Roll,
    middle,
    only_edit,
)


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


def test_a_window_that_is_resized_keeps_its_place(roll: Roll) -> None:
    roll.geometry.center_pitch(62)
    place = roll.geometry.place
    for height in (500, 500, 517, 333, 480, 500):
        roll.geometry.resize(900, height)
        assert abs(roll.geometry.pitch_at(height / 2) - 62) <= 1
    assert roll.geometry.place == place
