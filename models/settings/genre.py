"""What can be set when a genre model is trained."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from models.settings.about import check_all, setting

SCHEDULES: dict[str, Callable[[float], float]] = {
    "cosine": lambda left: 0.5 - 0.5 * math.cos(math.pi * left),
    "linear": lambda left: left,
    "constant": lambda left: 1.0,
}
"""The share of the learning rate by the share of the run that is left after warming up."""


@dataclass(frozen=True, slots=True)
class GenreSettings:
    """What `--set name=value` changes; each row says what it is."""

    architecture: str = setting(
        "cnn",
        "The kind: cnn is what Studio ships; mlp, on a summary of each window, is the baseline.",
        "network",
        choices=("cnn", "mlp"),
    )
    epochs: int = setting(
        60,
        "The most rounds of training; it also ends by itself.",
        "time",
        1,
        100_000,
        is_basic=True,
    )
    patience: int = setting(
        25,
        "Training ends after so many rounds without a better model; 0 means never.",
        "time",
        0,
        100_000,
        is_basic=True,
    )
    batch_size: int = setting(
        32, "So many windows are looked at together before each step.", "learning", 1, 1024
    )
    crops_per_epoch: int = setting(
        1024,
        "So many windows, cut at random from the clips, make a round.",
        "time",
        2,
        1_000_000,
        is_basic=True,
    )
    learning_rate: float = setting(
        3e-3,
        "How large the steps are: too large and the loss jumps, too small and nothing moves.",
        "learning",
        1e-6,
        1.0,
        is_basic=True,
    )
    weight_decay: float = setting(
        0.02, "How strongly weights are pulled to nothing (AdamW).", "learning", 0.0, 10.0
    )
    schedule: str = setting(
        "cosine",
        "How the steps shrink after warming up: along a cosine or a line to nothing, or not.",
        "learning",
        choices=tuple(SCHEDULES),
    )
    warm_up: float = setting(
        0.15,
        "The share of the training in which the steps grow to full size.",
        "learning",
        0.0,
        1.0,
    )
    members: int = setting(
        1,
        "So many networks answer together: fewer mistakes, and as many times the time.",
        "network",
        1,
        16,
        is_basic=True,
    )
    width: int = setting(
        24,
        "How large the network is (channels of its first map).",
        "network",
        1,
        512,
        is_basic=True,
    )
    relative: bool = setting(
        True, "Hear each band against its own mean over the window, too.", "network"
    )
    dropout: float = setting(
        0.2, "The share of the last map's channels left out at random.", "learning", 0.0, 1.0
    )
    label_smoothing: float = setting(
        0.1,
        "The share of each target that goes to all genres alike: a less certain model.",
        "learning",
        0.0,
        0.99,
    )
    mixup: float = setting(0.15, "How far windows are blended; 0 means not.", "learning", 0.0, 10.0)
    balance: float = setting(
        0.7,
        "How often clips are drawn: 0 as often as they are, 1 every genre alike (class weights).",
        "data",
        0.0,
        1.0,
    )
    augmentation: float = setting(
        0.6,
        "How far the sound is changed while learning; 1 is as far as rooms and players go.",
        "data",
        0.0,
        3.0,
        is_basic=True,
    )
    degraded: float = setting(
        0.2,
        "The share of windows heard in a room; as many come through noise and without highs.",
        "data",
        0.0,
        1.0,
    )
    norm_windows: int = setting(
        1024,
        "So many windows as in listening set the norms anew, where that is better; 0 means never.",
        "learning",
        0,
        100_000,
    )
    n_mels: int = setting(64, "So many bands of pitch are heard.", "network", 8, 512)
    hop_length: int = setting(
        1024, "Samples between two looks at the sound; smaller is finer.", "network", 8, 2048
    )
    window_s: float = setting(
        3.0, "Seconds of sound that the model hears at a time.", "network", 0.1, 60.0
    )
    coarse: bool = setting(
        True, "Hear each window a second time, coarsely; the mean of both answers.", "network"
    )
    spectra: str = setting(
        "",
        "A file of coarse spectra in the data's folder or elsewhere, to learn from as well.",
        "data",
    )
    spectra_share: float = setting(
        0.45, "The share of the windows that come from the file of spectra.", "data", 0.0, 1.0
    )
    coarse_share: float = setting(
        0.35, "The share of the clips' windows that are coarse.", "data", 0.0, 1.0
    )
    teacher: str = setting(
        "", "A file of a larger network's outputs, which this one learns to say, too.", "data"
    )
    teacher_weight: float = setting(
        1.0, "How much it counts to say what the teacher says.", "data", 0.0, 100.0
    )
    teacher_size: int = setting(
        48,
        "So many of the strongest components of the teacher's words are learned.",
        "data",
        1,
        4096,
    )
    teacher_strength: float = setting(
        0.005,
        "Inverse regularisation of the genres read off the teacher's words.",
        "data",
        1e-6,
        1000.0,
    )
    soft_share: float = setting(
        0.3, "The share of the targets that comes from the teacher's genres.", "data", 0.0, 1.0
    )
    unlabelled_share: float = setting(
        0.2, "With a teacher: the share of windows of clips without a genre.", "data", 0.0, 1.0
    )
    not_music: float = setting(
        0.0,
        "The share of windows of made noise, hum, speech and rooms, for which no genre is right.",
        "data",
        0.0,
        1.0,
        is_basic=True,
    )
    base: str = setting(
        "",
        "A genre model, by name or folder, to begin from; its size and hearing are taken over.",
        "network",
        is_basic=True,
    )
    head_only: bool = setting(
        False,
        "Of the base, only what tells the genres apart learns: a minute, for a few clips.",
        "network",
        is_basic=True,
    )
    half: bool = setting(
        True, "Store the weights in half precision: half the file, the same answers.", "result"
    )

    def __post_init__(self) -> None:
        check_all(self)
        if self.head_only and not self.base:
            raise ValueError("head_only must be set with a base: a model to take the rest from")


PRESETS: dict[str, dict[str, Any]] = {
    "default": {},
    "quick": {"epochs": 15, "patience": 6, "crops_per_epoch": 512, "width": 16, "coarse": False},
    "balanced": {"epochs": 60, "patience": 25},
    "best": {"epochs": 120, "patience": 40, "members": 3, "crops_per_epoch": 2048},
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
