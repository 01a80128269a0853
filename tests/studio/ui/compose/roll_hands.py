"""A roll and the hands that work it by real events, and what came of it."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from models.notes import EditEvent, Note
from studio.score.midi_file import midi_bytes
from studio.score.score import Edit
from studio.ui.compose.piano_roll_view import PianoRollView
from studio.ui.compose.roll_geometry import RollGeometry
from studio.ui.compose.roll_state import RollState
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


def middle(roll: Roll, note: Note) -> QPoint:
    return roll.at(note.start + note.duration / 2, note.pitch)
