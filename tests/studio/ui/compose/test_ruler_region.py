"""The loop on the ruler, or what is punched into: seen, told, and dragged by its edges or whole."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.ui.compose.compose_panel import ComposePanel
from studio.ui.compose.ruler import HEIGHT, Ruler
from studio.ui.compose.ruler_region import GRIP_HEIGHT, grip_at
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.theme import theme

BEAT, BAR = 480, 1920
LEFT, NONE, NO_BUTTON = (
    Qt.MouseButton.LeftButton,
    Qt.KeyboardModifier.NoModifier,
    Qt.MouseButton.NoButton,
)
TOP, BELOW = 4, HEIGHT - 6


class Transport:
    def __init__(self) -> None:
        self.loop: tuple[int, int] | None = (2 * BAR, 4 * BAR)
        self.sought: list[float] = []

    def position_ticks(self) -> float:
        return 0.0

    def seek(self, tick: float) -> None:
        self.sought.append(tick)

    def set_loop(self, first: int, last: int) -> None:
        self.loop = (first, last)


class Hand:
    """A mouse on the ruler."""

    def __init__(self, panel: ComposePanel, transport: Transport) -> None:
        self.ruler: Ruler = panel.ruler
        self.x_of, self.transport = panel.roll_geometry.x_of, transport

    def move(self, tick: float, y: int, button: Qt.MouseButton) -> None:
        at = QPointF(self.x_of(tick), y)
        move = QMouseEvent(
            QEvent.Type.MouseMove, at, self.ruler.mapToGlobal(at), NO_BUTTON, button, self.held
        )
        QApplication.sendEvent(self.ruler, move)

    held = NONE

    def drag(self, first: float, last: float, y: int = TOP) -> None:
        def at(tick: float) -> QPoint:
            return QPoint(round(self.x_of(tick)), y)

        QTest.mousePress(self.ruler, LEFT, self.held, at(first))
        self.move((first + last) / 2, y, LEFT)
        self.move(last, y, LEFT)
        QTest.mouseRelease(self.ruler, LEFT, self.held, at(last))


@pytest.fixture
def hand(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hand]:
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path))
    model, transport = ScoreViewModel(), Transport()
    panel = ComposePanel(model, None, None, transport)
    qtbot.addWidget(panel)
    panel.resize(1200, 700)
    panel.show()
    panel.roll_geometry.pixels_per_tick = 0.08
    panel.roll_geometry.scroll_to_tick(0)
    yield Hand(panel, transport)
    model.close()


@pytest.mark.parametrize(
    ("start", "end", "region"),
    [
        (2 * BAR, BAR + 10, (BAR, 4 * BAR)),
        (4 * BAR, 5 * BAR - 10, (2 * BAR, 5 * BAR)),
        (3 * BAR, 2 * BAR + 10, (BAR, 3 * BAR)),
        (3 * BAR, -9 * BAR, (0, 2 * BAR)),
        (2 * BAR, 5 * BAR, (4 * BAR, 5 * BAR)),
    ],
    ids=["its beginning", "its end", "all of it", "never before the song", "past its other end"],
)
def test_a_drag_at_the_top_changes_it(
    hand: Hand, start: int, end: int, region: tuple[int, int]
) -> None:
    hand.drag(start, end)
    assert hand.transport.loop == region
    assert hand.transport.sought == []


def test_with_alt_it_keeps_to_no_grid(hand: Hand) -> None:
    hand.held = Qt.KeyboardModifier.AltModifier
    hand.drag(4 * BAR, 5 * BAR - 50)
    assert hand.transport.loop is not None
    assert hand.transport.loop[1] == pytest.approx(5 * BAR - 50, abs=15)


def test_below_it_a_click_moves_the_playhead(hand: Hand) -> None:
    hand.drag(2 * BAR, 3 * BAR, y=BELOW)
    assert hand.transport.loop == (2 * BAR, 4 * BAR)
    assert hand.transport.sought[-1] == 3 * BAR


def test_it_is_never_empty(hand: Hand) -> None:
    hand.drag(2 * BAR, 4 * BAR)
    assert hand.transport.loop is not None
    assert hand.transport.loop[0] < hand.transport.loop[1]


def test_the_mouse_is_told_what_it_would_do(hand: Hand) -> None:
    told = {}
    for is_punch in (False, True):
        hand.ruler.is_punch = lambda is_punch=is_punch: is_punch
        for tick, y in ((2 * BAR, TOP), (4 * BAR, TOP), (3 * BAR, TOP), (3 * BAR, BELOW)):
            hand.move(tick, y, NO_BUTTON)
            told[is_punch, tick, y] = hand.ruler.statusTip(), hand.ruler.cursor().shape()
    hints = [hint for hint, _ in told.values()]
    assert len(set(hints)) == 7, "all differ, but for the playhead's"
    assert told[True, 2 * BAR, TOP][0].startswith("Drag: where recording begins")
    assert told[False, 3 * BAR, BELOW] == told[True, 3 * BAR, BELOW]
    assert told[False, 2 * BAR, TOP][1] == Qt.CursorShape.SizeHorCursor


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_punch_looks_other_than_a_loop_by_more_than_colour(hand: Hand, mode: str) -> None:
    theme().set_mode(mode)  # type: ignore[arg-type]

    def inked() -> set[tuple[int, int]]:
        image, paper = hand.ruler.grab().toImage(), theme().color("surface").name()
        left = round(hand.x_of(2 * BAR))
        strong = {theme().color(role).name() for role in ("accent", "error")}
        assert image.pixelColor(left + 40, 20).name() != paper, "what lies between is tinted"
        return {
            (x, y)
            for x in range(left, left + 12)
            for y in range(HEIGHT - 12)
            if image.pixelColor(x, y).name() in strong
        }

    loop = inked()
    hand.ruler.is_punch = lambda: True
    assert len(inked() - loop) > 20


def test_edges_are_found_before_what_lies_between() -> None:
    assert [grip_at(100, 200, x, 3) for x in (90, 96, 104, 150, 197, 205, 206)] == [
        None,
        "first",
        "first",
        "whole",
        "last",
        "last",
        None,
    ]
    assert grip_at(100, 200, 150, GRIP_HEIGHT + 1) is None
    assert grip_at(100, 104, 103, 3) == "last", "the nearer of two"
