from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

import resources
from models.card import Card
from studio.settings import models_dir
from studio.training.run_list import read_run
from studio.ui.train.train_view_model import TrainViewModel

SOUNDS = resources.path("demo", "training_genre")
SCORES = resources.path("demo", "training_scores")
PATIENCE_MS = 120_000  # of a test on a slow machine; no test waits for it to pass


@pytest.fixture
def model(qtbot: QtBot) -> Iterator[TrainViewModel]:
    view_model = TrainViewModel()
    yield view_model
    if view_model.run is not None:
        qtbot.waitUntil(lambda: _end(view_model), timeout=PATIENCE_MS)
    view_model.close()


def _end(model: TrainViewModel) -> bool:
    if model.run is not None and model.run.is_running:
        model.run.stop()
        return False
    return True


@pytest.fixture
def notices(model: TrainViewModel) -> list[tuple[str, str]]:
    told: list[tuple[str, str]] = []
    model.notice.connect(lambda level, text: told.append((level, text)))
    return told


def look_over(qtbot: QtBot, model: TrainViewModel, folder: Path) -> None:
    with qtbot.waitSignal(model.inspected, timeout=PATIENCE_MS):
        model.inspect(folder)


def test_a_good_folder_becomes_ready(qtbot: QtBot, model: TrainViewModel) -> None:
    states: list[str] = []
    model.state_changed.connect(states.append)
    look_over(qtbot, model, SCORES)
    assert states == ["inspecting", "ready"]
    assert model.report is not None
    assert model.report["kind"] == "score"
    assert model.data == SCORES


def test_a_bad_folder_is_told_and_forgotten(
    qtbot: QtBot, model: TrainViewModel, notices: list[tuple[str, str]], tmp_path: Path
) -> None:
    with qtbot.waitSignal(model.notice, timeout=PATIENCE_MS):
        model.inspect(tmp_path / "none")
    ((level, text),) = notices
    assert level == "error"
    assert str(tmp_path / "none") in text
    assert (model.state, model.data, model.report) == ("idle", None, None)
    assert not model.start("genre")


def test_only_the_folder_chosen_last_counts(model: TrainViewModel, tmp_path: Path) -> None:
    model.data = tmp_path
    model._on_inspection(SOUNDS, {"kind": "genre"})
    assert model.report is None


def test_without_data_nothing_starts_or_stops(model: TrainViewModel) -> None:
    assert not model.start("genre")
    model.stop()
    assert model.use_model("mine") is None
    assert (model.state, model.best_folder, model.final_report()) == ("idle", None, {})


def test_a_run_is_followed_stopped_and_put_to_use(
    qtbot: QtBot, model: TrainViewModel, notices: list[tuple[str, str]]
) -> None:
    look_over(qtbot, model, SOUNDS)
    assert model.start("genre", "tiny", 900)
    assert model.state == "running"
    assert not model.start("genre", "tiny")
    qtbot.waitUntil(lambda: bool(model.run_state.epochs), timeout=PATIENCE_MS)

    model.inspect(SCORES)
    assert (model.state, model.data) == ("running", SOUNDS)
    assert notices.pop()[0] == "info"

    model.stop()
    assert model.state == "stopping"
    qtbot.waitUntil(lambda: model.state == "ended", timeout=PATIENCE_MS)
    assert notices == []
    assert model.run_state.has_ended
    assert model.run_state.epochs[-1] < 900
    assert "accuracy" in model.final_report()["metrics"]["valid"]
    assert model.report is not None  # the same data may be learnt again

    results: list[Any] = []
    model.results_loaded.connect(results.extend)
    assert model.can_measure  # it was stopped, so nothing was measured clip by clip
    model.measure()
    assert not model.can_measure
    assert model.measured.is_measuring
    qtbot.waitUntil(lambda: bool(results), timeout=PATIENCE_MS)
    assert notices == []
    assert (results[0].split, len(results[0].clips)) == ("test", model.report["splits"]["test"])
    assert all(clip.path.is_relative_to(SOUNDS) for clip in results[0].clips)
    assert not model.can_measure

    with qtbot.waitSignal(model.model_chosen) as chosen:
        folder = model.use_model("My sounds")
    assert folder is not None
    assert chosen.args == ["genre", str(folder)]
    assert folder.parent == models_dir()
    assert Card.load(folder).labels == ["drums-and-bass", "piano", "strings"]


def test_a_run_that_ends_by_itself_shows_its_results(qtbot: QtBot, model: TrainViewModel) -> None:
    model.data = SOUNDS
    results: list[Any] = []
    model.results_loaded.connect(results.extend)
    assert model.start("genre", "tiny", 1)
    qtbot.waitUntil(lambda: bool(results), timeout=PATIENCE_MS)
    assert model.state == "ended"
    assert [each.split for each in results] == ["test", "valid"]
    assert not model.can_measure


def test_a_run_that_fails_says_why(
    qtbot: QtBot, model: TrainViewModel, notices: list[tuple[str, str]], tmp_path: Path
) -> None:
    model.data = tmp_path  # emptied after it was looked over
    assert model.start("genre", "tiny")
    qtbot.waitUntil(lambda: model.state == "ended", timeout=PATIENCE_MS)
    ((level, text),) = notices
    assert level == "error"
    assert "no labelled music" in text
    assert model.run_state.message == text
    assert model.best_folder is None


def test_a_stop_before_the_run_has_a_folder_is_kept(
    qtbot: QtBot, model: TrainViewModel, notices: list[tuple[str, str]]
) -> None:
    model.data = SOUNDS
    assert model.start("genre", "tiny", 900)
    model.stop()
    qtbot.waitUntil(lambda: model.state == "ended", timeout=PATIENCE_MS)
    assert model.run_state.end_reason == "stopped"
    assert {level for level, _ in notices} <= {"info"}  # it is what was asked for


def test_a_run_is_paused_gone_on_with_and_found_again_by_another_window(
    qtbot: QtBot, model: TrainViewModel, notices: list[tuple[str, str]]
) -> None:
    model.data = SOUNDS
    assert model.start("genre", "tiny", 900, ("patience=900",))
    qtbot.waitUntil(lambda: bool(model.run_state.epochs), timeout=PATIENCE_MS)
    model.pause()
    qtbot.waitUntil(lambda: model.state == "ended", timeout=PATIENCE_MS)
    assert model.is_paused
    reached = model.run_state.epochs[-1]
    summary = read_run(model.run.folder if model.run else Path())
    assert summary is not None
    assert summary.can_resume

    assert model.resume(summary)
    assert model.state == "running"
    assert not model.is_paused
    qtbot.waitUntil(lambda: model.run_state.epoch > reached + 1, timeout=PATIENCE_MS)
    assert model.run_state.epochs == sorted(set(model.run_state.epochs))  # one curve
    assert model.run_state.epochs[0] == 1

    other = TrainViewModel()  # as if the application were opened again
    other.shelf.refresh()
    qtbot.waitUntil(lambda: other.state == "running", timeout=PATIENCE_MS)
    assert other.data == SOUNDS
    qtbot.waitUntil(lambda: other.run_state.epoch > reached, timeout=PATIENCE_MS)
    other.stop()
    qtbot.waitUntil(lambda: other.state == "ended", timeout=PATIENCE_MS)
    assert other.run_state.end_reason == "stopped"
    assert other.best_folder is not None
    other.close()
    qtbot.waitUntil(lambda: model.state == "ended", timeout=PATIENCE_MS)
    assert [level for level, _ in notices] == []
