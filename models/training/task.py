"""What the training engine asks of each kind of model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

Batch = dict[str, Tensor]


class Task(Protocol):
    """One kind of model with its data: the engine runs it and knows nothing else of it."""

    kind: str
    network: nn.Module

    def n_batches(self) -> int:
        """Batches an epoch."""

    def train_batches(self, epoch: int) -> Iterator[Batch]:
        """The batches of `epoch`, the same whenever the seed and the epoch are the same."""

    def loss(self, network: nn.Module, batch: Batch) -> Tensor:
        """The mean loss of a batch, shape ()."""

    def validate(self, network: nn.Module) -> dict[str, float]:
        """`valid_loss` and whatever else is measured on the validation split each epoch."""

    def card_fields(self) -> dict[str, Any]:
        """`architecture`, `config`, `labels`, `features`, `data`, `notes`, `settings`."""

    def optimizer(self, network: nn.Module) -> tuple[Optimizer, LRScheduler | None]:
        """The optimizer, and a schedule that steps once a batch."""

    def final_metrics(self, network: nn.Module) -> dict[str, dict[str, Any]]:
        """What the card says, by split, measured once with the best weights."""

    def export_onnx(self, network: nn.Module) -> bytes | None:
        """The network for ONNX Runtime, or None where torch serves."""


class TaskModule(Protocol):
    """A module of `models.training` that makes tasks of one kind."""

    Settings: type[Any]  # a frozen dataclass: every setting, with its default
    PRESETS: dict[str, dict[str, Any]]

    def make_task(
        self,
        data: Path,
        settings: Any,
        *,
        seed: int,
        limit_per_class: int | None,
        log: Callable[[str], None],
    ) -> Task:
        """Read the data and build the network. Raises ModelError for data it can't use."""
