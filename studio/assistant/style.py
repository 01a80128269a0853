"""Which score model suits the music that was heard: as its card says, by what it learned from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from models.card import Card
from studio.assistant.genre_session import UNSURE, SessionSummary

LEAST_FIT = 0.1  # less than so much of what a model learned is no fit

# what the sets hold that models are usually trained on
STYLES: dict[str, tuple[str, ...]] = {
    "jsb_chorales": ("classical",),
    "mutopia": ("classical",),
    "openscore_lieder": ("classical",),
    "openewld": ("pop", "jazz", "rock"),
    "nottingham": ("country",),
    "pop909": ("pop",),
}


def fit(card: Card, genre: str) -> float:
    """How well a score model suits a genre, 0..1: the share of it in what the model learned.

    A genre among the card's labels, or in the model's name, fits whole.
    """
    genre = genre.lower()
    if genre in (label.lower() for label in card.labels or ()) or genre in _words(card.name):
        return 1.0
    sizes = [max(0, int(row.get("items", 0) or 0)) for row in card.data]
    total = sum(sizes)
    if not total:
        return 0.0
    fitting = (n for n, row in zip(sizes, card.data, strict=True) if _is_of(row, genre))
    return sum(fitting) / total


def _is_of(row: dict[str, object], genre: str) -> bool:
    name = str(row.get("name", "")).split(" ", 1)[0]
    words = _words(f"{row.get('name', '')} {row.get('title', '')}")
    return genre in STYLES.get(name, ()) or genre in words


def _words(text: str) -> set[str]:
    return set(re.findall(r"[a-z0-9]+", text.lower()))


def best_fit(models: Mapping[Path, Card], genre: str, chosen: Path | None = None) -> Path | None:
    """The score model that suits a genre best, if one does; among equals the chosen one."""
    found = [
        (fit(card, genre), folder == chosen, folder)
        for folder, card in models.items()
        if card.kind == "score"
    ]
    fitting = [row for row in found if row[0] >= LEAST_FIT]
    return max(fitting, key=lambda row: row[:2])[2] if fitting else None


def heard_genre(summary: SessionSummary) -> str | None:
    """The genre that was named most often in a session; None where it was unsure throughout."""
    return next((name for name, _ in summary.shares if name != UNSURE), None)
