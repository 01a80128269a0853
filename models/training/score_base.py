"""Starting from a model that has learned already, instead of from nothing."""

from __future__ import annotations

from pathlib import Path

from torch import nn

from models.card import Card
from models.errors import ModelError
from models.model_folder import load_state


def start_from(network: nn.Module, folder: Path, architecture: str) -> Card:
    """Give a network the weights of a model; what the model lacks stays as it is.

    Parameters
    ----------
    network : nn.Module
    folder : Path
        A model folder.
    architecture : str
        What the model must be.

    Returns
    -------
    Card
        The model's.

    Raises
    ------
    ModelError
        If it can't be read, is of another architecture, or of another size.
    """
    card = Card.load(folder)
    if card.architecture != architecture:
        raise ModelError(
            f"base={folder} is of kind {card.architecture}, and must be {architecture}."
        )
    state, own = load_state(folder, card), network.state_dict()
    odd = [name for name in state if name not in own or own[name].shape != state[name].shape]
    if odd:
        raise ModelError(f"base={folder} is of another size ({odd[0]}); set the sizes of its card.")
    network.load_state_dict(state, strict=False)
    return card
