"""The settings of a genre training, with what the network hears by them."""

from __future__ import annotations

from dataclasses import dataclass

from models.features import FeatureSettings
from models.settings.genre import PRESETS, SCHEDULES, GenreSettings

__all__ = ["PRESETS", "SCHEDULES", "Settings"]


@dataclass(frozen=True, slots=True)
class Settings(GenreSettings):
    """What `--set name=value` changes; each row of `GenreSettings` says what it is."""

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
