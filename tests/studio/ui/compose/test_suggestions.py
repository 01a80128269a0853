"""The assistant against a worker that answers when the test says so."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from models.notes import EditEvent, Note
from models.protocol import Conditions, Message, Piece, edit_to_json
from studio import settings
from studio.score.midi_file import midi_bytes
from studio.score.score import Edit
from studio.ui.compose.assistant_panel import WIDTH, AssistantPanel
from studio.ui.compose.compose_panel import ComposePanel
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.compose.suggestion_view_model import SuggestionViewModel

BAR = 4 * 480
FIRST, SECOND = Note(0, 60, 480), Note(480, 62, 480)
NEW = Note(960, 64, 240)
REMOVE, ADD = EditEvent("remove", FIRST, 0.9), EditEvent("add", NEW, 0.4)


class Worker:
    """Takes requests as the client does; the test writes the replies."""

    def __init__(self) -> None:
        self.state = "ready"
        self.failure = ""
        self.n_starts = 0
        self.on_state: Callable[[str], None] = lambda state: None
        self.asked: list[dict[str, Any]] = []
        self.loads: list[int] = []
        self.cancelled: list[int] = []
        self._listeners: dict[int, Any] = {}

    def submit(self, body: Any, on_reply: Any, samples: Any = None) -> int:
        number = len(self._listeners) + 1
        self._listeners[number] = on_reply
        body = body() if callable(body) else body
        if body["do"] == "load":
            self.loads.append(number)
        else:
            self.asked.append({**body, "id": number})
        if self.state == "failed":
            self.say(number, "error", message=self.failure)
        return number

    def start(self) -> None:
        self.n_starts += 1
        self.state, self.failure = "starting", ""

    def cancel(self, number: int) -> None:
        self.cancelled.append(number)

    def become(self, state: str) -> None:
        self.state = state
        self.on_state(state)
        QCoreApplication.processEvents()

    def say(self, number: int, event: str, **values: Any) -> None:
        self._listeners[number](Message({"id": number, "event": event, **values}))

    def reply(self, event: str, **values: Any) -> None:
        self.say(self.asked[-1]["id"], event, **values)
        QCoreApplication.processEvents()

    def propose(self, *events: EditEvent) -> None:
        for event in events:
            self.say(self.asked[-1]["id"], "edit", edit=edit_to_json(event, 480))
        QCoreApplication.processEvents()

    def load(self, event: str = "loaded", **values: Any) -> None:
        self.say(self.loads[-1], event, **values)
        QCoreApplication.processEvents()


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
    worker.propose(REMOVE, ADD)
    return suggestions


def test_the_worker_is_given_the_score_and_the_conditions(
    suggestions: SuggestionViewModel, score: ScoreViewModel, worker: Worker
) -> None:
    suggestions.ask(Path("some/model"), Conditions(max_add=3, seed=9))
    asked = worker.asked[-1]
    assert (asked["do"], Path(asked["folder"])) == ("suggest", Path("some/model"))
    assert Conditions.from_json(asked["conditions"]) == Conditions(max_add=3, seed=9)
    assert Piece.from_json(asked["score"]) == score.song.to_piece()
    suggestions.ask_to_continue(Path("some/model"), Conditions(), 5)
    assert (worker.asked[-1]["do"], worker.asked[-1]["bars"]) == ("continue", 5)


def test_proposals_show_while_they_come_and_change_nothing(
    proposed: SuggestionViewModel, score: ScoreViewModel, worker: Worker
) -> None:
    assert [ghost.event for ghost in proposed.ghosts] == [REMOVE, ADD]
    assert proposed.state == "working"
    assert set(score.score.notes) == {FIRST, SECOND}
    worker.reply("done", n_edits=2, seconds=0.1)
    assert proposed.state == "ready"


def test_many_replies_are_one_change(suggestions: SuggestionViewModel, worker: Worker) -> None:
    changes: list[int] = []
    suggestions.ask(Path("model"), Conditions(max_add=100))
    suggestions.changed.connect(lambda: changes.append(len(suggestions.ghosts)))
    worker.propose(*(EditEvent("add", Note(10 * i, 70, 5), 0.5) for i in range(100)))
    assert changes == [100]


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


def test_what_has_come_can_be_taken_while_the_rest_is_awaited(
    proposed: SuggestionViewModel, score: ScoreViewModel, worker: Worker
) -> None:
    assert proposed.accept()
    assert set(score.score.notes) == {SECOND, NEW}
    assert worker.cancelled == [worker.asked[-1]["id"]]
    worker.propose(EditEvent("add", Note(0, 72, 480), 0.5))
    assert proposed.ghosts == ()


def test_refusing_leaves_the_score_as_it_was(
    proposed: SuggestionViewModel, score: ScoreViewModel, worker: Worker
) -> None:
    before = midi_bytes(score.song)
    proposed.refuse()
    assert (proposed.ghosts, proposed.state) == ((), "idle")
    assert worker.cancelled == [worker.asked[-1]["id"]]
    assert midi_bytes(score.song) == before
    assert score.score.undo_label == "Start"


def test_a_cancelled_request_leaves_what_came_and_ignores_the_rest(
    proposed: SuggestionViewModel, worker: Worker
) -> None:
    proposed.cancel()
    assert worker.cancelled == [worker.asked[-1]["id"]]
    worker.propose(EditEvent("add", Note(0, 72, 480), 0.5))
    worker.reply("cancelled", n_edits=3)
    assert len(proposed.ghosts) == 2
    assert proposed.state == "ready"


def test_late_replies_to_an_earlier_request_are_passed_over(
    proposed: SuggestionViewModel, worker: Worker
) -> None:
    earlier = worker.asked[-1]["id"]
    proposed.ask(Path("model"), Conditions())
    worker.say(earlier, "edit", edit=edit_to_json(ADD, 480))
    worker.say(earlier, "cancelled", n_edits=3)
    worker.propose(REMOVE)
    assert [ghost.event for ghost in proposed.ghosts] == [REMOVE]
    assert proposed.state == "working"


def test_an_edit_meanwhile_drops_what_no_longer_fits_and_says_so(
    qtbot: QtBot, proposed: SuggestionViewModel, score: ScoreViewModel, worker: Worker
) -> None:
    with qtbot.waitSignal(proposed.notice) as told:
        score.request(Edit("Delete", removed=frozenset({FIRST})))
    assert [ghost.event for ghost in proposed.ghosts] == [ADD]
    assert "1 of the proposed edits no longer fit" in told.args[1]
    assert proposed.state == "working"
    worker.propose(EditEvent("add", SECOND, 0.5))  # what the model can't know: it is there
    worker.reply("done", n_edits=3, seconds=0.1)
    assert (proposed.state, proposed.n_dropped) == ("stale", 2)
    assert proposed.accept()
    assert set(score.score.notes) == {SECOND, NEW}


def test_a_proposal_of_which_nothing_fits_any_more_is_stale_and_not_ready(
    proposed: SuggestionViewModel, score: ScoreViewModel, worker: Worker
) -> None:
    worker.reply("done", n_edits=2, seconds=0.1)
    score.request(Edit("Mine", frozenset({FIRST}), frozenset({NEW})))
    assert (proposed.ghosts, proposed.state) == ((), "stale")
    proposed.ask(Path("model"), Conditions())
    assert (proposed.state, proposed.n_dropped) == ("working", 0)


def test_a_failure_is_told_with_its_reason_and_what_came_can_be_taken(
    qtbot: QtBot, proposed: SuggestionViewModel, score: ScoreViewModel, worker: Worker
) -> None:
    with qtbot.waitSignal(proposed.notice) as told:
        worker.reply("error", message="The model process stopped.")
    assert told.args == ["error", "The model process stopped."]
    assert proposed.state == "failed"
    assert proposed.accept()
    assert set(score.score.notes) == {SECOND, NEW}


def test_a_worker_that_has_failed_is_started_again_when_asked(
    suggestions: SuggestionViewModel, worker: Worker
) -> None:
    worker.failure = "The model process can't be started: no room"
    worker.become("failed")
    assert (suggestions.model.state, suggestions.model.failure) == ("failed", worker.failure)
    suggestions.ask(Path("model"), Conditions())
    assert worker.n_starts == 1
    assert suggestions.state == "working"
    worker.propose(ADD)
    worker.reply("done", n_edits=1, seconds=0.1)
    assert suggestions.state == "ready"


def test_an_answer_that_comes_at_once_is_not_missed(
    suggestions: SuggestionViewModel, worker: Worker
) -> None:
    worker.start = lambda: None  # type: ignore[method-assign]
    worker.failure = "no room"
    worker.become("failed")
    suggestions.ask(Path("model"), Conditions())
    QCoreApplication.processEvents()
    assert (suggestions.state, suggestions.failure) == ("failed", "no room")


def test_a_model_is_loading_until_it_is_there_or_refused(
    suggestions: SuggestionViewModel, worker: Worker
) -> None:
    model = suggestions.model
    assert model.state == "none"
    worker.become("starting")
    model.load(Path("model"))
    assert model.state == "starting"
    worker.become("ready")
    assert model.state == "loading"
    worker.load()
    assert model.state == "ready"
    model.load(Path("other"))
    worker.load("error", message="other: this model can't be used: wrong hash.")
    assert (model.state, "wrong hash" in model.failure) == ("failed", True)


def test_a_worker_that_was_started_again_loads_the_model_again(
    suggestions: SuggestionViewModel, worker: Worker
) -> None:
    suggestions.model.load(Path("model"))
    worker.load()
    worker.become("starting")
    assert suggestions.model.state == "starting"
    worker.become("ready")
    assert len(worker.loads) == 2
    assert suggestions.model.state == "loading"


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
    panel.resize(WIDTH, 720)
    panel.show()
    return panel


def button(panel: AssistantPanel, name: str) -> QAbstractButton:
    found = panel.findChild(QAbstractButton, name)
    assert found is not None
    return found  # type: ignore[no-any-return]


def press(qtbot: QtBot, panel: AssistantPanel, name: str) -> None:
    qtbot.mouseClick(button(panel, name), Qt.MouseButton.LeftButton)


def words(panel: AssistantPanel, name: str) -> str:
    found = panel.findChild(QLabel, name)
    assert found is not None
    return str(found.text())


def test_the_panel_asks_for_what_its_controls_say(
    qtbot: QtBot, panel: AssistantPanel, worker: Worker
) -> None:
    form = panel.form
    more = form.more
    for box, value in ((form.add, 7), (form.remove, 0), (more.iterations, 12), (more.seed, 42)):
        box.setValue(value)
    form.risk.setValue(1.3)
    more.key.setCurrentIndex(more.key.findData("F#:min"))
    press(qtbot, panel, "assistant_suggest")
    asked = Conditions.from_json(worker.asked[0]["conditions"])
    assert asked == Conditions(7, 0, 12, 1.3, 42, key="F#:min")
    assert button(panel, "assistant_suggest").text() == "Cancel"
    press(qtbot, panel, "assistant_suggest")
    assert worker.cancelled == [worker.asked[0]["id"]]
    assert button(panel, "assistant_suggest").text() == "Suggest"


def test_a_model_that_is_new_can_be_chosen_and_stays_chosen(
    qtbot: QtBot, panel: AssistantPanel, worker: Worker
) -> None:
    assert panel.form.folder is not None
    folder = settings.models_dir() / "mine"
    shutil.copytree(panel.form.folder, folder)
    panel.choose_model(Path(str(folder)))
    assert panel.form.folder == folder
    panel.choose_model(Path("no such model"))
    assert panel.form.folder == folder
    press(qtbot, panel, "assistant_suggest")
    assert worker.asked[0]["folder"] == str(folder)


def test_new_bars_are_asked_for(qtbot: QtBot, panel: AssistantPanel, worker: Worker) -> None:
    press(qtbot, panel, "assistant_continue")
    assert (worker.asked[0]["do"], worker.asked[0]["bars"]) == ("continue", 4)
    assert not button(panel, "assistant_continue").isEnabled()


@pytest.mark.parametrize(("name", "value"), [("add", 20), ("risk", 1.7), ("iterations", 3)])
def test_slider_and_number_say_the_same(panel: AssistantPanel, name: str, value: float) -> None:
    box = getattr(panel.form, name, None) or getattr(panel.form.more, name)
    slider = panel.findChild(QWidget, f"assistant_{name}_slider")
    box.setValue(value)
    at = slider.value()  # type: ignore[union-attr]
    box.setValue(1)
    slider.setValue(at)  # type: ignore[union-attr]
    assert box.value() == pytest.approx(value)


def test_a_number_beyond_the_slider_is_kept(panel: AssistantPanel) -> None:
    panel.form.add.setValue(150)
    assert panel.form.conditions().max_add == 150


def test_the_dice_give_another_seed(
    qtbot: QtBot, panel: AssistantPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("random.randint", lambda low, high: high)
    press(qtbot, panel, "assistant_dice")
    assert panel.form.conditions().seed == panel.form.more.seed.maximum()


def choose_region(panel: AssistantPanel, name: str) -> None:
    choice = panel.form.region.choice
    choice.setCurrentIndex(choice.findData(name))


def region(panel: AssistantPanel) -> tuple[int, int | None]:
    conditions = panel.form.conditions()
    return conditions.start_tick, conditions.end_tick


def test_the_region_is_the_bars_of_the_selection(
    panel: AssistantPanel, score: ScoreViewModel
) -> None:
    late = Note(BAR * 5 + 100, 60, 480)
    score.request(Edit("Add", added=frozenset({late})))
    choose_region(panel, "selection")
    suggest = button(panel, "assistant_suggest")
    assert not suggest.isEnabled()
    assert "Select notes" in suggest.toolTip()
    score.select({late})
    assert suggest.isEnabled()
    assert region(panel) == (BAR * 5, BAR * 6)


def test_the_region_is_from_bar_to_bar(panel: AssistantPanel, score: ScoreViewModel) -> None:
    score.request(Edit("Add", added=frozenset({Note(BAR * 8, 60, 480)})))
    choose_region(panel, "bars")
    chooser = panel.form.region
    chooser.last.setValue(4)
    chooser.first.setValue(2)
    assert region(panel) == (BAR, BAR * 4)
    chooser.first.setValue(9)
    assert region(panel) == (BAR * 8, BAR * 9)
    chooser.last.setValue(3)
    assert region(panel) == (BAR * 2, BAR * 3)
    chooser.last.setValue(99)
    assert region(panel) == (BAR * 2, BAR * 9), "the piece has no more"
    score.undo()
    assert region(panel) == (0, BAR)


def test_only_the_chosen_tracks_may_change(panel: AssistantPanel, score: ScoreViewModel) -> None:
    score.add_track("Flute", 73)
    score.add_track("Drums", is_drums=True)
    boxes = panel.form.tracks.boxes
    assert [box.isEnabled() for box in boxes] == [True, True, False]
    assert panel.form.conditions().tracks is None
    assert panel.form.tracks.currentText() == "All tracks"
    boxes[0].setChecked(False)
    assert panel.form.conditions().tracks == (1,)
    assert panel.form.tracks.currentText() == "Flute"
    boxes[1].setChecked(False)
    assert not button(panel, "assistant_suggest").isEnabled()
    assert "track" in button(panel, "assistant_suggest").toolTip()


def test_a_row_is_taken_or_left_by_its_box(
    qtbot: QtBot, panel: AssistantPanel, proposed: SuggestionViewModel
) -> None:
    rows = panel.proposals
    assert rows.topLevelItemCount() == 2
    first, second = (rows.topLevelItem(row) for row in range(2))
    assert first is not None
    assert second is not None
    assert [first.text(column) for column in range(4)] == ["\N{MINUS SIGN} C4", "1.1", "1", "90%"]
    assert [second.text(column) for column in range(4)] == ["+ E4", "1.3", "0.5", "40%"]
    second.setCheckState(0, Qt.CheckState.Unchecked)
    assert [ghost.is_accepted for ghost in proposed.ghosts] == [True, False]
    with qtbot.waitSignal(panel.reveal) as revealed:
        rows.setCurrentItem(second)
    assert revealed.args == [NEW.start, NEW.pitch]
    press(qtbot, panel, "assistant_none")
    assert first.checkState(0) == Qt.CheckState.Unchecked
    assert "marked" in button(panel, "assistant_take").toolTip()
    press(qtbot, panel, "assistant_all")
    assert proposed.n_accepted == 2


def test_choosing_a_row_shows_its_note_in_the_roll(
    qtbot: QtBot,
    panel: AssistantPanel,
    suggestions: SuggestionViewModel,
    score: ScoreViewModel,
    worker: Worker,
) -> None:
    compose = ComposePanel(score, suggestions, panel)
    qtbot.addWidget(compose)
    compose.resize(900, 500)
    compose.show()
    suggestions.ask(Path("model"), Conditions())
    far = Note(60 * BAR, 100, 480)
    worker.propose(ADD, EditEvent("add", far, 0.5))
    geometry = compose.roll_geometry
    assert geometry.right_tick < far.start
    panel.proposals.setCurrentItem(panel.proposals.topLevelItem(1))
    assert geometry.left_tick <= far.start < geometry.right_tick
    assert 0 <= geometry.y_of(far.pitch) < geometry.height


def test_enter_in_the_list_takes_and_escape_refuses(
    qtbot: QtBot, panel: AssistantPanel, proposed: SuggestionViewModel, score: ScoreViewModel
) -> None:
    qtbot.keyClick(panel.form.add, Qt.Key.Key_Return)  # a number was typed, no more
    assert len(proposed.ghosts) == 2
    qtbot.keyClick(panel.proposals, Qt.Key.Key_Escape)
    assert (proposed.state, len(proposed.ghosts)) == ("ready", 2)  # no longer asking
    qtbot.keyClick(panel.proposals, Qt.Key.Key_Return)
    assert set(score.score.notes) == {SECOND, NEW}
    score.undo()
    proposed.ask(Path("model"), Conditions())
    proposed.refuse()
    assert set(score.score.notes) == {FIRST, SECOND}


def test_the_state_is_told_as_it_is(panel: AssistantPanel, worker: Worker) -> None:
    suggestions = panel._suggestions
    assert "loading" in words(panel, "assistant_state")
    worker.load()
    assert "ready" in words(panel, "assistant_state")
    suggestions.ask(Path("model"), Conditions(max_add=5, max_remove=2))
    worker.propose(REMOVE, ADD)
    assert "working" in words(panel, "assistant_state")
    assert words(panel, "assistant_status").startswith("2 of at most 7 edits, ")
    assert words(panel, "assistant_status").endswith(" a second")
    worker.reply("error", message="It burnt out.")
    assert "failed" in words(panel, "assistant_state")
    assert words(panel, "assistant_status") == "It burnt out."
    assert button(panel, "assistant_suggest").text() == "Try again"


def test_without_a_model_it_is_said_where_to_get_one(
    qtbot: QtBot,
    suggestions: SuggestionViewModel,
    score: ScoreViewModel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("studio.ui.compose.assistant_form.list_models", list)
    panel = AssistantPanel(suggestions, score)
    qtbot.addWidget(panel)
    for name in ("assistant_suggest", "assistant_continue"):
        assert not button(panel, name).isEnabled()
        assert "Train" in button(panel, name).toolTip()
    assert "Train" in words(panel, "assistant_status")


def test_every_control_says_what_it_is_and_why_it_is_off(panel: AssistantPanel) -> None:
    controls = [
        child
        for child in panel.findChildren(QWidget)
        if child.objectName().startswith("assistant_")
        and child.focusPolicy() & Qt.FocusPolicy.TabFocus
        and child.objectName() != "assistant_scroll"
    ]
    assert len(controls) > 15
    for control in controls:
        assert control.accessibleName(), control.objectName()
        assert control.toolTip(), control.objectName()
        assert control.statusTip() == control.toolTip(), control.objectName()
    disabled = {
        control.objectName(): control.toolTip() for control in controls if not control.isEnabled()
    }
    assert disabled.keys() == {"assistant_take", "assistant_refuse"}
    assert all("press Suggest" in tip for tip in disabled.values())


@pytest.mark.parametrize("height", [720, 480])
def test_it_fits_where_it_is_and_its_answers_stay_in_sight(
    qtbot: QtBot, panel: AssistantPanel, proposed: SuggestionViewModel, height: int
) -> None:
    panel.resize(WIDTH, height)
    assert panel.width() == WIDTH
    for name in ("assistant_suggest", "assistant_take", "assistant_refuse"):
        child = button(panel, name)
        assert child.isVisible()
        assert panel.rect().contains(child.geometry()), name
    scroll = panel.findChild(QScrollArea, "assistant_scroll")
    assert scroll is not None
    qtbot.waitUntil(lambda: panel.form.width() == scroll.viewport().width())
    for child in panel.form.findChildren(QWidget):
        if child.isVisible():
            right = child.mapTo(panel.form, child.rect().topRight()).x()
            assert right < panel.form.width(), child.objectName()
