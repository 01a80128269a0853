"""A task that learns in milliseconds: which of three heaps a point is from.

Run as a program it is `studio` with the kind `toy` registered.
"""

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.errors import ModelError
from models.training.shares import WHOLE, Share

LABELS = ["a", "b", "c"]


@dataclass(frozen=True)
class Settings:
    width: int = 16
    learning_rate: float = 0.05
    batch_size: int = 20
    dropout: float = 0.3
    is_slow: bool = False
    nan_from: int = 0
    hungry_from: int = 0

    def __post_init__(self) -> None:
        if self.width < 1:
            raise ValueError("width must be at least 1")


PRESETS: dict[str, dict[str, Any]] = {"default": {}, "tiny": {"width": 4, "epochs": 2}}


class ToyNet(nn.Module):
    def __init__(self, width: int = 16, dropout: float = 0.0) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(2, width), nn.ReLU(), nn.Dropout(dropout), nn.Linear(width, 3)
        )

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.layers(x)  # (batch, 2) -> (batch, 3)
        return y


def write_points(folder: Path, n: int = 200) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, n)
    centres = np.array([[0, 0], [1.5, 0], [0, 1.5]])
    points = centres[labels] + rng.normal(0, 0.6, (n, 2))
    np.save(folder / "points.npy", np.column_stack([points, labels]))
    return folder


class ToyTask:
    kind = "genre"

    def __init__(self, points: Tensor, settings: Settings, seed: int) -> None:
        self.settings = settings
        self.seed = seed
        self.x, self.labels = points[:, :2].float(), points[:, 2].long()
        self.n_train = int(0.6 * len(points))
        self.network: nn.Module = ToyNet(settings.width, settings.dropout)
        self.n_seen = 0

    def n_batches(self) -> int:
        return self.n_train // self.settings.batch_size

    def train_batches(
        self, epoch: int, share: Share = WHOLE, first: int = 0
    ) -> Iterator[dict[str, Tensor]]:
        order = np.random.default_rng([self.seed, epoch]).permutation(self.n_train)
        own = share.rows(self.settings.batch_size)
        for index in range(first, self.n_batches()):
            start = index * self.settings.batch_size
            rows = torch.from_numpy(order[start + own.start : start + own.stop])
            yield {"x": self.x[rows], "label": self.labels[rows]}

    def loss(self, network: nn.Module, batch: dict[str, Tensor]) -> Tensor:
        if self.settings.is_slow:
            time.sleep(0.02)
        self.n_seen += 1
        if 0 < self.settings.hungry_from <= self.n_seen:
            torch.ones(1 << 34)  # 64 GB
        loss = F.cross_entropy(network(batch["x"]), batch["label"])
        return loss * torch.nan if 0 < self.settings.nan_from <= self.n_seen else loss

    def validate(self, network: nn.Module) -> dict[str, float]:
        torch.rand(1)  # that validation draws random numbers must not change the curve
        return self._metrics(network, slice(self.n_train, self.n_train + 40))

    def _metrics(self, network: nn.Module, rows: slice) -> dict[str, float]:
        logits = network(self.x[rows])
        loss = F.cross_entropy(logits, self.labels[rows])
        accuracy = (logits.argmax(1) == self.labels[rows]).float().mean()
        return {"valid_loss": float(loss), "accuracy": float(accuracy)}

    def card_fields(self) -> dict[str, Any]:
        settings = asdict(self.settings)
        return {
            "architecture": "toy",
            "config": {key: settings[key] for key in ("width", "dropout")},
            "labels": LABELS,
            "features": None,
            "data": [{"name": "points", "licence": "ours", "items": len(self.x), "hash": ""}],
            "notes": "A toy.",
        }

    def optimizer(self, network: nn.Module) -> tuple[Any, Any]:
        optimizer = torch.optim.AdamW(network.parameters(), lr=self.settings.learning_rate)
        share = self.settings.batch_size / 1000
        return optimizer, torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda n: 1 / (1 + n * share)
        )

    def final_metrics(self, network: nn.Module) -> dict[str, dict[str, Any]]:
        test = slice(self.n_train + 40, None)
        guesses = network(self.x[test]).argmax(1)
        confusion = torch.zeros(3, 3, dtype=torch.long)
        for truth, guess in zip(self.labels[test], guesses, strict=True):
            confusion[truth, guess] += 1
        valid = self._metrics(network, slice(self.n_train, self.n_train + 40))
        tested = {**self._metrics(network, test), "confusion": confusion.tolist()}
        return {"valid": valid, "test": tested}

    def export_onnx(self, network: nn.Module) -> bytes | None:
        return b"not really"


def make_task(
    data: Path,
    settings: Settings,
    *,
    seed: int,
    limit_per_class: int | None,
    log: Callable[[str], None],
) -> ToyTask:
    if not (data / "points.npy").exists():
        raise ModelError(f"{data} holds no points.")
    points = torch.from_numpy(np.load(data / "points.npy"))
    log(f"{len(points)} points")
    return ToyTask(points, settings, seed)


if __name__ == "__main__":
    from models.networks import ARCHITECTURES
    from models.settings.search import SEARCHED, Span
    from models.training.kinds import KINDS
    from studio.cli import main

    sys.modules["toy"] = sys.modules["__main__"]
    KINDS["toy"] = "toy"
    SEARCHED["toy"] = {"learning_rate": Span(1e-5, 0.5, True), "width": Span(2, 24)}
    ARCHITECTURES["toy"] = "toy:ToyNet"
    sys.exit(main())
