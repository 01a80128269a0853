"""What can be set when a genre model is trained."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from models.features import FeatureSettings

SCHEDULES: dict[str, Callable[[float], float]] = {
    "cosine": lambda left: 0.5 - 0.5 * math.cos(math.pi * left),
    "linear": lambda left: left,
    "constant": lambda left: 1.0,
}
"""The share of the learning rate by the share of the run that is left after warming up."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What `--set name=value` changes.

    `architecture` is "cnn", or "mlp": a multilayer perceptron of `width` units on a summary of each
    window, trained without augmentation but `mixup`, spectra, teacher or base: the baseline.
    An epoch is `crops_per_epoch` random windows of clips. The learning rate rises to
    `learning_rate` over `warm_up`, a share of all `epochs`, and then follows `schedule`: along a
    "cosine" or a line ("linear") to nothing, or "constant". `weight_decay` pulls weights to
    nothing (AdamW), `dropout` leaves out that share of the last map's channels, and
    `label_smoothing` of each target goes to all genres alike. `balance` stands for class weights:
    between 0, drawing clips as often as they are, and 1, every genre equally often.
    `augmentation` scales every change made to the sound (1: as far as rooms and players go),
    `mixup` blends windows (0: not), `degraded` is the share of windows heard in a room, as many
    through noise, and as many without the highs.
    `width` sets a network's size and `members` how many answer together; `relative` lets them
    hear each band against its own mean, too, `n_mels`, `hop_length` and `window_s` what they hear.
    With `coarse` they hear each window coarsely, too (see `models.features.coarse_frames`), and
    `coarse_share` of the clips' windows that they learn from are coarse. Training ends early after
    `patience` epochs without a better model (0: never).

    `spectra` names a file of coarse spectra (see `models.data.spectra`) in the data's folder or
    elsewhere: `spectra_share` of the windows then come from it.

    `teacher` names a file of a larger network's outputs (see `models.data.teacher`): the network
    learns to say the `teacher_size` strongest components of what that one says of a window beside
    its genre, weighed by `teacher_weight`, and the
    genres a logistic regression of `teacher_strength` reads off those outputs make `soft_share`
    of its targets. Of the clips' windows `unlabelled_share` are then of clips without a genre.

    Of the windows `not_music` are made sounds (see `models.data.not_music`): no genre is right.
    `base` is the folder of a genre model to begin from, of its size and hearing; with `head_only`
    all of it stays but what tells the genres apart: a matter of a minute, for a few clips.
    `half` stores the weights in half precision, which changes no figure by a thousandth.
    """

    architecture: str = "cnn"
    epochs: int = 60
    patience: int = 25
    batch_size: int = 32
    crops_per_epoch: int = 1024
    learning_rate: float = 3e-3
    weight_decay: float = 0.02
    schedule: str = "cosine"
    warm_up: float = 0.15
    members: int = 1
    width: int = 24
    relative: bool = True
    dropout: float = 0.2
    label_smoothing: float = 0.1
    mixup: float = 0.15
    balance: float = 0.7
    augmentation: float = 0.6
    degraded: float = 0.2
    n_mels: int = 64
    hop_length: int = 1024
    window_s: float = 3.0
    coarse: bool = True
    spectra: str = ""
    spectra_share: float = 0.45
    coarse_share: float = 0.35
    teacher: str = ""
    teacher_weight: float = 1.0
    teacher_size: int = 48
    teacher_strength: float = 0.005
    soft_share: float = 0.3
    unlabelled_share: float = 0.2
    not_music: float = 0.0
    base: str = ""
    head_only: bool = False
    half: bool = True

    def __post_init__(self) -> None:
        if self.architecture not in ("cnn", "mlp"):
            raise ValueError(f"architecture must be cnn or mlp, not {self.architecture!r:.60}")
        if self.schedule not in SCHEDULES:
            known = ", ".join(SCHEDULES)
            raise ValueError(f"schedule must be one of {known}, not {self.schedule!r:.60}")
        counts = (self.epochs, self.batch_size, self.width, self.members, self.crops_per_epoch - 1)
        if min(counts) < 1:
            raise ValueError("epochs, batches, windows, width and members must be at least 1")
        shares = [self.balance, self.label_smoothing, self.spectra_share, self.coarse_share]
        shares += [
            self.dropout,
            self.warm_up,
            self.soft_share,
            self.unlabelled_share,
            self.degraded,
            self.not_music,
        ]
        if not all(0 <= share <= 1 for share in shares) or self.label_smoothing == 1:
            raise ValueError("dropout, warm_up, balance and the shares must be between 0 and 1")
        if self.head_only and not self.base:
            raise ValueError("head_only must be set with a base: a model to take the rest from")

    @property
    def features(self) -> FeatureSettings:
        """How the network hears."""
        return FeatureSettings(
            n_mels=self.n_mels,
            hop_length=self.hop_length,
            window_s=self.window_s,
            coarse=self.coarse and self.architecture == "cnn",
            summary=self.architecture == "mlp",
        )


PRESETS: dict[str, dict[str, Any]] = {
    "default": {},
    "tiny": {
        "epochs": 4,
        "batch_size": 16,
        "crops_per_epoch": 128,
        "width": 8,
        "n_mels": 48,
        "learning_rate": 1e-2,
        "window_s": 1.5,
        "mixup": 0.0,
        "coarse": False,
    },
}
