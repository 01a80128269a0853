"""The model on its way into the worker: where it is, and whether it is still the one on disk."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from models.card import Card
from studio.ui.compose.model_loader import STEPS, ModelLoader
from tests.models.tiny_score_model import write_score_model
from tests.studio.ui.compose.fake_worker import Worker


@pytest.fixture
def worker() -> Worker:
    return Worker()


@pytest.fixture
def loader(qtbot: QtBot, worker: Worker) -> ModelLoader:
    return ModelLoader(worker)  # type: ignore[arg-type]


def test_every_step_of_loading_is_told_and_leads_on(loader: ModelLoader, worker: Worker) -> None:
    told: list[tuple[str, float | None]] = []
    worker.state = "starting"
    loader.changed.connect(lambda: told.append((loader.step, loader.progress)))
    loader.load(Path("model"))
    worker.become("ready")
    for step in ("reading the weights", "warming up"):
        worker.load("loading", step=step)
    worker.load(card={"sha256": "x"})
    steps = list(dict.fromkeys(step for step, _ in told))
    assert steps == [*STEPS, ""]
    progress = [value for _, value in told if value is not None]
    assert progress == sorted(progress)
    assert (loader.state, loader.progress) == ("ready", None)


def test_a_model_that_is_replaced_on_the_disk_is_out_of_date_until_it_is_loaded_again(
    qtbot: QtBot, loader: ModelLoader, worker: Worker, tmp_path: Path
) -> None:
    folder = write_score_model(tmp_path / "model")
    loader.load(folder)
    worker.load(card=Card.load(folder).to_json())
    assert loader.state == "ready"
    (folder / "notes.txt").write_text("nothing that matters")
    write_score_model(folder, seed=9)
    qtbot.waitUntil(lambda: loader.state == "outdated", timeout=20_000)
    loader.retry()
    assert loader.state == "loading"
    worker.load(card=Card.load(folder).to_json())
    assert loader.state == "ready"


def test_a_model_that_is_gone_is_out_of_date(
    qtbot: QtBot, loader: ModelLoader, worker: Worker, tmp_path: Path
) -> None:
    folder = write_score_model(tmp_path / "model")
    loader.load(folder)
    worker.load(card=Card.load(folder).to_json())
    (folder / "card.json").unlink()
    qtbot.waitUntil(lambda: loader.state == "outdated", timeout=20_000)
