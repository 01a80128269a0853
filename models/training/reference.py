"""Training of the baseline that the AR-CNN is to beat: `studio train ar-cnn --preset reference`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from models.data.scores import ScoreData
from models.networks.reference_unet import ReferenceUnet
from models.piano_roll import paint
from models.settings.score import ScoreSettings
from models.training.score_batches import Batch, WindowSampler
from models.training.score_task import VALID_SEED, ScoreTask, autocast
from models.training.shares import WHOLE, Share, mean_over_processes, row_generators

N_CHECKED = 32
"""Windows that the loss is checked on."""


class ReferenceTask(ScoreTask):
    """Learns which cells of a binary roll were switched."""

    architecture = "reference-unet"
    forward_methods = ("cells",)

    def __init__(
        self, network: ReferenceUnet, scores: ScoreData, settings: ScoreSettings, seed: int
    ) -> None:
        super().__init__(network, scores, settings, seed)
        drawn = WindowSampler(scores.pieces["valid"], self.n_steps, {})
        size = min(N_CHECKED, settings.valid_windows)
        self._checked = switched_cells([np.random.default_rng(VALID_SEED)] * size, drawn)

    def train_batches(self, epoch: int, share: Share = WHOLE, first: int = 0) -> Iterator[Batch]:
        """The same windows as the AR-CNN's, spoilt cell by cell."""
        own = share.rows(self.settings.batch_size)
        for index in range(first, self.n_batches()):
            yield switched_cells(row_generators([self.seed, epoch], index, own), self._train)

    def loss(self, network: nn.Module, batch: Batch) -> Tensor:
        """Cross-entropy of the softmax over cells against the switched ones, and the chances'."""
        assert isinstance(self.network, ReferenceUnet)
        with autocast(self.settings, batch["cells"].device):
            cells = network.cells(batch["cells"])  # type: ignore[operator]
        chances = self.network.chances(cells.detach(), batch["cells"])
        free = 1 - batch["cells"]
        calibration = sum(
            F.binary_cross_entropy_with_logits(logits, batch["switched"], weight)
            for logits, weight in zip(chances, (free, batch["cells"]), strict=True)
        )
        n = cells.new_tensor(len(cells))
        own = n / mean_over_processes(n)  # what this process's mean weighs among the others
        loss: Tensor = own * (cell_loss(cells, batch["switched"]) + calibration)
        return loss

    def validate(self, network: nn.Module) -> dict[str, float]:
        """Its own loss, and how well it ranks the edits of the windows that all are checked on."""
        measured = super().validate(network)
        assert isinstance(network, ReferenceUnet)
        device = next(network.parameters()).device
        batch = {name: x.to(device) for name, x in self._checked.items()}
        with torch.inference_mode(), autocast(self.settings, device):
            cells = network.cells(batch["cells"])
        return {**measured, "valid_loss": float(cell_loss(cells, batch["switched"]))}

    def config(self) -> Mapping[str, Any]:
        """The arguments of `ReferenceUnet`: its defaults."""
        return {}


def cell_loss(cells: Tensor, switched: Tensor) -> Tensor:
    """Nats that the softmax over all cells spends on a switched one, mean over examples."""
    n_switched = switched.sum(dim=(1, 2)).clamp(min=1)
    return -((cells * switched).sum(dim=(1, 2)) / n_switched).mean()


def switch(rng: np.random.Generator, clean: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Cells to switch: 0 to 100 % of those that sound, 1 to 1.5 % of the others; same shape."""
    gone = rng.random(clean.shape) < rng.uniform(0, 1)
    come = rng.random(clean.shape) < rng.uniform(0.01, 0.015)
    return np.where(clean > 0, gone, come)


def switched_cells(generators: Sequence[np.random.Generator], sampler: WindowSampler) -> Batch:
    """Windows with cells switched: cells and switched, each (batch, 128, steps), 0 or 1.

    One for each generator.
    """
    clean = []
    for rng in generators:
        window = sampler.draw(rng)
        clean.append(paint(window.clean, window.start, sampler.n_steps).max(axis=0))
    switched = np.stack([switch(rng, roll) for rng, roll in zip(generators, clean, strict=True)])
    cells = np.stack(clean) ^ switched
    columns = {"cells": cells, "switched": switched}
    return {name: torch.from_numpy(x.astype(np.float32)) for name, x in columns.items()}
