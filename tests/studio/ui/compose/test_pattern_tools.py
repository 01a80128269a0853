"""Notes that were chosen are painted again and again: one gesture, one edit."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction

from models.notes import Note
from studio.score.midi_file import midi_bytes
from studio.score.scales import Scale
from studio.ui.compose.roll_options import RollOptions
from studio.ui.compose.select_commands import MOST_IN_PATTERN
from tests.studio.ui.compose.roll_hands import ALT, BEAT, LEFT, SHIFT, STEP, Roll

RIFF = (Note(0, 60, STEP, 90), Note(2 * STEP, 64, STEP, 70))  # half a beat, and a step


def with_pattern(roll: Roll, *notes: Note) -> None:
    roll.give(*notes)
    roll.model.select(notes)
    roll.view.setFocus()
    roll.key(Qt.Key.Key_P)


def painted(roll: Roll) -> list[tuple[int, int, int]]:
    return [(n.start // STEP, n.pitch, n.velocity) for n in roll.notes if n not in RIFF]


def test_shift_drag_paints_it_as_often_as_there_is_room(roll: Roll) -> None:
    with_pattern(roll, *RIFF)
    assert roll.state.tool == "draw"
    roll.drag(roll.at(BEAT + 10, 62), roll.at(2 * BEAT, 62), held=SHIFT)
    # three steps long: from 4, and from 7 where the mouse went
    assert painted(roll) == [(4, 62, 90), (6, 66, 70), (7, 62, 90), (9, 66, 70)]
    assert len(roll.edits) == 1
    assert roll.model.score.undo_label == "Paint pattern"
    assert roll.model.selection == {note for note in roll.notes if note not in RIFF}
    roll.model.undo()
    assert midi_bytes(roll.model.song) == roll.before


def test_back_to_the_left_too_but_never_before_the_song(roll: Roll) -> None:
    with_pattern(roll, Note(8 * BEAT, 60, STEP))
    roll.drag(roll.at(3 * STEP + 5, 62), roll.at(0, 62), held=SHIFT)
    assert [n.start // STEP for n in roll.notes if n.pitch == 62] == [0, 1, 2, 3]


def test_off_the_grid_with_alt(roll: Roll) -> None:
    with_pattern(roll, *RIFF)
    at = roll.at(BEAT + 50, 62)
    roll.drag(at, at, held=SHIFT | ALT)
    (first, _) = [note for note in roll.notes if note not in RIFF]
    assert abs(first.start - (BEAT + 50)) <= 10
    assert first.start % STEP


def test_it_is_snapped_to_the_scale_and_keeps_to_the_keys(roll: Roll) -> None:
    with_pattern(roll, Note(0, 60, STEP), Note(0, 64, STEP), Note(0, 127, STEP))
    roll.state.set_scale(Scale(0))
    roll.state.set_snaps_to_scale(True)
    roll.drag(roll.at(BEAT, 62), roll.at(BEAT, 62), held=SHIFT)
    later = [note.pitch for note in roll.notes if note.start == BEAT]
    assert later[0] == 62
    assert all(Scale(0).nearest(pitch) == pitch for pitch in later)
    assert len(later) == 2, "what would be above all keys is left out"


def test_single_notes_are_drawn_as_before(roll: Roll) -> None:
    with_pattern(roll, *RIFF)
    roll.drag(roll.at(BEAT, 62), roll.at(BEAT, 62))
    assert painted(roll) == [(4, 62, 96)]


def test_with_nothing_chosen_single_notes_are_painted_again(roll: Roll) -> None:
    with_pattern(roll, *RIFF)
    roll.model.select(())
    roll.key(Qt.Key.Key_P)
    assert roll.state.pattern is None
    options = RollOptions(roll.state)
    forget = options.findChild(QAction, "forget_pattern")
    assert forget is not None
    assert not forget.isEnabled()
    roll.model.select(RIFF)
    roll.key(Qt.Key.Key_P)
    assert forget.isEnabled()
    forget.trigger()
    assert roll.state.pattern is None


def test_the_status_bar_says_so(roll: Roll) -> None:
    hints: list[str] = []
    roll.view.hint_changed.connect(hints.append)
    with_pattern(roll, *RIFF)
    roll.mouse("move", roll.at(BEAT, 70), LEFT, SHIFT)
    assert "paint the pattern" in hints[-1]


def test_too_many_notes_are_refused(roll: Roll) -> None:
    notes = [Note(n, 60, 1) for n in range(MOST_IN_PATTERN + 1)]
    with_pattern(roll, *notes)
    assert roll.state.pattern is None
    assert str(MOST_IN_PATTERN) in roll.refusals[-1]
