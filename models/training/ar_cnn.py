"""Training of the AR-CNN: `studio train ar-cnn DATA`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from models.networks.ar_cnn import ArCnn
from models.networks.reference_unet import ReferenceUnet
from models.training.reference import ReferenceTask
from models.training.score_task import Log, ScoreSettings, ScoreTask, load_data


@dataclass(frozen=True, slots=True)
class Settings(ScoreSettings):
    """The shared settings, and the size of the network.

    `design` is "dilated" or "reference": the U-Net to compare with, whose size is fixed.
    """

    design: str = "dilated"
    channels: int = 80
    bottleneck: int = 40
    blocks: int = 8
    reach: int = 12

    def __post_init__(self) -> None:
        if self.design not in ("dilated", "reference"):
            raise ValueError(f"design is {self.design!r:.60}, and must be dilated or reference")


PRESETS: dict[str, dict[str, Any]] = {
    "default": {},
    "reference": {"design": "reference", "learning_rate": 1e-3, "valid_windows": 32},
    "tiny": {
        "channels": 24,
        "bottleneck": 12,
        "blocks": 2,
        "batch_size": 8,
        "batches_per_epoch": 12,
        "valid_windows": 16,
        "warmup_steps": 10,
        "epochs": 3,
        "learning_rate": 5e-3,
        "repair_pieces": 1,
    },
}


class ArCnnTask(ScoreTask):
    """Learns to mend corrupted windows with a convolutional network."""

    architecture = "ar-cnn"
    settings: Settings

    def config(self) -> Mapping[str, Any]:
        """The arguments of `ArCnn`."""
        s = self.settings
        sizes = (s.channels, s.bottleneck, s.blocks, s.reach)
        return dict(zip(("channels", "bottleneck", "blocks", "reach"), sizes, strict=True))


def make_task(
    data: Path, settings: Settings, *, seed: int, limit_per_class: int | None, log: Log
) -> ScoreTask:
    """Read the data and build the network.

    Parameters
    ----------
    data : Path
        A folder of MIDI files.
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
    scores = load_data(data, settings, seed, limit_per_class, log)
    torch.manual_seed(seed)
    if settings.design == "reference":
        return ReferenceTask(ReferenceUnet(), scores, settings, seed)
    network = ArCnn(settings.channels, settings.bottleneck, settings.blocks, settings.reach)
    return ArCnnTask(network, scores, settings, seed)
