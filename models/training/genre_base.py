"""Training that begins from a trained genre model: all of it, or only what tells the genres."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from torch import nn

from models.card import Card
from models.errors import ModelError
from models.features import FeatureSettings
from models.model_folder import load_network
from models.networks import build
from models.training.genre_settings import Settings

HEARING = ("n_mels", "hop_length", "window_s", "coarse")
SIZES = ("members", "width", "relative")
FIXED = ("sample_rate", "n_fft", "fmin_hz", "fmax_hz")  # what no setting changes
ARCHITECTURES = ("genre-cnn", "genre-ensemble")


def fitted_to_base(settings: Settings) -> Settings:
    """The settings with the base model's size and hearing, as they are without a base.

    Raises ModelError if it is no genre model.
    """
    if not settings.base:
        return settings
    card = Card.load(Path(settings.base))
    if card.kind != "genre" or card.features is None:
        raise ModelError(f"{settings.base} is no genre model, so no genre model can begin from it.")
    _check_fit(settings, card)
    defaults = {field.name: field.default for field in fields(Settings)}
    sizes = {"members": 1, "relative": False, **card.config}
    found: dict[str, Any] = {name: sizes.get(name, defaults[name]) for name in SIZES}
    features = {"hop_length": 512, "coarse": False, **card.features}
    found |= {name: features.get(name, defaults[name]) for name in HEARING}
    return replace(settings, **found)


def _check_fit(settings: Settings, card: Card) -> None:
    """Refuse a base of whose weights none would be taken over, or that would hear other numbers."""
    if settings.architecture != "cnn" or card.architecture not in ARCHITECTURES:
        raise ModelError(
            f"{settings.base} is of the architecture {card.architecture}: only a network of "
            f"{' or '.join(ARCHITECTURES)} can be gone on with, as architecture=cnn."
        )
    ours, found = FeatureSettings().to_json(), card.features or {}
    odd = [name for name in FIXED if found.get(name, ours[name]) != ours[name]]
    if odd:
        raise ModelError(
            f"{settings.base} hears otherwise than this Studio teaches ({odd[0]} "
            f"{found[odd[0]]!r:.20}, not {ours[odd[0]]}), so it can't be gone on with."
        )


def begin_from(settings: Settings, labels: list[str], config: dict[str, Any]) -> nn.Module:
    """A network of `config` with the weights of the base model, where there is one.

    The votes for genres are taken over too if the genres are the same ones. With `head_only`
    nothing but these votes learns.

    Raises ModelError if the base model can't be used.
    """
    architecture = "genre-ensemble" if settings.members > 1 else "genre-cnn"
    network = build(architecture, config)
    if not settings.base:
        return network
    card, base = load_network(Path(settings.base))
    state = network.state_dict()
    for name, weight in base.state_dict().items():
        is_head = "votes" in name and card.labels != labels
        if name in state and state[name].shape == weight.shape and not is_head:
            state[name] = weight
    network.load_state_dict(state)
    if settings.head_only:
        for name, parameter in network.named_parameters():
            parameter.requires_grad_("votes" in name)
    return network


def hold_norms(network: nn.Module) -> None:
    """Keep what normalisations have seen: without learning layers before them, it stays true."""
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()
