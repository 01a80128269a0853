"""What the assistant's panel asks for and shows, with a worker that answers on demand."""

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from models.notes import EditEvent, Note
from models.protocol import Conditions
from studio import settings
from studio.score.score import Edit
from studio.ui.compose.assistant_panel import WIDTH, AssistantPanel
from studio.ui.compose.compose_panel import ComposePanel
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.compose.suggestion_view_model import SuggestionViewModel
from tests.studio.ui.compose.fake_worker import ADD, BAR, FIRST, NEW, REMOVE, SECOND, Worker


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
