"""Hands that do anything at all: the roll survives, and undo brings the very bytes back."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeySequence, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import resources
from studio.score.midi_file import midi_bytes, parse_midi
from studio.score.scales import Scale
from studio.ui.compose.cell_cursor import CELL_KEYS
from studio.ui.compose.compose_panel import ComposePanel
from studio.ui.compose.roll_key_table import ROLL_KEYS
from studio.ui.compose.roll_state import ADAPTIVE, GRIDS
from studio.ui.compose.score_view_model import ScoreViewModel

N_DEEDS = 150
HELD = [
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
]
BUTTONS = [Qt.MouseButton.LeftButton] * 4 + [Qt.MouseButton.RightButton]
KEYS = [
    key
    for row in (*ROLL_KEYS, *CELL_KEYS)
    for key in row.keys
    if row.command
    not in ("undo", "redo")  # they have their own test: here all is undone at the end
]


class Hands:
    """Does one thing after the other, as `seed` says."""

    def __init__(self, panel: ComposePanel, seed: int) -> None:
        self.panel, self.dice = panel, random.Random(seed)

    def do_anything(self) -> None:
        deed = self.dice.choice([self.press_key] * 4 + [self.drag] * 4 + [self.choose, self.zoom])
        deed()

    def press_key(self) -> None:
        combination = QKeySequence(self.dice.choice(KEYS))[0]  # type: ignore[index]
        QTest.keyClick(self.panel.roll, combination.key(), combination.keyboardModifiers())

    def drag(self) -> None:
        panel, dice = self.panel, self.dice
        targets = [panel.roll] * 6 + [panel.lane, panel.ruler, panel.overview, panel.marks]
        widget, held, button = dice.choice(targets), dice.choice(HELD), dice.choice(BUTTONS)
        kinds = [QEvent.Type.MouseButtonPress, *[QEvent.Type.MouseMove] * 3]
        if dice.random() < 0.1 and widget is panel.roll:
            kinds[0] = QEvent.Type.MouseButtonDblClick
        at = QPointF(dice.randrange(widget.width()), dice.randrange(widget.height()))
        for kind in (*kinds, QEvent.Type.MouseButtonRelease):
            if kind == QEvent.Type.MouseMove:
                at += QPointF(dice.randrange(-80, 80), dice.randrange(-40, 40))
            if dice.random() < 0.03:
                QTest.keyClick(widget, Qt.Key.Key_Escape)
            glob = QPointF(widget.mapToGlobal(at))
            QApplication.sendEvent(widget, QMouseEvent(kind, at, glob, button, button, held))

    def choose(self) -> None:
        state, dice = self.panel.state, self.dice
        state.set_grid(dice.choice([ADAPTIVE, *(grid.name for grid in GRIDS)]))
        state.set_right_button(dice.choice(["erase", "draw"]))  # a menu would wait for an answer
        state.set_scale(dice.choice([None, Scale(2, "blues")]))
        state.set_snaps_to_scale(dice.random() < 0.5)

    def zoom(self) -> None:
        geometry = self.panel.roll_geometry
        geometry.zoom_time(self.dice.choice([0.5, 2.0]), self.dice.randrange(600))
        geometry.zoom_pitch(self.dice.choice([-3, 3]), 100)
        self.panel.grab()


@pytest.fixture
def panel(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ComposePanel]:
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path))
    model = ScoreViewModel()
    panel = ComposePanel(model, None, None)
    qtbot.addWidget(panel)
    panel.resize(900, 600)
    panel.show()
    model.open_as_new(resources.path("demo", "song.mid"))
    yield panel
    model.close()


@pytest.mark.parametrize("seed", range(4))
def test_whatever_was_done_is_undone_to_the_byte(panel: ComposePanel, seed: int) -> None:
    model = panel._view_model
    refused: list[str] = []
    model.refused.connect(refused.append)
    before = midi_bytes(model.song)
    hands = Hands(panel, seed)
    panel.state.set_right_button("erase")
    for _ in range(N_DEEDS):
        hands.do_anything()
    panel.roll.cancel_gesture()
    after = midi_bytes(model.song)
    assert after != before
    assert parse_midi(after).score.notes == parse_midi(midi_bytes(parse_midi(after))).score.notes
    while model.score.undo_label is not None:
        model.undo()
    assert midi_bytes(model.song) == before
    while model.score.redo_label is not None:
        model.redo()
    assert midi_bytes(model.song) == after
