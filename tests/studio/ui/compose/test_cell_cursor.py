"""Everything by keys, and everything said in words."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from models.notes import EditEvent, Note
from studio.score.midi_file import midi_bytes
from studio.score.score import Edit
from studio.ui.compose.cell_cursor import CELL_KEYS, CellCommands
from studio.ui.compose.piano_roll_view import PianoRollView
from studio.ui.compose.roll_geometry import RollGeometry
from studio.ui.compose.roll_state import RollState
from studio.ui.compose.score_view_model import ScoreViewModel
from tests.studio.ui.compose.roll_hands import FakeGhost, FakeGhosts

BEAT, STEP = 480, 120
SHIFT, CTRL, ALT = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)
Key = Qt.Key
NOTE = Note(BEAT, 64, BEAT)


class Hands:
    """A roll, and ten fingers without a mouse."""

    def __init__(self, qtbot: QtBot) -> None:
        self.model, self.ghosts = ScoreViewModel(), FakeGhosts()
        self.heard: list[int] = []
        self.view = PianoRollView(
            self.model,
            RollState(),
            RollGeometry(),
            ghosts=self.ghosts,
            preview_note=lambda track, pitch, velocity: self.heard.append(pitch),
        )
        qtbot.addWidget(self.view)
        self.view.resize(900, 500)
        self.view.show()
        self.edits: list[Edit] = []
        self.model.edited.connect(self.edits.append)

    def press(self, *keys: Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        for key in keys:
            QTest.keyClick(self.view, key, held)

    def go(self, tick: int, pitch: int) -> None:
        if not self.view.cell.is_on:
            self.press(Key.Key_N)
        self.view.cell.go(tick, pitch)

    @property
    def place(self) -> tuple[int, int]:
        return self.view.cell.tick, self.view.cell.pitch

    @property
    def spoken(self) -> str:
        interface = QAccessible.queryAccessibleInterface(self.view)
        assert interface is not None
        return interface.text(QAccessible.Text.Value)


@pytest.fixture
def hands(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hands]:
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path))
    hands = Hands(qtbot)
    yield hands
    hands.model.close()


def test_a_melody_is_written_heard_and_taken_back_by_keys_alone(hands: Hands) -> None:
    before = midi_bytes(hands.model.song)
    hands.go(0, 60)
    hands.press(Key.Key_Return, Key.Key_Right, Key.Key_Up, Key.Key_Up, Key.Key_Return)
    hands.press(Key.Key_Right, held=SHIFT)
    assert hands.model.score.notes == [Note(0, 60, STEP, 96), Note(STEP, 62, 2 * STEP, 96)]
    assert hands.heard[-1] == 62
    assert [edit.label for edit in hands.edits] == ["Draw note", "Draw note", "Resize"]
    for _ in range(3):
        hands.press(Key.Key_Z, held=CTRL)
    assert midi_bytes(hands.model.song) == before


@pytest.mark.parametrize(
    ("key", "held", "expected"),
    [
        (Key.Key_Right, None, (4 * STEP, 60)),
        (Key.Key_Left, None, (2 * STEP, 60)),
        (Key.Key_Up, None, (3 * STEP, 61)),
        (Key.Key_Down, None, (3 * STEP, 59)),
        (Key.Key_Up, CTRL, (3 * STEP, 72)),
        (Key.Key_Down, CTRL, (3 * STEP, 48)),
        (Key.Key_Right, CTRL, (4 * BEAT, 60)),
        (Key.Key_Left, CTRL, (0, 60)),
        (Key.Key_Home, None, (0, 60)),
        (Key.Key_End, None, (BEAT, 64)),
    ],
)
def test_the_cursor_walks(
    hands: Hands, key: Key, held: Qt.KeyboardModifier | None, expected: tuple[int, int]
) -> None:
    hands.model.request(Edit("Given", added=frozenset({NOTE})))
    hands.edits.clear()
    hands.go(3 * STEP, 60)
    hands.press(key, held=held or Qt.KeyboardModifier.NoModifier)
    assert hands.place == expected
    assert hands.edits == []


def test_the_cursor_stays_inside_and_in_sight(hands: Hands) -> None:
    hands.go(0, 127)
    hands.press(Key.Key_Up, Key.Key_Left)
    assert hands.place == (0, 127)
    for _ in range(40):
        hands.press(Key.Key_Right, held=CTRL)
    hands.press(*[Key.Key_Down] * 30)
    geometry = hands.view._roll_geometry
    assert geometry.left_tick <= hands.view.cell.tick < geometry.right_tick
    assert 0 <= geometry.y_of(hands.view.cell.pitch) < geometry.height


def test_the_note_at_the_cursor_is_carried_stretched_chosen_and_erased(hands: Hands) -> None:
    hands.model.request(Edit("Given", added=frozenset({NOTE})))
    hands.edits.clear()
    hands.go(NOTE.start, NOTE.pitch)
    hands.press(Key.Key_Right, Key.Key_Up, held=ALT)
    assert hands.model.score.notes == [Note(BEAT + STEP, 65, BEAT)]
    assert hands.place == (BEAT + STEP, 65)
    hands.press(Key.Key_Left, held=SHIFT)
    assert hands.model.score.notes == [Note(BEAT + STEP, 65, BEAT - STEP)]
    hands.press(Key.Key_Return, held=CTRL)
    assert len(hands.model.selection) == 1
    hands.press(Key.Key_Return, held=CTRL)
    assert not hands.model.selection
    hands.press(Key.Key_Delete)
    assert hands.model.score.notes == []
    assert len(hands.edits) == 4


def test_n_brings_the_cursor_to_what_is_chosen_and_escape_sends_it_away(hands: Hands) -> None:
    hands.model.request(Edit("Given", added=frozenset({NOTE})))
    hands.model.select({NOTE})
    hands.press(Key.Key_N)
    assert hands.place == (NOTE.start, NOTE.pitch)
    hands.press(Key.Key_Escape)
    assert not hands.view.cell.is_on
    assert hands.model.selection == {NOTE}
    hands.press(Key.Key_Up)
    assert hands.model.score.notes == [Note(BEAT, 65, BEAT)]


def test_every_key_of_the_cursor_has_its_command() -> None:
    for row in CELL_KEYS:
        assert callable(getattr(CellCommands, row.command)), row


# in words


def test_the_cell_is_spoken(hands: Hands) -> None:
    hands.model.request(Edit("Given", added=frozenset({NOTE})))
    hands.go(BEAT - STEP, 63)
    assert hands.spoken == "E flat 4, bar 1, beat 1 and 0.75, empty"
    hands.press(Key.Key_Right, Key.Key_Up)
    assert hands.spoken == "E 4, bar 1, beat 2, 1 beat, velocity 64"
    hands.press(Key.Key_Return)
    assert hands.spoken == "E 4, bar 1, beat 2, 1 beat, velocity 64, selected"
    hands.press(Key.Key_Delete)
    assert hands.spoken.endswith("empty")


def test_the_selection_is_spoken(hands: Hands) -> None:
    other = Note(0, 61, 60, 1)
    hands.model.request(Edit("Given", added=frozenset({NOTE, other})))
    hands.press(Key.Key_Tab)
    assert hands.spoken == "C sharp 4, bar 1, beat 1, 0.125 beats, velocity 1, selected"
    hands.press(Key.Key_A, held=CTRL)
    assert hands.spoken == "2 notes selected"
    hands.press(Key.Key_Escape)
    assert hands.spoken == "nothing selected"


@pytest.mark.parametrize(("action", "words"), [("add", "added"), ("remove", "removed")])
def test_a_suggestion_is_spoken_and_answered(hands: Hands, action: str, words: str) -> None:
    event = EditEvent(action, NOTE, 0.9)  # type: ignore[arg-type]
    hands.ghosts.ghosts = (FakeGhost(event),)
    hands.go(NOTE.start, NOTE.pitch)
    assert (
        hands.spoken == f"E 4, bar 1, beat 2, 1 beat, velocity 64, suggested to be {words}, taken"
    )
    hands.press(Key.Key_Return)
    assert hands.ghosts.told == [0]
    hands.ghosts.ghosts = (FakeGhost(event, is_accepted=False),)
    hands.ghosts.changed.emit()
    assert hands.spoken.endswith("left")
    assert hands.edits == []


def test_the_track_is_spoken_where_there_are_several(hands: Hands) -> None:
    hands.model.add_track("Bass")
    note = Note(0, 40, BEAT, track=1)
    hands.model.request(Edit("Given", added=frozenset({note})))
    hands.go(0, 40)
    assert "Bass" in hands.spoken


def test_the_roll_is_a_chart_with_a_name(hands: Hands) -> None:
    interface = QAccessible.queryAccessibleInterface(hands.view)
    assert interface is not None
    assert interface.role() == QAccessible.Role.Chart
    assert interface.text(QAccessible.Text.Name) == "Piano roll"


def test_the_cursor_can_be_seen(hands: Hands) -> None:
    hands.go(BEAT, 64)
    shown = hands.view.grab().toImage()
    hands.press(Key.Key_Escape)
    assert hands.view.grab().toImage() != shown
