"""Variations, presets, locks and counts of the assistant, against a worker under control."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QMenu, QScrollArea, QToolButton
from pytestqt.qtbot import QtBot

from models.notes import EditEvent, Note
from models.protocol import Conditions
from studio.assistant.presets import OWN, PRESETS
from studio.score.midi_file import midi_bytes
from studio.score.score import Edit
from studio.ui.compose.assistant_panel import WIDTH, AssistantPanel
from studio.ui.compose.compose_panel import ComposePanel
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.compose.suggestion_view_model import SuggestionViewModel
from studio.ui.compose.worker_request import Request
from tests.studio.ui.compose.fake_worker import FIRST, REMOVE, SECOND, Worker

ADDS = tuple(EditEvent("add", Note(960 + 120 * i, 64 + i, 120), 0.5) for i in range(6))
MODEL = Path("model")


def asked(worker: Worker, index: int = -1) -> Conditions:
    return Conditions.from_json(worker.asked[index]["conditions"])


def answer(worker: Worker, *events: EditEvent) -> None:
    worker.propose(*events)
    worker.reply("done", n_edits=len(events), seconds=0.1)


def shown(suggestions: SuggestionViewModel) -> list[EditEvent]:
    return [ghost.event for ghost in suggestions.ghosts]


def test_variations_come_one_after_the_other_with_seeds_of_their_own(
    suggestions: SuggestionViewModel, score: ScoreViewModel, worker: Worker
) -> None:
    suggestions.begin(Request(MODEL, Conditions(seed=7), variations=3))
    for index in range(3):
        assert asked(worker).seed == 7 + index
        assert suggestions.state == "working"
        answer(worker, ADDS[index])
    assert suggestions.state == "ready"
    assert len(worker.asked) == 3
    seen = []
    for _ in range(3):
        seen += shown(suggestions)
        suggestions.browse(1)
    assert seen == list(ADDS[:3])
    assert shown(suggestions) == [ADDS[0]], "round and round"
    suggestions.browse(-1)
    assert shown(suggestions) == [ADDS[2]]
    assert suggestions.accept()
    assert set(score.score.notes) == {FIRST, SECOND, ADDS[2].note}, "only what is in sight"
    assert shown(suggestions) == []


def test_at_no_risk_each_variation_leaves_out_what_the_others_have(
    suggestions: SuggestionViewModel, worker: Worker
) -> None:
    suggestions.begin(Request(MODEL, Conditions(temperature=0.0), variations=2))
    answer(worker, REMOVE, ADDS[0])
    assert set(asked(worker).avoid) == {("remove", 0, 60), ("add", 960, 64)}
    answer(worker)
    suggestions.begin(Request(MODEL, Conditions(temperature=1.0), variations=2))
    answer(worker, ADDS[1])
    assert asked(worker).avoid == ()


def test_different_from_last_leaves_out_what_was_proposed_then(
    suggestions: SuggestionViewModel, worker: Worker
) -> None:
    request = Request(MODEL, Conditions(), is_different=True)
    suggestions.begin(request)
    assert asked(worker).avoid == ()
    answer(worker, ADDS[0])
    suggestions.begin(request)
    assert asked(worker).avoid == (("add", 960, 64),)
    answer(worker, ADDS[1])
    suggestions.refuse()
    suggestions.begin(replace(request, is_different=False))
    assert asked(worker).avoid == ()
    suggestions.begin(request)
    assert asked(worker).avoid == (("add", 1080, 65),)


def test_cancelling_ends_all_variations_and_keeps_what_came(
    suggestions: SuggestionViewModel, score: ScoreViewModel, worker: Worker
) -> None:
    before = midi_bytes(score.song)
    suggestions.begin(Request(MODEL, Conditions(), variations=3))
    answer(worker, ADDS[0])
    worker.propose(ADDS[1])
    suggestions.cancel()
    assert worker.cancelled == [worker.asked[-1]["id"]]
    worker.propose(ADDS[2])
    worker.reply("cancelled", n_edits=2)
    assert len(worker.asked) == 2
    assert (shown(suggestions), suggestions.state) == ([ADDS[0]], "ready")
    suggestions.browse(1)
    assert shown(suggestions) == [ADDS[1]]
    assert midi_bytes(score.song) == before


def test_an_edit_meanwhile_rebases_every_variation(
    suggestions: SuggestionViewModel, score: ScoreViewModel, worker: Worker
) -> None:
    suggestions.begin(Request(MODEL, Conditions(), variations=2))
    answer(worker, REMOVE, ADDS[0])
    answer(worker, REMOVE, ADDS[1])
    score.request(Edit("Mine", frozenset({FIRST}), frozenset({replace(ADDS[1].note, start=1081)})))
    assert (shown(suggestions), suggestions.n_dropped) == ([ADDS[0]], 1)
    assert suggestions.state == "stale"
    suggestions.browse(1)
    assert (shown(suggestions), suggestions.n_dropped) == ([], 2), "one note lies over another"


def test_an_edit_elsewhere_is_told_though_all_still_fits(
    suggestions: SuggestionViewModel, score: ScoreViewModel, worker: Worker
) -> None:
    suggestions.begin(Request(MODEL, Conditions()))
    answer(worker, ADDS[0])
    score.request(Edit("Mine", added=frozenset({Note(9600, 50, 10)})))
    assert (suggestions.state, shown(suggestions)) == ("stale", [ADDS[0]])


def test_locked_notes_and_tracks_are_told_to_the_model(
    suggestions: SuggestionViewModel, score: ScoreViewModel, worker: Worker
) -> None:
    score.add_track("Flute", 73)
    score.locks.toggle([SECOND])
    suggestions.begin(Request(MODEL, Conditions()))
    assert asked(worker).locked == (1,)
    assert asked(worker).tracks is None
    score.locks.set_track(0, True)
    suggestions.begin(Request(MODEL, Conditions()))
    assert asked(worker).locked == (0, 1)
    assert asked(worker).tracks == (1,)
    suggestions.begin(Request(MODEL, Conditions(tracks=(0, 1))))
    assert asked(worker).tracks == (1,)


def test_what_is_locked_afterwards_is_not_taken_either(
    suggestions: SuggestionViewModel, score: ScoreViewModel, worker: Worker
) -> None:
    suggestions.begin(Request(MODEL, Conditions()))
    answer(worker, REMOVE, ADDS[0])
    score.locks.toggle([SECOND])
    assert suggestions.state == "ready", "no proposal is about it"
    score.locks.toggle([FIRST])
    assert (shown(suggestions), suggestions.state) == ([ADDS[0]], "stale")


def test_the_share_that_was_taken_is_counted_once_an_answer_is_given(
    suggestions: SuggestionViewModel, worker: Worker
) -> None:
    suggestions.begin(Request(MODEL, Conditions(), preset="vary"))
    answer(worker, *ADDS[:4])
    suggestions.toggle(0, 1, 2)
    assert suggestions.accept()
    suggestions.begin(Request(MODEL, Conditions(), preset="vary"))
    answer(worker, ADDS[4])
    assert suggestions.rates.of_model("model").n_proposed == 4
    suggestions.refuse()
    (rate,) = suggestions.rates.rates
    assert (rate.preset, rate.n_proposed, rate.n_taken) == ("vary", 5, 1)


def test_lassoing_toggles_all_at_once(suggestions: SuggestionViewModel, worker: Worker) -> None:
    suggestions.begin(Request(MODEL, Conditions()))
    answer(worker, *ADDS)
    changes: list[int] = []
    suggestions.changed.connect(lambda: changes.append(suggestions.n_accepted))
    suggestions.toggle(1, 2, 3)
    suggestions.toggle(2, 99)
    assert changes == [3]


@pytest.fixture
def panel(qtbot: QtBot, suggestions: SuggestionViewModel, score: ScoreViewModel) -> AssistantPanel:
    panel = AssistantPanel(suggestions, score)
    qtbot.addWidget(panel)
    panel.show()
    return panel


def choose(panel: AssistantPanel, preset: str) -> None:
    box = panel.findChild(QComboBox, "assistant_preset")
    assert box is not None
    box.setCurrentIndex(box.findData(preset))


@pytest.mark.parametrize("preset", PRESETS, ids=[preset.name for preset in PRESETS])
def test_a_preset_asks_for_what_the_table_says(
    panel: AssistantPanel, worker: Worker, suggestions: SuggestionViewModel, preset: object
) -> None:
    assert preset in PRESETS
    choose(panel, preset.name)  # type: ignore[attr-defined]
    wish = preset.wish  # type: ignore[attr-defined]
    panel.ask()
    conditions = asked(worker)
    assert panel.form.wish() == wish
    assert (conditions.max_add, conditions.max_remove) == (wish.max_add, wish.max_remove)
    assert (conditions.temperature, conditions.keep_rhythm) == (wish.risk, wish.keep_rhythm)
    assert conditions.max_per_bar == wish.max_per_bar
    kind = "continue" if preset.continues else "suggest"  # type: ignore[attr-defined]
    assert worker.asked[-1]["do"] == kind
    for _ in range(wish.variations):
        worker.reply("done", n_edits=0, seconds=0.1)
    assert len(worker.asked) == wish.variations


def test_a_changed_setting_makes_it_ones_own_and_back(panel: AssistantPanel) -> None:
    choose(panel, "vary")
    sentence = panel.findChild(QLabel, "assistant_preset_sentence")
    assert sentence is not None
    assert "rhythm" in sentence.text()
    panel.form.add.setValue(13)
    assert panel.form.preset.currentData() == OWN
    assert not sentence.isVisible()
    panel.form.add.setValue(12)
    assert panel.form.preset.currentData() == "vary"
    panel.form.more.is_different.setChecked(False)
    assert panel.form.preset.currentData() == OWN


def test_the_pitches_of_the_region_are_chosen(
    panel: AssistantPanel, score: ScoreViewModel, suggestions: SuggestionViewModel
) -> None:
    chooser = panel.form.more.pitches

    def pitches() -> tuple[int, int]:
        conditions = panel.form.conditions()
        return conditions.pitch_min, conditions.pitch_max

    assert pitches() == (0, 127)
    chooser.choice.setCurrentIndex(chooser.choice.findData("selection"))
    assert "Select notes" in panel.form.problem
    score.select({FIRST, SECOND})
    assert pitches() == (60, 62)
    chooser.choice.setCurrentIndex(chooser.choice.findData("range"))
    chooser.low.setValue(70)
    chooser.high.setValue(50)
    assert pitches() == (50, 50)


@pytest.mark.parametrize(
    ("text", "pitch"), [("C4", 60), ("f#3", 54), ("Bb2", 46), ("b2", 47), ("61", 61), ("C♯4", 61)]
)
def test_pitches_are_typed_by_name(panel: AssistantPanel, text: str, pitch: int) -> None:
    low = panel.form.more.pitches.low
    assert low.valueFromText(text) == pitch
    assert low.valueFromText("H4") == low.value()


def test_keys_browse_lock_and_go_to_the_assistant(
    qtbot: QtBot,
    panel: AssistantPanel,
    suggestions: SuggestionViewModel,
    score: ScoreViewModel,
    worker: Worker,
) -> None:
    compose = ComposePanel(score, suggestions, panel)
    qtbot.addWidget(compose)
    compose.show()
    suggestions.begin(Request(MODEL, Conditions(), variations=2))
    answer(worker, ADDS[0])
    answer(worker, ADDS[1])
    for widget in (compose.roll, panel.proposals):
        qtbot.keyClick(widget, Qt.Key.Key_BracketRight)
        assert shown(suggestions) == [ADDS[1]]
        qtbot.keyClick(widget, Qt.Key.Key_BracketLeft)
        assert shown(suggestions) == [ADDS[0]]
    which = panel.findChild(QLabel, "assistant_variation")
    assert which is not None
    assert which.text() == "1 of 2 · seed 0"
    score.select({FIRST})
    qtbot.keyClick(compose.roll, Qt.Key.Key_K)
    assert score.locks.notes == {FIRST}
    qtbot.keyClick(compose.roll, Qt.Key.Key_G)
    assert panel.form.preset.hasFocus() or compose.window().focusWidget() is panel.form.preset


def test_the_counts_are_shown_and_forgotten(
    panel: AssistantPanel, suggestions: SuggestionViewModel
) -> None:
    button = panel.findChild(QToolButton, "assistant_rates")
    menu = panel.findChild(QMenu, "assistant_rates_menu")
    assert button is not None
    assert menu is not None
    assert not button.isVisible()
    suggestions.rates.count("ar-cnn", "vary", 8, 2)
    panel.refresh()
    assert (button.isVisible(), button.text()) == (True, "25% taken")
    menu.aboutToShow.emit()
    texts = [action.text() for action in menu.actions() if action.text()]
    assert texts == ["ar-cnn, Vary: 2 of 8 notes taken (25%)", "Forget these counts"]
    menu.actions()[-1].trigger()
    assert suggestions.rates.rates == []
    assert not button.isVisible()


def test_more_settings_come_in_sight_when_they_are_unfolded(
    qtbot: QtBot, panel: AssistantPanel
) -> None:
    panel.resize(WIDTH, 700)
    more, scroll = panel.form.more, panel.findChild(QScrollArea, "assistant_scroll")
    assert scroll is not None
    assert not more.seed.isVisible()
    fold = panel.findChild(QToolButton, "assistant_more")
    assert fold is not None
    before = scroll.height()
    scroll.ensureWidgetVisible(fold)
    qtbot.mouseClick(fold, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not more.keep_rhythm.visibleRegion().isEmpty())
    qtbot.waitUntil(lambda: scroll.viewport().width() == panel.form.width())
    assert scroll.height() >= before
    qtbot.mouseClick(fold, Qt.MouseButton.LeftButton)
    assert not more.seed.isVisible()
