"""The networks, by the architecture a card names. Each is imported when it is asked for."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from models.errors import ModelError

if TYPE_CHECKING:
    from torch import nn

ARCHITECTURES: dict[str, str] = {
    "genre-cnn": "models.networks.genre_net:GenreNet",
    "genre-ensemble": "models.networks.genre_ensemble:GenreEnsemble",
    "genre-mlp": "models.networks.mlp:GenreMlp",
    "ar-cnn": "models.networks.ar_cnn:ArCnn",
    "reference-unet": "models.networks.reference_unet:ReferenceUnet",
    "lstm": "models.networks.lstm:ScoreLstm",
}
"""Architecture -> module and class; the class takes a card's `config` as keyword arguments."""


def build(architecture: str, config: dict[str, Any]) -> nn.Module:
    """Make a network with fresh weights.

    Parameters
    ----------
    architecture : str
        A key of `ARCHITECTURES`.
    config : dict
        The keyword arguments of the network's class.

    Raises
    ------
    ModelError
        If there is no such architecture, or it does not take this config.
    """
    if architecture not in ARCHITECTURES:
        known = ", ".join(ARCHITECTURES)
        raise ModelError(f"There is no architecture {architecture!r:.60}; there are: {known}.")
    module_name, class_name = ARCHITECTURES[architecture].split(":")
    network_class = getattr(importlib.import_module(module_name), class_name)
    try:
        network: nn.Module = network_class(**config)
    except (TypeError, ValueError, ArithmeticError, IndexError, RuntimeError) as error:
        reason = f"{type(error).__name__}: {error}"
        message = f"No {architecture} network can be built from its config ({reason:.200})."
        raise ModelError(message) from error
    return network
