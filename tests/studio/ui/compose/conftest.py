from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from models.protocol import Conditions
from studio.score.score import Edit
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.compose.suggestion_view_model import SuggestionViewModel
from tests.studio.ui.compose.fake_worker import ADD, FIRST, REMOVE, SECOND, Worker
from tests.studio.ui.compose.roll_hands import (
    HIGH,
    LOW,
    Roll,
)


@pytest.fixture
def roll(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Roll]:
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path))
    roll = Roll(qtbot)
    yield roll
    roll.model.close()


@pytest.fixture
def pair(roll: Roll) -> Roll:
    """A roll with two notes on it."""
    roll.give(LOW, HIGH)
    return roll


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
