"""Training of the LSTM: `studio train lstm DATA`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from models.data.frames import load_frames
from models.data.scores import GridPiece
from models.evaluation.nll import nats_per_frame, quarter_frames
from models.networks.lstm import ScoreLstm
from models.piano_roll import HOLD, ONSET, STEPS_PER_BEAT
from models.settings.score import LSTM_PRESETS as PRESETS
from models.settings.score import LstmSettings as Settings
from models.training.lstm_frames import FrameTask, describe_frames, draw_frames, frame_loss
from models.training.score_batches import Batch
from models.training.score_loss import edit_loss
from models.training.score_task import Log, ScoreTask, autocast, load_data
from models.training.shares import WHOLE, Share, mean_over_processes, row_generators

__all__ = ["PRESETS", "LstmTask", "Settings", "make_task"]

_FRAME_PIECES = 20


class LstmTask(ScoreTask):
    """Learns to mend windows with both directions, and what comes next with the forward one."""

    architecture = "lstm"
    settings: Settings
    frames: Sequence[NDArray[np.uint8]] = ()
    valid_frames: Sequence[NDArray[np.uint8]] = ()

    def loss(self, network: nn.Module, batch: Batch) -> Tensor:
        """Edits of the corrupted window, and what comes next in the clean one."""
        with autocast(self.settings, batch["roll"].device):
            inputs = [batch[name] for name in ("roll", "bars", "pitches", "clean")]
            logits = network(*inputs, batch.get("frames"), batch.get("known"))
        add, remove, lengths, onset, hold, frame, *published = (x.float() for x in logits)
        steps, frames = next_losses(onset, hold, frame, batch["clean"])
        if published:
            frames = frames + frame_loss(published[0], batch["frames"], batch["n_frames"])
        edits = edit_loss((add, remove, lengths), batch, per=mean_over_processes)
        return edits + self.settings.next_weight * steps + self.settings.frame_weight * frames

    def train_batches(self, epoch: int, share: Share = WHOLE, first: int = 0) -> Iterator[Batch]:
        """As for every score model; with published frames, a piece of them an example."""
        own = share.rows(self.settings.batch_size)
        for index, batch in enumerate(super().train_batches(epoch, share, first), first):
            generators = row_generators([self.seed, epoch, 1], index, own)
            yield batch | (
                draw_frames(generators, self.frames, self.settings.longest) if self.frames else {}
            )

    def card_fields(self) -> dict[str, Any]:
        """As for every score model, and the published frames where they were used."""
        fields = super().card_fields()
        if self.settings.frames:
            path = Path(self.settings.frames)
            fields["data"].append(describe_frames(path, {"train": self.frames}))
        return fields

    def validate(self, network: nn.Module) -> dict[str, float]:
        """Repair as for every score model, and nats per quarter-note frame, both in the loss."""
        measured = super().validate(network)
        rolls = self.valid_frames or [quarter_frames(p.notes) for p in self._frame_pieces]
        nats = nats_per_frame(network, rolls) or 0.0
        loss = measured["valid_loss"] + self.settings.frame_weight * nats
        return {**measured, "valid_loss": loss, "frame_nats": nats}

    @property
    def _frame_pieces(self) -> list[GridPiece]:
        """Up to so many pieces of each set, spread over them."""
        by_set: dict[str, list[GridPiece]] = {}
        for piece in self.scores.pieces["valid"]:
            by_set.setdefault(piece.file.dataset, []).append(piece)
        return [piece for pieces in by_set.values() for piece in pieces[:_FRAME_PIECES]]

    def config(self) -> Mapping[str, Any]:
        """The arguments of `ScoreLstm`."""
        return self.settings.config()


def next_losses(onset: Tensor, hold: Tensor, frame: Tensor, clean: Tensor) -> tuple[Tensor, Tensor]:
    """Nats per step (onsets and holds), and nats per quarter-note frame, of what comes next.

    Of several processes, the mean of theirs is that of the whole batch.
    """
    targets = clean[..., 1:]  # (batch, 2, 88, steps - 1)
    steps = _nats(onset, targets[:, ONSET]) + _nats(hold, targets[:, HOLD])
    frames = clean.amax(dim=1)[..., ::STEPS_PER_BEAT][..., 1:]  # (batch, 88, beats - 1)
    return steps, _nats(frame, frames)


def _nats(logits: Tensor, targets: Tensor) -> Tensor:
    """Cross-entropy summed over pitches, mean over the rest."""
    summed = F.binary_cross_entropy_with_logits(logits, targets, reduction="none").sum(dim=1)
    return summed.sum() / mean_over_processes(summed.new_tensor(summed.numel()))


def make_task(
    data: Path, settings: Settings, *, seed: int, limit_per_class: int | None, log: Log
) -> LstmTask | FrameTask:
    """Read the data and build the network.

    Parameters
    ----------
    data : Path
        A folder of MIDI files, or an `.npz` of frames.
    settings : Settings
    seed : int
        Of the network's first weights, the windows and, where none is given, the split.
    limit_per_class : int, optional
        At most so many pieces of each set in each split.
    log : callable
        Takes lines fit to show.

    Raises
    ------
    ModelError
        If the folder has too few readable pieces.
    """
    torch.manual_seed(seed)
    network = ScoreLstm(**settings.config())
    if data.suffix == ".npz":
        return FrameTask(network, data, settings, seed, limit_per_class)
    task = LstmTask(network, load_data(data, settings, seed, limit_per_class, log), settings, seed)
    if settings.frames:
        task.frames = load_frames(Path(settings.frames), "train")
        task.valid_frames = load_frames(Path(settings.frames), "valid")
    return task
