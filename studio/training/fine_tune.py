"""Training that begins from a model there is: what must be set for it, or why it can't be."""

from __future__ import annotations

from pathlib import Path

from models.card import Card
from studio.errors import StudioError

GENRE_ARCHITECTURES = ("genre-cnn", "genre-ensemble")
SIZES = {
    "ar-cnn": ("channels", "bottleneck", "blocks", "reach"),
    "lstm": ("hidden", "embedding", "chain"),
}
HEARING = {"sample_rate": 22050, "n_fft": 2048, "fmin_hz": 30.0, "fmax_hz": 10500.0}
"""What no setting of a genre model changes."""


def kind_to_train(card: Card) -> str:
    """The KIND of `studio train` that goes on with a model.

    Raises StudioError, with the reason, where none does.
    """
    if card.kind == "score" and card.architecture in SIZES:
        return card.architecture
    if card.kind == "genre" and card.architecture in GENRE_ARCHITECTURES:
        found = card.features or {}
        if all(found.get(name, value) == value for name, value in HEARING.items()):
            return "genre"
        raise StudioError(
            f"{card.name} hears otherwise than this Studio teaches, so it can't be gone on with."
        )
    raise StudioError(f"A model of the architecture {card.architecture} can't be gone on with.")


def base_settings(folder: Path, kind: str) -> tuple[str, ...]:
    """The `--set` arguments with which training of `kind` begins from the model in `folder`.

    Raises StudioError where it can't, ModelError where the model is refused.
    """
    card = Card.load(folder, check_hash=False)
    fitting = kind_to_train(card)
    if fitting != kind:
        raise StudioError(
            f"{card.name} is a model for {fitting}, so no {kind} model can begin from it. "
            "Choose another to begin from, or other music."
        )
    sizes = {name: card.config[name] for name in SIZES.get(kind, ()) if card.config.get(name)}
    return (f"base={folder}", *(f"{name}={value}" for name, value in sizes.items()))
