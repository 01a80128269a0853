import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

import resources
import studio
from models.card import Card
from studio.settings import models_dir
from studio.training import run_process
from studio.training.run_list import read_run
from studio.ui.train.train_view_model import TrainViewModel

SOUNDS = resources.path("demo", "training_genre")
SCORES = resources.path("demo", "training_scores")
PATIENCE_MS = 120_000  # of a test on a slow machine; no test waits for it to pass


@pytest.fixture
def model(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[TrainViewModel]:
    monkeypatch.setattr(run_process, "LOW_PRIORITY", 0)  # beside much else it would not move
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
    assert (model.state, model.follower) == ("idle", None)


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
    assert model.follower is not None
    assert "accuracy" in model.follower.report()["metrics"]["valid"]
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
    assert model.follower is not None
    assert model.follower.best is None


def test_a_stop_before_the_run_has_a_folder_is_kept(
    qtbot: QtBot, model: TrainViewModel, notices: list[tuple[str, str]]
) -> None:
    model.data = SOUNDS
    assert model.start("genre", "tiny", 900)
    model.stop()
    qtbot.waitUntil(lambda: model.state == "ended", timeout=PATIENCE_MS)
    assert model.run_state.end_reason == "stopped"
    assert {level for level, _ in notices} <= {"info"}  # it is what was asked for


STAND_IN = """
import json, sys, time
from pathlib import Path
from models.locks import lock_file
run = Path(sys.argv[sys.argv.index("--resume" if "--resume" in sys.argv else "-o") + 1])
run.mkdir(exist_ok=True)
lock = (run / "lock").open("a+")
lock_file(lock)
path = run / "events.jsonl"
n = path.read_text().count('"event": "epoch"') if path.exists() else 0
(run / "pause").unlink(missing_ok=True)
config = dict(kind="genre", data=sys.argv[2], preset="tiny", changes={}, epochs=900, seed=0)
(run / "config.json").write_text(json.dumps({**config, "settings": {"epochs": 900}}))
with path.open("a") as events:
    def tell(event, **values):
        events.write(json.dumps({"event": event, **values}) + chr(10))
        events.flush()
    tell("start", n_epochs=900)
    while not (run / "stop").exists() and not (run / "pause").exists():
        n += 1
        tell("epoch", epoch=n, train_loss=1.0, valid_loss=1.0, metrics={})
        time.sleep(0.02)
    tell("end", epoch=n, reason="paused" if (run / "pause").exists() else "stopped", message="")
"""


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A process that keeps a run's folder as training does, and learns nothing."""
    script = tmp_path / "stand_in.py"
    script.write_text(STAND_IN)
    start = run_process._start

    def stand_in_for(command: list[str], **streams: Any) -> Any:
        words = command[command.index("studio") + 1 :]
        return start([sys.executable, str(script), *words[1:]], **streams)

    monkeypatch.setenv("PYTHONPATH", str(Path(studio.__file__).parents[1]))
    monkeypatch.setattr(run_process, "_start", stand_in_for)


@pytest.mark.usefixtures("stand_in")
def test_a_run_is_paused_gone_on_with_and_found_again_by_another_window(
    qtbot: QtBot, model: TrainViewModel, notices: list[tuple[str, str]]
) -> None:
    model.data = SOUNDS
    assert model.start("genre", "tiny", 900)
    qtbot.waitUntil(lambda: bool(model.run_state.epochs), timeout=PATIENCE_MS)
    model.pause()
    qtbot.waitUntil(lambda: model.state == "ended", timeout=PATIENCE_MS)
    assert model.is_paused
    assert model.run_state.end_reason == "paused"
    reached = model.run_state.epochs[-1]
    assert model.run is not None
    summary = read_run(model.run.folder)
    assert summary is not None
    assert summary.can_resume

    assert model.resume(summary)
    assert model.state == "running"
    assert not model.is_paused
    qtbot.waitUntil(lambda: model.run_state.epoch > reached + 1, timeout=PATIENCE_MS)
    assert model.run_state.epochs == list(range(1, model.run_state.epoch + 1))  # one curve

    other = TrainViewModel()  # as if the application were opened again
    other.shelf.refresh()
    qtbot.waitUntil(lambda: other.state == "running", timeout=PATIENCE_MS)
    assert other.data == SOUNDS
    qtbot.waitUntil(lambda: other.run_state.epoch > reached, timeout=PATIENCE_MS)
    other.stop()
    qtbot.waitUntil(lambda: other.state == "ended", timeout=PATIENCE_MS)
    assert other.run_state.end_reason == "stopped"
    other.close()
    qtbot.waitUntil(lambda: model.state == "ended", timeout=PATIENCE_MS)
    assert [level for level, _ in notices] == []
