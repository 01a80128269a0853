"""The assistant against a worker that answers when the test says so."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from models.notes import EditEvent, Note
from models.protocol import Conditions, Message, edit_to_json
from studio.score.midi_file import midi_bytes
from studio.score.score import Edit
from studio.ui.compose.assistant_panel import AssistantPanel
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.compose.suggestion_view_model import SuggestionViewModel

FIRST, SECOND = Note(0, 60, 480), Note(480, 62, 480)
NEW = Note(960, 64, 240)


class Worker:
    """Takes requests; the test writes the replies."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.cancelled: list[int] = []
        self.on_reply: Any = None

    def submit(self, body: dict[str, Any], on_reply: Any, samples: Any = None) -> int:
        self.requests.append(body)
        self.on_reply = on_reply
        return len(self.requests)

    def cancel(self, number: int) -> None:
        self.cancelled.append(number)

    def reply(self, event: str, **values: Any) -> None:
        self.on_reply(Message({"id": len(self.requests), "event": event, **values}))

    def propose(self, *events: EditEvent) -> None:
        for event in events:
            self.reply("edit", edit=edit_to_json(event, 480))


@pytest.fixture
def worker() -> Worker:
    return Worker()


@pytest.fixture
def score(qtbot: QtBot) -> ScoreViewModel:
    view_model = ScoreViewModel()
    view_model.request(Edit("Start", added=frozenset({FIRST, SECOND})))
    return view_model


@pytest.fixture
def suggestions(score: ScoreViewModel, worker: Worker) -> SuggestionViewModel:
    return SuggestionViewModel(score, worker)  # type: ignore[arg-type]


@pytest.fixture
def proposed(suggestions: SuggestionViewModel, worker: Worker) -> SuggestionViewModel:
    suggestions.ask(Path("model"), Conditions(max_add=1, max_remove=1))
    worker.propose(EditEvent("remove", FIRST, 0.9), EditEvent("add", NEW, 0.4))
    return suggestions


def test_proposals_show_while_they_come_and_change_nothing(
    proposed: SuggestionViewModel, score: ScoreViewModel, worker: Worker
) -> None:
    assert [ghost.event.note for ghost in proposed.ghosts] == [FIRST, NEW]
    assert proposed.state == "working"
    assert set(score.score.notes) == {FIRST, SECOND}
    worker.reply("done", n_edits=2, seconds=0.1)
    assert proposed.state == "ready"


def test_taken_proposals_are_one_undo_step(
    proposed: SuggestionViewModel, score: ScoreViewModel, worker: Worker
) -> None:
    before = midi_bytes(score.song)
    worker.reply("done", n_edits=2, seconds=0.1)
    proposed.toggle(0)
    assert proposed.accept()
    assert set(score.score.notes) == {FIRST, SECOND, NEW}
    assert proposed.state == "idle"
    score.undo()
    assert midi_bytes(score.song) == before


def test_a_cancelled_request_leaves_what_came_and_ignores_the_rest(
    proposed: SuggestionViewModel, worker: Worker
) -> None:
    proposed.cancel()
    assert worker.cancelled == [1]
    worker.propose(EditEvent("add", Note(0, 72, 480), 0.5))
    assert len(proposed.ghosts) == 2
    assert proposed.state == "ready"


def test_an_edit_meanwhile_drops_what_no_longer_fits_and_says_so(
    qtbot: QtBot, proposed: SuggestionViewModel, score: ScoreViewModel
) -> None:
    with qtbot.waitSignal(proposed.notice) as told:
        score.request(Edit("Delete", removed=frozenset({FIRST})))
    assert [ghost.event.note for ghost in proposed.ghosts] == [NEW]
    assert "no longer fit" in told.args[1]


def test_a_failure_is_told_with_its_reason(
    qtbot: QtBot, proposed: SuggestionViewModel, worker: Worker
) -> None:
    with qtbot.waitSignal(proposed.notice) as told:
        worker.reply("error", message="The model process stopped.")
    assert told.args == ["error", "The model process stopped."]
    assert proposed.state == "failed"


def test_another_song_drops_the_proposals(
    proposed: SuggestionViewModel, score: ScoreViewModel
) -> None:
    score.new_song()
    assert proposed.ghosts == ()
    assert proposed.state == "idle"


@pytest.fixture
def panel(qtbot: QtBot, suggestions: SuggestionViewModel, score: ScoreViewModel) -> AssistantPanel:
    panel = AssistantPanel(suggestions, score)
    qtbot.addWidget(panel)
    panel.resize(panel.width(), 720)
    panel.show()
    return panel


def button(panel: AssistantPanel, name: str) -> QPushButton:
    found = panel.findChild(QPushButton, name)
    assert found is not None
    return found


def test_the_panel_asks_for_what_its_controls_say(
    qtbot: QtBot, panel: AssistantPanel, worker: Worker
) -> None:
    panel.form.add.setValue(7)
    panel.form.remove.setValue(0)
    panel.form.risk.setValue(1.3)
    panel.form.seed.setValue(42)
    qtbot.mouseClick(button(panel, "assistant_suggest"), Qt.MouseButton.LeftButton)
    asked = worker.requests[0]["conditions"]
    names = ("max_add", "max_remove", "temperature", "seed", "tracks", "key")
    assert [asked[name] for name in names] == [7, 0, 1.3, 42, None, "auto"]
    assert button(panel, "assistant_suggest").text() == "Cancel"
    qtbot.mouseClick(button(panel, "assistant_suggest"), Qt.MouseButton.LeftButton)
    assert worker.cancelled == [1]


def test_the_region_is_the_bars_of_the_selection(
    panel: AssistantPanel, score: ScoreViewModel
) -> None:
    late = Note(4 * 480 * 5 + 100, 60, 480)
    score.request(Edit("Add", added=frozenset({late})))
    score.select({late})
    panel.form.region.setCurrentIndex(panel.form.region.findData("selection"))
    conditions = panel.form.conditions()
    assert (conditions.start_tick, conditions.end_tick) == (4 * 480 * 5, 4 * 480 * 6)


def test_a_row_is_taken_or_left_by_its_box(
    qtbot: QtBot, panel: AssistantPanel, proposed: SuggestionViewModel
) -> None:
    rows = panel.proposals
    assert rows.count() == 2
    rows.item(1).setCheckState(Qt.CheckState.Unchecked)
    assert [ghost.is_accepted for ghost in proposed.ghosts] == [True, False]
    with qtbot.waitSignal(panel.reveal) as revealed:
        rows.setCurrentRow(1)
    assert revealed.args == [NEW.start, NEW.pitch]
    qtbot.mouseClick(button(panel, "assistant_none"), Qt.MouseButton.LeftButton)
    assert rows.item(0).checkState() == Qt.CheckState.Unchecked


def test_no_button_is_disabled_without_its_reason(panel: AssistantPanel) -> None:
    disabled = [b for b in panel.findChildren(QPushButton) if not b.isEnabled()]
    assert {b.objectName() for b in disabled} >= {"assistant_take", "assistant_refuse"}
    assert all("press Suggest" in b.toolTip() for b in disabled)
