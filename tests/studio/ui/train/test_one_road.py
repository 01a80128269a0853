"""What the panel does is `studio train`, argument for argument."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

import resources
import studio
from models.card import Card
from studio.training import run_process
from studio.ui.train.train_panel import TrainPanel
from studio.ui.train.train_view_model import TrainViewModel
from tests.studio.ui.train.train_place import train_panel

SCORES = resources.path("demo", "training_scores")
SMALL = {
    "batch_size": 2,
    "batches_per_epoch": 3,
    "blocks": 1,
    "bottleneck": 4,
    "channels": 4,
    "n_bars": 2,
    "repair_pieces": 0,
    "valid_windows": 4,
}
CLOCKS = ("seconds", "eta_s", "samples_per_s", "waiting_share", "run", "model")
PATIENCE_MS = 300_000  # of a test on a slow machine; no test waits for it to pass


@pytest.fixture
def panel(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[TrainPanel]:
    monkeypatch.setattr(run_process, "LOW_PRIORITY", 0)  # beside much else it would not move
    model = TrainViewModel()
    panel = train_panel(model)
    qtbot.addWidget(panel)
    panel.show()
    model.data, model.report = SCORES, {"kind": "score", "splits": {}}
    panel.settings_card._offer_kinds(model.report)
    model._set_state("ready")
    panel.settings_card._cost_timer.stop()
    yield panel
    model.close()


def told(run: Path) -> list[dict[str, Any]]:
    """The run's events but for what a clock says; how many batches are told is a clock's, too."""
    lines = (run / "events.jsonl").read_text(encoding="utf-8").splitlines()
    events = [json.loads(line) for line in lines]
    kept = [event for event in events if event["event"] != "batch"]
    return [{key: v for key, v in event.items() if key not in CLOCKS} for event in kept]


def test_the_panel_and_the_command_make_the_same_model(
    qtbot: QtBot, panel: TrainPanel, tmp_path: Path
) -> None:
    card, model = panel.settings_card, panel.run_card._view_model
    card.kind.setCurrentIndex(card.kind.findData("ar-cnn"))
    card.preset.setCurrentIndex(card.preset.findData("tiny"))
    card.epochs.setValue(2)
    card.changes = dict(SMALL)
    qtbot.mouseClick(card.start, Qt.MouseButton.LeftButton)
    assert model.run is not None
    asked = model.run.request.arguments(model.run.folder)
    settings = " ".join(f"--set {name}={value}" for name, value in SMALL.items())
    typed = f"train ar-cnn {SCORES} --preset tiny --epochs 2 {settings}"
    own = shlex.split(f"{typed} -o {model.run.folder} --json")
    assert sorted(asked) == sorted(own)
    assert asked[:3] == own[:3]

    by_hand = tmp_path / "by-hand"
    words = [sys.executable, "-m", "studio", *shlex.split(typed), "-o", str(by_hand), "--json"]
    root = str(Path(studio.__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": root}
    subprocess.run(words, check=True, env=environment, stdout=subprocess.DEVNULL)
    qtbot.waitUntil(lambda: model.state == "ended", timeout=PATIENCE_MS)
    assert model.run_state.end_reason == "epochs"
    assert told(model.run.folder) == told(by_hand)
    cards = [Card.load(run / "best") for run in (model.run.folder, by_hand)]
    assert cards[0].sha256 == cards[1].sha256  # of the weights
    assert cards[0].metrics == cards[1].metrics
    assert model.run_state.best_loss == cards[0].metrics["valid"]["valid_loss"]
