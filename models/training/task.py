"""What the engine asks of whatever is to be trained."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from models.training.cautions import Seen
from models.training.shares import WHOLE, Share

Batch = dict[str, Tensor]


class Task(Protocol):
    """A network, its data and its loss. The engine owns the loop, the files and the clock.

    The engine moves the network and the batches of `train_batches` to the device; `validate` and
    `final_metrics` move their own to that of the network's parameters. The engine sets train and
    eval mode and switches gradients off; it calls `validate` and `final_metrics` with the bare
    network. It seeds torch's global random numbers anew for each epoch, from seed and epoch.
    """

    kind: str
    """The kind on the card: "genre" or "score"."""
    network: nn.Module

    def n_batches(self) -> int:
        """Batches of an epoch, at least 1."""

    def train_batches(self, epoch: int, share: Share = WHOLE, first: int = 0) -> Iterator[Batch]:
        """The batches of an epoch (counted from 1), the same for the same seed and epoch.

        Of each batch the rows of `share`, which are the same rows whoever draws the others; those
        before the batch `first` (counted from 0) are left out. Drawn ahead in a thread of its own:
        torch's global random numbers are not for it.
        """

    def loss(self, network: nn.Module, batch: Batch) -> Tensor:
        """The mean loss of a batch, a scalar.

        Where several processes share the batch: what has the whole batch's loss as its mean over
        them, see `models.training.shares.mean_over_processes`.
        """

    def validate(self, network: nn.Module) -> dict[str, float]:
        """`valid_loss`, which the best checkpoint is chosen by, and other metrics."""

    def card_fields(self) -> dict[str, Any]:
        """`architecture`, `config`, `labels`, `features`, `data` and `notes` of the card.

        And `settings`, for the card to say in `training`, if the task wants that.
        """

    def optimizer(self, network: nn.Module) -> tuple[Optimizer, LRScheduler | None]:
        """The optimizer, and what changes its learning rate, stepped for each of `n_batches`."""

    def final_metrics(self, network: nn.Module) -> dict[str, dict[str, Any]]:
        """Metrics by split ("valid", and "test" if there is one), of the best checkpoint.

        A split with `confusion` (rows: truth) gets a figure.
        """

    def export_onnx(self, network: nn.Module) -> bytes | None:
        """The content of `model.onnx`, or None if the network is better run without."""


@runtime_checkable
class WatchedTask(Task, Protocol):
    """A task that can tell what `models.training.cautions` looks for; a task need not."""

    def seen(self) -> Seen:
        """What the last validation was made on, and what it said."""

    def compare(self, network: nn.Module) -> tuple[float, float]:
        """The loss of training items and of validation items, measured alike."""


class TaskModule(Protocol):
    """A module that makes tasks.

    The engine knows these settings by name: `epochs`, `patience`, `clip_norm`, `half`, `name`
    (`models.training.presets.EngineSettings`); any preset may set them. `Settings` may have them
    too, with defaults of its own, where the task wants to know them: `epochs`, which
    `--epochs` sets, for a learning rate schedule.
    """

    Settings: type[Any]
    """A frozen dataclass: every setting with its default; ValueError for one out of range."""
    PRESETS: dict[str, dict[str, Any]]
    """Settings by the name of the preset; "default" and "tiny" are always there."""

    def make_task(
        self,
        data: Path,
        settings: Any,
        *,
        seed: int,
        limit_per_class: int | None,
        log: Callable[[str], None],
    ) -> Task:
        """Prepare the data. `log` tells what is being done; it may raise to stop the work.

        Raises
        ------
        ModelError
            If there is nothing to learn from in `data`.
        """
