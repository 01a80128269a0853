"""The assistant's panel with a real worker process and a tiny model."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from studio import settings
from studio.assistant.worker_client import WorkerClient
from studio.score.midi_file import midi_bytes, write_midi
from studio.score.song import Song
from studio.ui.compose.assistant_panel import AssistantPanel
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.compose.suggestion_view_model import SuggestionViewModel
from tests.models.tiny_score_model import TUNE, write_score_model

SLOW_MS = 60_000


@pytest.fixture
def client() -> Iterator[WorkerClient]:
    client = WorkerClient()
    client.start()
    yield client
    client.close()


@pytest.fixture
def score(qtbot: QtBot, tmp_path: Path) -> ScoreViewModel:
    write_midi(Song.from_piece(TUNE), tmp_path / "tune.mid")
    view_model = ScoreViewModel()
    assert view_model.open(tmp_path / "tune.mid")
    return view_model


@pytest.fixture
def suggestions(score: ScoreViewModel, client: WorkerClient) -> Iterator[SuggestionViewModel]:
    view_model = SuggestionViewModel(score, client)
    yield view_model
    view_model.close()


@pytest.fixture
def panel(qtbot: QtBot, suggestions: SuggestionViewModel, score: ScoreViewModel) -> AssistantPanel:
    folder = write_score_model(settings.models_dir() / "tiny")
    panel = AssistantPanel(suggestions, score)
    qtbot.addWidget(panel)
    panel.choose_model(folder)
    assert panel.form.folder == folder
    panel.form.more.key.setCurrentIndex(panel.form.more.key.findData("off"))
    return panel


def test_suggestions_are_made_within_the_caps_taken_and_undone(
    qtbot: QtBot, panel: AssistantPanel, suggestions: SuggestionViewModel, score: ScoreViewModel
) -> None:
    before, n_before = midi_bytes(score.song), len(score.score)
    panel.form.add.setValue(5)
    panel.form.remove.setValue(3)
    panel.ask()
    qtbot.waitUntil(lambda: suggestions.state == "ready", timeout=SLOW_MS)
    actions = [ghost.event.action for ghost in suggestions.ghosts]
    assert (actions.count("add"), actions.count("remove")) == (5, 3)
    assert midi_bytes(score.song) == before
    assert suggestions.accept()
    assert len(score.score) == n_before + 5 - 3
    score.undo()
    assert midi_bytes(score.song) == before


def test_a_worker_killed_in_mid_suggestion_is_told_and_asked_again(
    qtbot: QtBot,
    panel: AssistantPanel,
    suggestions: SuggestionViewModel,
    score: ScoreViewModel,
    client: WorkerClient,
) -> None:
    before = midi_bytes(score.song)
    qtbot.waitUntil(lambda: suggestions.model.state == "ready", timeout=SLOW_MS)
    panel.form.add.setValue(500)
    panel.form.more.iterations.setValue(1000)
    panel.ask()
    qtbot.waitUntil(lambda: len(suggestions.ghosts) > 0, timeout=SLOW_MS)
    assert client.pid is not None
    os.kill(client.pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: suggestions.state != "working", timeout=SLOW_MS)
    assert suggestions.state == "failed"
    assert "ask again" in suggestions.failure
    assert midi_bytes(score.song) == before
    qtbot.waitUntil(lambda: suggestions.model.state == "ready", timeout=SLOW_MS)
    panel.form.add.setValue(2)
    panel.ask()
    qtbot.waitUntil(lambda: suggestions.state == "ready", timeout=SLOW_MS)
    assert suggestions.ghosts


def test_a_model_that_is_refused_says_why(
    qtbot: QtBot, panel: AssistantPanel, suggestions: SuggestionViewModel
) -> None:
    folder = write_score_model(settings.models_dir() / "changed")
    weights = folder / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    panel.choose_model(folder)
    qtbot.waitUntil(lambda: suggestions.model.state == "failed", timeout=SLOW_MS)
    assert "wrong hash" in suggestions.model.failure
