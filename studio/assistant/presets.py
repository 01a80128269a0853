"""What musicians ask of the assistant, by name: each a set of the form's settings."""

from __future__ import annotations

from dataclasses import dataclass

OWN = "own"  # settings that are none of the table's


@dataclass(frozen=True, slots=True)
class Wish:
    """How much a model may change and how freely; not where."""

    max_add: int = 8
    max_remove: int = 4
    risk: float = 0.5
    keep_rhythm: bool = False
    max_per_bar: int | None = None
    variations: int = 1
    is_different: bool = False


@dataclass(frozen=True, slots=True)
class Preset:
    """A wish with a name; with `continues` it asks for new bars after the end."""

    name: str
    title: str
    sentence: str
    wish: Wish
    continues: bool = False


PRESETS: tuple[Preset, ...] = (
    Preset(
        "improve",
        "Improve",
        "Adds what is missing and takes away what disturbs, a little of each.",
        Wish(max_add=8, max_remove=4, risk=0.5),
    ),
    Preset(
        "harmonise",
        "Harmonise",
        "Adds notes under and over yours, where yours begin. Takes nothing away.",
        Wish(max_add=24, max_remove=0, risk=0.3, keep_rhythm=True),
    ),
    Preset(
        "thin_out",
        "Thin out",
        "Takes away the notes that the music would miss least. Adds nothing.",
        Wish(max_add=0, max_remove=12, risk=0.0),
    ),
    Preset(
        "fix",
        "Fix wrong notes",
        "Takes away the most surprising notes and puts in what was to be expected.",
        Wish(max_add=4, max_remove=4, risk=0.0),
    ),
    Preset(
        "fill",
        "Fill the gap",
        "Writes into bars with little in them: choose those bars as the region.",
        Wish(max_add=32, max_remove=0, risk=0.6, max_per_bar=16),
    ),
    Preset(
        "continue",
        "Continue",
        "Writes new bars after the end of the piece.",
        Wish(max_add=200, max_remove=0, risk=0.8),
        continues=True,
    ),
    Preset(
        "vary",
        "Vary",
        "Changes notes and keeps the rhythm; three variations, new ones each time.",
        Wish(
            max_add=12, max_remove=12, risk=1.0, keep_rhythm=True, variations=3, is_different=True
        ),
    ),
)


def preset_of(wish: Wish, preferred: str = OWN) -> str:
    """The name of the preset that asks for just this; `preferred` where several do."""
    names = [preset.name for preset in PRESETS if preset.wish == wish]
    return preferred if preferred in names else next(iter(names), OWN)


def find_preset(name: str) -> Preset | None:
    """The preset called `name`."""
    return next((preset for preset in PRESETS if preset.name == name), None)
