"""What the engine itself is set by, whatever it trains."""

from __future__ import annotations

from dataclasses import dataclass

from models.settings.about import check_all, setting


@dataclass(frozen=True)
class EngineSettings:
    """The settings that the engine knows by name; a kind may declare them with other defaults."""

    epochs: int = setting(
        50,
        "The most rounds of training; it also ends by itself.",
        "time",
        1,
        100_000,
        is_basic=True,
    )
    patience: int = setting(
        10,
        "Training ends after so many rounds without a better model; 0 means never.",
        "time",
        0,
        100_000,
        is_basic=True,
    )
    clip_norm: float = setting(
        1.0,
        "Steps larger than this are shortened, so that one odd batch does no harm; 0 means never.",
        "learning",
        0.0,
        1000.0,
    )
    half: bool = setting(
        False, "Store the weights in half precision: half the file, the same answers.", "result"
    )
    name: str = setting("", "What the model is called; empty takes the run's name.", "result")

    def __post_init__(self) -> None:
        check_all(self)
