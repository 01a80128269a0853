"""The settings and presets of each kind of training, for who has no need to load torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from models.settings import genre, score
from models.settings.about import Row, rows
from models.settings.engine import EngineSettings

PRESET_WORDS: dict[str, str] = {
    "quick": "A first model soon: a small network, few rounds.",
    "balanced": "What most music wants: the network that Studio ships, trained until it stops "
    "getting better.",
    "best": "As good as it gets: several times the time.",
    "tiny": "Seconds, only to see that everything works.",
    "default": "The same network as balanced, with the bare defaults.",
    "reference": "A large network of a published design, only to compare with.",
    "frames": "For a file of published frames (.npz).",
}
"""What a preset is for; the panel offers them in this order."""


@dataclass(frozen=True, slots=True)
class KindSettings:
    """What can be set for a kind of training."""

    rows: tuple[Row, ...]
    presets: dict[str, dict[str, Any]]

    def values(self, preset: str) -> dict[str, Any]:
        """Every setting's value under a preset."""
        return {row.name: row.default for row in self.rows} | self.presets.get(preset, {})


KIND_SETTINGS: dict[str, KindSettings] = {
    "genre": KindSettings(rows(EngineSettings, genre.GenreSettings), genre.PRESETS),
    "ar-cnn": KindSettings(rows(EngineSettings, score.ArCnnSettings), score.AR_CNN_PRESETS),
    "lstm": KindSettings(rows(EngineSettings, score.LstmSettings), score.LSTM_PRESETS),
}


def settings_words(kind: str) -> str:
    """All presets and settings of a kind as lines of text, for the command's help.

    Parameters
    ----------
    kind : str
        A key of `KIND_SETTINGS`.

    Returns
    -------
    str
    """
    found = KIND_SETTINGS[kind]
    lines = [f"{kind}: presets (--preset P)"]
    lines += [
        f"  {name:<18}{words}" for name, words in PRESET_WORDS.items() if name in found.presets
    ]
    lines.append(f"{kind}: settings (--set key=value)")
    for row in found.rows:
        allowed = row.about.range_words
        default = f"{row.default!r}" if isinstance(row.default, str) else f"{row.default}"
        span = f"{default}; {allowed}" if allowed else default
        lines.append(f"  {row.name:<18}{row.about.words} ({span})")
    return "\n".join(lines)
