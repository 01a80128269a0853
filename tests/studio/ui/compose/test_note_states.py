"""What a note can be is seen in the painted roll: strong enough, and never by colour alone."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from models.notes import EditEvent, Note
from studio.score.note_mutes import toggle_mutes
from studio.ui.compose.lock_painter import LockPainter
from studio.ui.theme import contrast, theme
from tests.studio.ui.compose.roll_hands import BEAT, FakeGhost, Roll

NOTE = Note(BEAT, 62, BEAT, 90)  # D: on a row of a white key; 61 lies on a black one
STATES = (
    "plain",
    "chosen",
    "silent",
    "locked",
    "added, taken",
    "added, left",
    "removed, taken",
    "removed, left",
)


def put(roll: Roll, state: str, note: Note) -> None:
    """Show `note` in a state, and nothing else."""
    if state.startswith("added"):
        ghost = FakeGhost(EditEvent("add", note, 0.8), state.endswith("taken"))
        roll.ghosts.ghosts = (ghost,)
        return
    roll.give(note)
    if state == "chosen":
        roll.model.select([note])
    elif state == "silent":
        roll.model.request(toggle_mutes(roll.model.song, frozenset({note})))
    elif state == "locked":
        roll.view.overlays.append(LockPainter(roll.model, roll.geometry))
        roll.model.locks.toggle([note])
    elif state.startswith("removed"):
        ghost = FakeGhost(EditEvent("remove", note, 0.8), state.endswith("taken"))
        roll.ghosts.ghosts = (ghost,)


def cell(roll: Roll, note: Note) -> QImage:
    """The picture of where `note` lies, and a little around."""
    left, right = (round(roll.geometry.x_of(tick)) for tick in (note.start, note.end))
    place = QRect(left - 3, roll.geometry.y_of(note.pitch), right - left + 6, 14)
    return roll.view.grab(place).toImage()


@pytest.fixture(params=["light", "dark"])
def mode(request: pytest.FixtureRequest, qtbot: QtBot) -> Iterator[None]:
    before = theme().mode
    theme().set_mode(request.param)
    yield
    theme().set_mode(before)


@pytest.mark.usefixtures("mode")
@pytest.mark.parametrize("pitch", [62, 61])
@pytest.mark.parametrize("state", STATES)
def test_every_state_stands_out_from_its_row(roll: Roll, state: str, pitch: int) -> None:
    note = Note(NOTE.start, pitch, NOTE.duration, 1)  # the weakest fill
    paper = QColor(theme().color("surface_raised" if pitch == 62 else "row_black"))
    put(roll, state, note)
    image = cell(roll, note)
    strong = [
        contrast(image.pixelColor(x, y), paper) >= 3
        for y in range(image.height())
        for x in range(image.width())
    ]
    outline = 2 * (image.width() + image.height())
    assert sum(strong) > outline / 4, "an outline, if only a dotted one"


def grey(image: QImage) -> NDArray[np.int64]:
    image = image.convertToFormat(QImage.Format.Format_Grayscale8)
    flat = np.frombuffer(image.constBits(), np.uint8)
    rows = flat.reshape(image.height(), -1)[:, : image.width()]
    return rows.astype(np.int64)


@pytest.mark.usefixtures("mode", "roll")
def test_states_differ_without_their_colours(qtbot: QtBot) -> None:
    pictures = {}
    for state in STATES:
        other = Roll(qtbot)
        put(other, state, NOTE)
        pictures[state] = grey(cell(other, NOTE))
        other.model.close()
    for one, another in combinations(STATES, 2):
        differing = np.abs(pictures[one] - pictures[another]) > 40
        assert differing.sum() >= 16, (one, another)
