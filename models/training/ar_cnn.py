"""Training of the AR-CNN: `studio train ar-cnn DATA`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from models.networks.ar_cnn import ArCnn
from models.networks.reference_unet import ReferenceUnet
from models.settings.score import AR_CNN_PRESETS as PRESETS
from models.settings.score import ArCnnSettings as Settings
from models.training.reference import ReferenceTask
from models.training.score_task import Log, ScoreTask, load_data

__all__ = ["PRESETS", "ArCnnTask", "Settings", "make_task"]


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
