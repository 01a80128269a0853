"""How runs are compared: a run that was paused or killed must end like one that never was."""

from pathlib import Path
from typing import Any

from models.card import Card
from models.training.events import read_events

_SCORES = {"batch_size": 2, "batches_per_epoch": 3, "valid_windows": 2, "repair_pieces": 1}
TINY: dict[str, dict[str, Any]] = {
    "ar-cnn": {**_SCORES, "channels": 8, "bottleneck": 4, "blocks": 2},
    "lstm": {**_SCORES, "hidden": 8, "embedding": 8, "n_bars": 4},
    "genre": {"batch_size": 8, "crops_per_epoch": 24, "width": 4, "dropout": 0.2, "mixup": 0.2},
}


def curve(run: Path) -> list[tuple[Any, ...]]:
    """Epoch, batches and losses of each epoch."""
    keys = ("epoch", "step", "train_loss", "valid_loss")
    return [tuple(e[k] for k in keys) for e in read_events(run) if e["event"] == "epoch"]


def assert_same_end(one: Path, other: Path) -> None:
    """The same curve and the same weights to the bit; `other` ended once."""
    assert curve(one) == curve(other)
    first, second = Card.load(one / "best"), Card.load(other / "best")
    assert first.sha256 == second.sha256
    assert first.metrics["valid"]["valid_loss"] == second.metrics["valid"]["valid_loss"]
    assert [e["event"] for e in read_events(other)].count("end") == 1
