"""Learning the published frame benchmark: beside scores, or nothing but frames."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from models.data.frames import load_frames
from models.errors import ModelError
from models.evaluation.nll import N_PITCHES, frame_nats
from models.training.lineage import join_data
from models.training.score_base import start_from
from models.training.score_batches import Batch
from models.training.score_task import autocast, cosine_adamw
from models.training.shares import WHOLE, Share, mean_over_processes, row_generators

if TYPE_CHECKING:
    from models.networks.lstm import ScoreLstm
    from models.settings.score import LstmSettings as Settings

_ALONE = 0.25
"""Share of the examples in which the pitches of a frame may not see each other."""

Rolls = Sequence[NDArray[np.uint8]]


def draw_frames(generators: Sequence[np.random.Generator], rolls: Rolls, longest: int) -> Batch:
    """Stretches of random pieces, transposed by at most six semitones: one for each generator.

    Returns
    -------
    dict of Tensor
        frames (batch, 88, longest), 0 or 1; n_frames (batch,): how many are real; known (batch,).
    """
    frames = np.zeros((len(generators), N_PITCHES, longest), dtype=np.float32)
    lengths = np.zeros(len(generators), dtype=np.int64)
    for index, rng in enumerate(generators):
        roll = rolls[int(rng.integers(len(rolls)))]
        start = int(rng.integers(max(1, len(roll) - longest + 1)))
        roll = np.roll(roll[start : start + longest], int(rng.integers(-6, 7)), axis=1)
        frames[index, :, : len(roll)] = roll.T
        lengths[index] = len(roll)
    known = np.array([rng.random() >= _ALONE for rng in generators], dtype=np.float32)
    columns = {"frames": frames, "n_frames": lengths, "known": known}
    return {name: torch.from_numpy(column) for name, column in columns.items()}


def frame_loss(logits: Tensor, frames: Tensor, n_frames: Tensor) -> Tensor:
    """Nats per frame of pieces of different lengths: (batch, 88, frames - 1), as predicted.

    Of several processes, the mean of theirs is that of the whole batch.
    """
    targets = frames[..., 1:]
    nats = F.binary_cross_entropy_with_logits(logits, targets, reduction="none").sum(dim=1)
    real = torch.arange(1, frames.shape[-1], device=frames.device) < n_frames[:, None]
    return (nats * real).sum() / mean_over_processes(real.sum()).clamp(min=1)


def describe_frames(path: Path, splits: Mapping[str, Rolls]) -> dict[str, Any]:
    """The row of a model card for published frames."""
    counts = {split: len(rolls) for split, rolls in splits.items() if len(rolls)}
    return {
        "name": f"{path.stem} (published frames)",
        "licence": "unknown",
        "items": sum(counts.values()),
        "hash": hashlib.sha256(path.read_bytes()).hexdigest()[:16],
        "split": counts,
    }


class FrameTask:
    """Learns frames and nothing else: the LSTM's forward half, as `studio evaluate` measures it."""

    kind = "score"

    def __init__(
        self, network: ScoreLstm, path: Path, settings: Settings, seed: int, limit: int | None
    ) -> None:
        self.network: nn.Module = network
        self.settings = settings
        self.seed = seed
        self._base = start_from(network, Path(settings.base), "lstm") if settings.base else None
        if settings.chain_only:
            _hold_all_but_the_chain(network)
        self._path = path
        self._rolls = {split: load_frames(path, split)[:limit] for split in ("train", "valid")}
        if not all(any(len(roll) > 1 for roll in rolls) for rolls in self._rolls.values()):
            raise ModelError(f"{path} needs pieces to learn from and pieces to check with.")

    def n_batches(self) -> int:
        """Batches an epoch."""
        return self.settings.batches_per_epoch

    def train_batches(self, epoch: int, share: Share = WHOLE, first: int = 0) -> Iterator[Batch]:
        """The batches of an epoch, the same for the same seed and epoch."""
        own = share.rows(self.settings.batch_size)
        for index in range(first, self.n_batches()):
            generators = row_generators([self.seed, epoch, 1], index, own)
            yield draw_frames(generators, self._rolls["train"], self.settings.longest)

    def loss(self, network: nn.Module, batch: Batch) -> Tensor:
        """Nats per frame."""
        frames = batch["frames"]
        with autocast(self.settings, frames.device):  # a plain call, so that several devices see it
            (logits,) = network(None, None, None, None, frames, batch["known"])
        return frame_loss(logits.float(), frames, batch["n_frames"])

    def validate(self, network: nn.Module) -> dict[str, float]:
        """Nats per frame, chained and independent."""
        nats = {name: value or 0.0 for name, value in self._nats(network).items()}
        return {"valid_loss": nats["nll"], **nats}

    def _nats(self, network: nn.Module) -> dict[str, float | None]:
        return frame_nats(network, self._rolls["valid"])

    def optimizer(self, network: nn.Module) -> tuple[Optimizer, LRScheduler | None]:
        """AdamW with warm-up and cosine decay, one scheduler step a batch."""
        return cosine_adamw(network, self.settings)

    def card_fields(self) -> dict[str, Any]:
        """What the model card says besides numbers."""
        s = self.settings
        notes = "Learned frames alone: it gives likelihoods, and cannot repair or continue."
        if self._base:
            notes = f"Its weights began as those of {self._base.name}; then it learned frames."
        return {
            "architecture": "lstm",
            "config": s.config(),
            "labels": None,
            "features": {"steps_per_beat": 4, "n_bars": s.n_bars},
            "data": join_data([describe_frames(self._path, self._rolls)], self._base),
            "notes": notes,
            "settings": asdict(s),
        }

    def final_metrics(self, network: nn.Module) -> dict[str, dict[str, Any]]:
        """Nats per frame of the pieces that were not learned from."""
        return {"valid": {"n_pieces": len(self._rolls["valid"]), **self._nats(network)}}

    def export_onnx(self, network: nn.Module) -> bytes | None:
        """A recurrent network of any length runs in torch."""
        return None


def _hold_all_but_the_chain(network: ScoreLstm) -> None:
    """Let nothing else learn: what else the network can do stays as it is, bit by bit."""
    if network.chain is None:
        raise ModelError("chain_only has nothing to train with chain=0; set chain=32.")
    network.requires_grad_(False)
    network.chain.requires_grad_(True)
