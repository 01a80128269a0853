"""What the training of the AR-CNN and the LSTM have in common."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import AdamW, Optimizer
from torch.optim.lr_scheduler import LambdaLR, LRScheduler

from models.data.scores import ScoreData, describe, load_scores, parse_sets
from models.errors import ModelError
from models.settings.score import ScoreSettings
from models.training.ahead import Ahead
from models.training.cautions import Seen
from models.training.lineage import join_data
from models.training.score_base import start_from
from models.training.score_batches import Batch, FixedBatches, WindowSampler, own_batch
from models.training.score_loss import edit_logits, edit_loss, window_metrics
from models.training.shares import WHOLE, Share, mean_over_processes, row_generators

Log = Callable[[str], None]
VALID_SEED = 20


def parse_weights(text: str) -> dict[str, float]:
    """Weights of sets, "name=2,other=0.5". Raises ModelError where it says something else."""
    weights = {}
    for word in parse_sets(text):
        name, _, value = word.partition("=")
        try:
            weights[name] = float(value)
        except ValueError as error:
            raise ModelError(f"weights={text}: write name=number, separated by commas.") from error
        if not 0 <= weights[name] < math.inf:
            raise ModelError(f"weights={text}: {name} must be 0 or more.")
    return weights


def load_data(
    data: Path, settings: ScoreSettings, seed: int, limit: int | None, log: Log
) -> ScoreData:
    """Read the training data; broken files are logged. Raises ModelError if there is too little."""
    scores = load_scores(data, parse_sets(settings.sets), seed=seed, limit=limit)
    for _, reason in scores.broken:
        log(f"Left out: {reason}")
    counts = ", ".join(f"{len(pieces)} {split}" for split, pieces in scores.pieces.items())
    log(f"Pieces: {counts}.")
    if not scores.pieces["train"] or not scores.pieces["valid"]:
        raise ModelError(
            f"{data} has too few pieces to train on: at least one to learn from and one to "
            "check with are needed. Add MIDI files."
        )
    return scores


def cosine_adamw(network: nn.Module, settings: ScoreSettings) -> tuple[Optimizer, LRScheduler]:
    """AdamW with warm-up and cosine decay, one scheduler step a batch."""
    decayed = [p for p in network.parameters() if p.ndim > 1]
    others = [p for p in network.parameters() if p.ndim <= 1]
    groups: list[dict[str, Any]] = [{"params": decayed}, {"params": others, "weight_decay": 0.0}]
    optimizer = AdamW(groups, lr=settings.learning_rate, weight_decay=settings.weight_decay)
    total = max(1, settings.epochs * settings.batches_per_epoch)

    def rate(step: int) -> float:
        warm = min(1.0, (step + 1) / max(1, settings.warmup_steps))
        return warm * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1.0, step / total))))

    return optimizer, LambdaLR(optimizer, rate)


def autocast(settings: ScoreSettings, device: torch.device) -> AbstractContextManager[Any]:
    """Half precision for matrix products where the machine is faster with it."""
    is_fast = device.type == "cuda" or bool(torch.cpu._is_avx512_bf16_supported())
    use = settings.half_precision and is_fast
    return torch.autocast(device.type, torch.bfloat16, enabled=use)


class ScoreTask:
    """Trains a score network to mend corrupted windows; the loss is overridden where more is."""

    kind = "score"
    architecture = ""

    def __init__(
        self, network: nn.Module, scores: ScoreData, settings: ScoreSettings, seed: int
    ) -> None:
        self.network = network
        self.settings = settings
        self.seed = seed
        self.scores = scores
        self.base = (
            start_from(network, Path(settings.base), self.architecture) if settings.base else None
        )
        self.n_steps = settings.n_bars * 16
        weights = parse_weights(settings.weights)
        self._train = WindowSampler(scores.pieces["train"], self.n_steps, weights)
        valid = WindowSampler(scores.pieces["valid"], self.n_steps, weights)
        n_valid = max(1, settings.valid_windows // settings.batch_size)
        seeds = [VALID_SEED, seed]
        self._valid = FixedBatches(valid, n_valid, settings.batch_size, seeds, self.bounds)

    @property
    def bounds(self) -> tuple[int | None, int | None]:
        """The lowest and highest pitch that the network takes, None where it takes any."""
        return getattr(self.network, "low", None), getattr(self.network, "high", None)

    def n_batches(self) -> int:
        """Batches an epoch."""
        return self.settings.batches_per_epoch

    def train_batches(self, epoch: int, share: Share = WHOLE, first: int = 0) -> Iterator[Batch]:
        """The batches of an epoch, the same for the same seed and epoch."""
        size = self.settings.batch_size
        for index in range(first, self.n_batches()):
            generators = row_generators([self.seed, epoch], index, range(size))
            yield own_batch(self._train, generators, share.rows(size), self.bounds)

    def loss(self, network: nn.Module, batch: Batch) -> Tensor:
        """Cross-entropy of the edits that mend the batch."""
        with autocast(self.settings, batch["roll"].device):
            logits = edit_logits(network, batch)
        return edit_loss(logits, batch, per=mean_over_processes)

    def validate(self, network: nn.Module) -> dict[str, float]:
        """Loss and ranking quality on the same windows each time."""
        return self._metrics(network, self._valid)

    def _metrics(self, network: nn.Module, batches: FixedBatches) -> dict[str, float]:
        device = next(network.parameters()).device
        with closing(Ahead(iter(batches))) as ahead, autocast(self.settings, device):
            moved = ({name: x.to(device) for name, x in batch.items()} for batch in ahead)
            return window_metrics(network, moved)

    def seen(self) -> Seen:
        """What validation is made on."""
        return Seen(len(self.scores.pieces["valid"]), "pieces")

    def compare(self, network: nn.Module) -> tuple[float, float]:
        """The edits' loss on windows of the training pieces, and on as many validation ones."""
        n, size = len(self._valid), self.settings.batch_size
        seeds = [VALID_SEED, self.seed, 1]
        train = FixedBatches(self._train, n, size, seeds, self.bounds)
        losses = [self._metrics(network, part)["valid_loss"] for part in (train, self._valid)]
        return losses[0], losses[1]

    def optimizer(self, network: nn.Module) -> tuple[Optimizer, LRScheduler | None]:
        """AdamW with warm-up and cosine decay, one scheduler step a batch."""
        return cosine_adamw(network, self.settings)

    def config(self) -> Mapping[str, Any]:
        """The arguments that build the network again."""
        raise NotImplementedError

    def card_fields(self) -> dict[str, Any]:
        """What the model card says besides numbers."""
        return {
            "architecture": self.architecture,
            "config": dict(self.config()),
            "labels": None,
            "features": {"steps_per_beat": 4, "n_bars": self.settings.n_bars},
            "data": join_data(describe(self.scores), self.base),
            "notes": f"Its weights began as those of {self.base.name}." if self.base else "",
            "settings": asdict(self.settings),
            "files": self.scores.splits_file(),
        }

    def final_metrics(self, network: nn.Module) -> dict[str, dict[str, Any]]:
        """Repair quality by set, on the first few pieces of each set in valid and test."""
        from models.evaluation.score import repair_by_set

        splits = [split for split in ("valid", "test") if self.scores.pieces[split]]
        limit = self.settings.repair_pieces
        return {s: repair_by_set(network, self.scores.pieces[s], limit) for s in splits}

    def export_onnx(self, network: nn.Module) -> bytes | None:
        """Score networks run in torch: their inputs change shape with every piece."""
        return None
