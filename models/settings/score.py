"""What can be set when a score model is trained: what both kinds share, and each kind's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from models.settings.about import check_all, setting


@dataclass(frozen=True, slots=True)
class ScoreSettings:
    """The settings that both kinds share; `--set name=value` changes one."""

    sets: str = setting(
        "", "Only these sets of the folder, with commas between; empty takes all.", "data"
    )
    weights: str = setting("", "Sets that are drawn more or less often: name=2,other=0.5.", "data")
    base: str = setting(
        "",
        "A score model, by name or folder, whose weights are the first ones.",
        "network",
        is_basic=True,
    )
    n_bars: int = setting(8, "So many bars are looked at in one go.", "network", 1, 256)
    batch_size: int = setting(
        16, "So many passages are looked at together before each step.", "learning", 1, 1024
    )
    batches_per_epoch: int = setting(
        200, "So many steps make a round.", "time", 1, 1_000_000, is_basic=True
    )
    valid_windows: int = setting(
        192, "So many passages check the model after each round.", "time", 1, 1_000_000
    )
    learning_rate: float = setting(
        2e-3,
        "How large the steps are: too large and the loss jumps, too small and nothing moves.",
        "learning",
        1e-6,
        1.0,
        is_basic=True,
    )
    weight_decay: float = setting(
        1e-2, "How strongly weights are pulled to nothing (AdamW).", "learning", 0.0, 10.0
    )
    warmup_steps: int = setting(
        200, "The steps grow to full size over so many.", "learning", 0, 1_000_000
    )
    epochs: int = setting(
        30,
        "The most rounds of training; it also ends by itself.",
        "time",
        1,
        100_000,
        is_basic=True,
    )
    repair_pieces: int = setting(
        12,
        "So many pieces of each set are mended at the end, to measure the model.",
        "time",
        0,
        10_000,
    )
    half_precision: bool = setting(
        True, "Compute in half precision where the machine is faster with it.", "learning"
    )
    half: bool = setting(
        True, "Store the weights in half precision: half the file, the same answers.", "result"
    )

    def __post_init__(self) -> None:
        check_all(self)


@dataclass(frozen=True, slots=True)
class ArCnnSettings(ScoreSettings):
    """The shared settings, and the size of the network."""

    design: str = setting(
        "dilated",
        "The design: dilated is what Studio ships; reference is the published U-Net, to compare "
        "with, whose size is fixed.",
        "network",
        choices=("dilated", "reference"),
    )
    channels: int = setting(80, "How wide the network is.", "network", 1, 1024, is_basic=True)
    bottleneck: int = setting(40, "How wide its inner layers are.", "network", 1, 1024)
    blocks: int = setting(8, "How deep the network is.", "network", 1, 64, is_basic=True)
    reach: int = setting(12, "How many pitches up and down a layer looks.", "network", 1, 64)


@dataclass(frozen=True, slots=True)
class LstmSettings(ScoreSettings):
    """The shared settings, the size of the network, and the weight of each thing it learns."""

    n_bars: int = setting(16, "So many bars are looked at in one go.", "network", 1, 256)
    hidden: int = setting(216, "How much the network remembers.", "network", 1, 4096, is_basic=True)
    embedding: int = setting(160, "How finely it describes a step of music.", "network", 1, 4096)
    dropout: float = setting(
        0.2, "The share of the inner values left out at random.", "learning", 0.0, 0.99
    )
    chain: int = setting(
        32,
        "How much it remembers from pitch to pitch within a frame; 0: nothing.",
        "network",
        0,
        1024,
    )
    next_weight: float = setting(
        0.01, "How much it counts to foresee the next step.", "learning", 0.0, 100.0
    )
    frame_weight: float = setting(
        0.05, "How much it counts to foresee the next quarter note.", "learning", 0.0, 100.0
    )
    frames: str = setting("", "A file of published frames (.npz), to learn as well.", "data")
    longest: int = setting(64, "The stretch of published frames of an example.", "data", 2, 100_000)
    chain_only: bool = setting(
        False,
        "Only what links the pitches of a frame learns; a base keeps all else that it can do.",
        "network",
    )

    def config(self) -> dict[str, Any]:
        """The arguments of `ScoreLstm`."""
        return {name: getattr(self, name) for name in ("hidden", "embedding", "dropout", "chain")}


_TINY: dict[str, Any] = {
    "batch_size": 8,
    "batches_per_epoch": 12,
    "valid_windows": 16,
    "warmup_steps": 10,
    "epochs": 3,
    "learning_rate": 5e-3,
    "repair_pieces": 1,
}
_QUICK: dict[str, Any] = {
    "batches_per_epoch": 60,
    "valid_windows": 64,
    "warmup_steps": 60,
    "epochs": 10,
    "patience": 4,
    "learning_rate": 4e-3,
    "repair_pieces": 4,
}
AR_CNN_PRESETS: dict[str, dict[str, Any]] = {
    "default": {},
    "quick": {**_QUICK, "channels": 48, "bottleneck": 24, "blocks": 4},
    "balanced": {"epochs": 30, "patience": 10},
    "best": {"epochs": 90, "patience": 15, "batches_per_epoch": 400, "valid_windows": 384},
    "reference": {"design": "reference", "learning_rate": 1e-3, "valid_windows": 32},
    "tiny": {**_TINY, "channels": 24, "bottleneck": 12, "blocks": 2},
}
LSTM_PRESETS: dict[str, dict[str, Any]] = {
    "default": {},
    "quick": {**_QUICK, "chain": 16, "n_bars": 8, "hidden": 96, "embedding": 96},
    "balanced": {"epochs": 30, "patience": 10},
    "best": {"epochs": 90, "patience": 15, "batches_per_epoch": 400, "valid_windows": 384},
    "frames": {
        "batches_per_epoch": 100,
        "epochs": 40,
        "warmup_steps": 100,
        "learning_rate": 4e-3,
        "dropout": 0.3,
        "patience": 0,
    },
    "tiny": {**_TINY, "chain": 8, "n_bars": 8, "hidden": 48, "embedding": 48},
}
