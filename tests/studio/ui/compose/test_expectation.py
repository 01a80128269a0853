"""What the model expects, in the roll: asked about the newest score, drawn, and said in words."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QLabel
from pytestqt.qtbot import QtBot

from models.notes import EditEvent, Note
from models.protocol import Conditions, Piece
from studio import settings
from studio.assistant.worker_client import WorkerClient
from studio.score.score import Edit
from studio.ui.compose.assistant_panel import AssistantPanel
from studio.ui.compose.compose_panel import ComposePanel
from studio.ui.compose.expectation_painter import ExpectationPainter
from studio.ui.compose.expectation_view_model import ExpectationViewModel
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.compose.suggestion_view_model import SuggestionViewModel
from studio.ui.theme import theme
from tests.models.tiny_score_model import write_score_model
from tests.studio.ui.compose.fake_worker import Worker

BEAT = 480
CHORD = tuple(Note(0, pitch, 4 * BEAT) for pitch in (48, 52, 55))
TUNE = tuple(Note(BEAT * i, 72 + i, BEAT) for i in range(8))


class Desk:
    """The place where music is written, with a worker whose answers the test makes up."""

    def __init__(self, qtbot: QtBot) -> None:
        theme().set_mode("light")
        self.worker = Worker()
        self.score = ScoreViewModel()
        self.score.request(Edit("Start", added=frozenset((*CHORD, *TUNE))))
        self.suggestions = SuggestionViewModel(self.score, self.worker)  # type: ignore[arg-type]
        self.expectation = ExpectationViewModel(self.score, self.worker)  # type: ignore[arg-type]
        self.panel = AssistantPanel(self.suggestions, self.score, expectation=self.expectation)
        self.compose = ComposePanel(self.score, self.suggestions, self.panel)
        qtbot.addWidget(self.compose)
        self.compose.resize(1200, 700)
        self.compose.show()
        self.roll, self.geometry = self.compose.roll, self.compose.roll_geometry
        self.geometry.pixels_per_tick = 0.1
        self.geometry.scroll_to_tick(0)
        self.geometry.show_pitch(66)
        self.hints: list[str] = []
        self.roll.hint_changed.connect(self.hints.append)

    @property
    def asked(self) -> list[dict[str, Any]]:
        return [body for body in self.worker.asked if body["do"] == "expect"]

    def switch_on(self) -> None:
        self.expectation.toggle()
        QCoreApplication.processEvents()

    def tell(self, likelihood: dict[Note, float], missed: tuple[Any, ...] = ()) -> None:
        """Answer the last request: what is not named is likely."""
        body = self.asked[-1]
        notes = Piece.from_json(body["score"]).notes
        ranks = sorted(notes, key=lambda note: likelihood.get(note, 0.9))
        rows = [
            [at, likelihood.get(note, 0.9), 1 + ranks.index(note), 62, 0.4]
            for at, note in enumerate(notes)
        ]
        self.worker.say(body["id"], "expected", notes=rows, missed=list(missed), ms=1.0)
        QCoreApplication.processEvents()
        QCoreApplication.processEvents()  # what is asked next is asked by a timer

    def at(self, note: Note) -> QPoint:
        y = self.geometry.y_of(note.pitch) + self.geometry.row_height // 2
        return QPoint(round(self.geometry.x_of(note.start + note.duration / 2)), y)

    def hover(self, note: Note) -> str:
        QTest.mouseMove(self.roll, QPoint(self.roll.width() - 5, 5))
        QTest.mouseMove(self.roll, self.at(note))
        QCoreApplication.processEvents()
        return self.hints[-1]

    def colors(self, note: Note) -> set[str]:
        image = self.roll.grab().toImage()
        ratio = image.devicePixelRatio()
        left = round(self.geometry.x_of(note.start) * ratio)
        right = round(self.geometry.x_of(note.end) * ratio)
        top = self.geometry.y_of(note.pitch) * ratio
        rows = range(round(top), round(top + self.geometry.row_height * ratio))
        return {image.pixelColor(x, y).name() for x in range(left, right) for y in rows}


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def name(role: str) -> str:
    return QColor(theme().color(role)).name()


def test_nothing_is_asked_until_it_is_switched_on(desk: Desk) -> None:
    desk.score.request(Edit("Add", added=frozenset({Note(0, 90, 10)})))
    QCoreApplication.processEvents()
    assert desk.asked == []
    desk.switch_on()
    (body,) = desk.asked
    assert body["start_tick"] == 0
    assert body["end_tick"] % (16 * BEAT) == 0
    assert set(Piece.from_json(body["score"]).notes) == desk.score.score.note_set


def test_edits_while_an_answer_is_awaited_become_one_request_for_the_newest_score(
    desk: Desk,
) -> None:
    desk.switch_on()
    for index in range(5):
        desk.score.request(Edit("Add", added=frozenset({Note(index, 90, 10)})))
        QCoreApplication.processEvents()
    assert len(desk.asked) == 1
    desk.tell({})
    assert len(desk.asked) == 2
    assert set(Piece.from_json(desk.asked[-1]["score"]).notes) == desk.score.score.note_set
    desk.tell({})
    assert len(desk.asked) == 2, "nothing has changed since"


def test_only_what_is_near_the_view_is_sent_and_scrolling_asks_for_more(desk: Desk) -> None:
    far = Note(400 * BEAT, 60, BEAT)
    desk.score.request(Edit("Far", added=frozenset({far})))
    desk.switch_on()
    desk.tell({})
    assert far not in Piece.from_json(desk.asked[-1]["score"]).notes
    desk.geometry.scroll_by(1, 0)
    QCoreApplication.processEvents()
    assert len(desk.asked) == 1
    desk.geometry.scroll_to_tick(395 * BEAT)
    QCoreApplication.processEvents()
    assert Piece.from_json(desk.asked[-1]["score"]).notes == (far,)


def test_too_much_at_once_is_not_asked_but_told(desk: Desk) -> None:
    crowd = {Note(i % 4000, i // 4000 + 20, 10) for i in range(4100)}
    desk.score.request(Edit("Crowd", added=frozenset(crowd)))
    desk.switch_on()
    words = desk.panel.findChild(QLabel, "assistant_expectation_words")
    assert words is not None
    assert "zoom in" in words.text()
    assert desk.asked == []
    desk.score.undo()
    QCoreApplication.processEvents()
    assert len(desk.asked) == 1
    desk.tell({})
    assert "notes here" in words.text()


def test_surprising_notes_and_missed_ones_are_drawn_and_go_with_the_switch(desk: Desk) -> None:
    wrong, missed = TUNE[2], Note(BEAT * 4, 60, BEAT)
    assert name("warning") not in desk.colors(wrong)
    desk.switch_on()
    desk.tell({wrong: 0.1}, ((missed.start, missed.pitch, missed.duration, 0.6),))
    assert name("warning") in desk.colors(wrong)
    assert name("success") in desk.colors(TUNE[4])
    assert name("warning") not in desk.colors(TUNE[4])
    before = desk.colors(missed)
    switch = desk.panel.findChild(QCheckBox, "assistant_expectation")
    words = desk.panel.findChild(QLabel, "assistant_expectation_words")
    assert switch is not None
    assert words is not None
    assert words.text() == "1 of 11 notes here are surprising, 1 missed."
    QTest.mouseClick(switch, Qt.MouseButton.LeftButton, pos=QPoint(8, switch.height() // 2))
    assert not desk.expectation.is_on
    assert name("warning") not in desk.colors(wrong)
    assert desk.colors(missed) != before
    QTest.keyClick(desk.roll, Qt.Key.Key_E)
    assert desk.expectation.is_on
    assert switch.isChecked()


def test_painting_a_strip_costs_the_notes_in_it(desk: Desk) -> None:
    """As the playhead does, sixty times a second."""
    desk.switch_on()
    desk.tell({})
    image, looked_at = QImage(desk.roll.size(), QImage.Format.Format_RGB32), []

    def rect_of(note: Note) -> QRectF:
        looked_at.append(note)
        return QRectF(desk.geometry.x_of(note.start), 0, 10, 10)

    painter = QPainter(image)
    strip = QRectF(desk.geometry.x_of(TUNE[5].start + 100), 0, 7, 400)
    ExpectationPainter(desk.expectation, desk.geometry).paint(painter, rect_of, strip)
    painter.end()
    assert looked_at == [TUNE[5]]


def test_where_notes_are_too_many_only_surprising_ones_are_marked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.ui.compose.expectation_painter.MAX_GAUGES", 5)
    desk.switch_on()
    desk.tell({TUNE[2]: 0.1})
    assert name("warning") in desk.colors(TUNE[2])
    assert name("success") not in desk.colors(TUNE[4])


def test_hovering_says_why(desk: Desk) -> None:
    wrong = replace(TUNE[0], pitch=73)
    desk.score.request(Edit("Wrong", frozenset({TUNE[0]}), frozenset({wrong})))
    plain = desk.hover(wrong)
    assert "Drag" in plain
    desk.switch_on()
    desk.tell({wrong: 0.12}, ((BEAT * 2, 64, BEAT, 0.33),))
    assert desk.hover(wrong) == (
        "C♯5 surprises the model: 12% likely, the 1st most surprising of 11 here. "
        "It would add D4 (40%). It is foreign to C, which sounds here."
    )
    assert "as expected: 90% likely" in desk.hover(TUNE[4])
    desk.score.request(Edit("Far", added=frozenset({Note(BEAT * 12, 64, BEAT)})))
    QCoreApplication.processEvents()
    desk.tell({TUNE[4]: 0.2, wrong: 0.12}, ((BEAT * 2, 64, BEAT, 0.33),))
    assert "surprises the model: 20% likely" in desk.hints[-1], "though the mouse has not moved"
    assert desk.hover(Note(BEAT * 2, 64, BEAT)) == (
        "The model misses E4 here: 33% likely, 1st of 1. It is the third of Cadd9."
    )


def test_hovering_a_ghost_says_why(desk: Desk) -> None:
    add, remove = Note(0, 67, BEAT), TUNE[2]
    desk.suggestions.ask(Path("model"), Conditions())
    desk.worker.propose(EditEvent("add", add, 0.4), EditEvent("remove", remove, 0.7))
    assert desk.hover(add) == (
        "Add G4: the model is 40% sure that it belongs here, 2nd of 2 proposals. "
        "It is the fifth of C."
    )
    assert desk.hover(remove).startswith(
        "Remove D5: the model is 70% sure that it is wrong, 1st of 2 proposals."
    )


def test_a_lasso_takes_and_leaves_the_ghosts_it_goes_round(desk: Desk) -> None:
    events = [EditEvent("add", Note(BEAT * (1 + i), 66, BEAT), 0.5) for i in range(4)]
    desk.suggestions.ask(Path("model"), Conditions())
    desk.worker.propose(*events)
    left = desk.at(events[0].note)
    right = desk.at(events[2].note)
    middle = desk.geometry.row_height
    corners = [
        QPoint(left.x() - 30, left.y() - 2 * middle),
        QPoint(right.x() + 4, right.y() - 2 * middle),
        QPoint(right.x() + 4, right.y() + 2 * middle),
        QPoint(left.x() - 30, left.y() + 2 * middle),
    ]
    alt = Qt.KeyboardModifier.AltModifier
    QTest.mousePress(desk.roll, Qt.MouseButton.LeftButton, alt, corners[0])
    for corner in (*corners[1:], corners[0]):
        QTest.mouseMove(desk.roll, corner)
    QTest.mouseRelease(desk.roll, Qt.MouseButton.LeftButton, alt, corners[0])
    assert [ghost.is_accepted for ghost in desk.suggestions.ghosts] == [False, False, False, True]
    assert not desk.score.selection


def test_a_failure_is_told_and_forgotten_with_the_next_answer(desk: Desk) -> None:
    desk.switch_on()
    desk.worker.say(desk.asked[-1]["id"], "error", message="It burnt out.")
    QCoreApplication.processEvents()
    words = desk.panel.findChild(QLabel, "assistant_expectation_words")
    assert words is not None
    assert words.text() == "It burnt out."
    desk.score.request(Edit("Add", added=frozenset({Note(7, 90, 10)})))
    QCoreApplication.processEvents()
    desk.tell({})
    assert "notes here" in words.text()


def test_a_locked_note_is_marked(desk: Desk) -> None:
    before = desk.colors(TUNE[3])
    desk.score.locks.toggle([TUNE[3]])
    assert desk.colors(TUNE[3]) - before
    desk.score.locks.toggle([TUNE[3]])
    assert desk.colors(TUNE[3]) == before


@pytest.fixture
def client() -> Iterator[WorkerClient]:
    client = WorkerClient()
    client.start()
    yield client
    client.close()


def test_with_a_real_worker_every_edit_is_judged(qtbot: QtBot, client: WorkerClient) -> None:
    score = ScoreViewModel()
    score.request(Edit("Start", added=frozenset(TUNE)))
    expectation = ExpectationViewModel(score, client)
    folder = write_score_model(settings.models_dir() / "tiny")
    desk = ComposePanel(score, None, None)
    qtbot.addWidget(desk)
    expectation.watch(desk.roll_geometry)
    expectation.use_model(folder)
    expectation.toggle()
    qtbot.waitUntil(lambda: expectation.notes.keys() == score.score.note_set, timeout=60_000)
    for index in range(3):
        score.request(Edit("Add", added=frozenset({Note(60 * index, 50, 60)})))
    qtbot.waitUntil(lambda: expectation.notes.keys() == score.score.note_set, timeout=60_000)
    assert {row.of for row in expectation.notes.values()} == {len(score.score)}
