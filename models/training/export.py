"""A trained model as an ONNX file, for other programs: `studio models onnx`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from models.card import Card
from models.errors import ModelError
from models.features import FeatureSettings
from models.model_folder import load_network
from models.piano_roll import N_BAR_FEATURES
from models.training.genre_export import export_onnx
from models.training.onnx_file import check, to_onnx

SCORE_OUTPUTS = ("add", "remove", "lengths")
EXPORTED = ("genre-cnn", "genre-ensemble", "genre-mlp", "ar-cnn", "lstm")
LSTM_ROWS = 88


@dataclass(frozen=True, slots=True)
class Exported:
    """The content of an ONNX file, its inputs and outputs, and how far it is from torch."""

    content: bytes
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    largest_difference: float


def export_network(folder: Path) -> Exported:
    """A model folder's network as an ONNX file, compared with torch on made input.

    Parameters
    ----------
    folder : Path
        A genre model: `frames` (1, *window_shape) -> `logits` (1, classes). A score model:
        `roll` (1, 2, pitches, steps), `bars` (1, 8, steps), `pitches` (1, pitches) -> `add`,
        `remove` (1, pitches, steps) and `lengths` (1, 10, pitches, steps): logits. Steps (a
        multiple of 4) and, of the AR-CNN, pitches may be any number; the LSTM takes 88 pitches
        from MIDI 21.

    Raises
    ------
    ModelError
        If the model can't be read, has no ONNX form, or the file would say something else.
    """
    card, network = load_network(folder)
    network.eval()
    if card.architecture not in EXPORTED:
        raise ModelError(f"{folder} is a {card.architecture} model, which has no ONNX form.")
    is_genre = card.kind == "genre"
    inputs = genre_inputs(card, seed=0) if is_genre else score_inputs(card, n_steps=64, seed=0)
    tried = genre_inputs(card, seed=1) if is_genre else score_inputs(card, n_steps=96, seed=1)
    outputs = ("logits",) if is_genre else SCORE_OUTPUTS
    if is_genre:
        assert card.features is not None  # else there would be no input
        content = export_onnx(network, FeatureSettings.from_json(card.features))
    else:
        content = to_onnx(network, inputs, outputs, _score_axes(card))
    return Exported(content, tuple(inputs), outputs, check(content, network, tried))


def genre_inputs(card: Card, *, seed: int) -> dict[str, Tensor]:
    """A window of noise: frames in dB, (1, *window_shape). Raises ModelError without features."""
    if card.features is None:
        raise ModelError(f"The card of {card.name} does not say how the model hears.")
    shape = FeatureSettings.from_json(card.features).window_shape
    values = np.random.default_rng(seed).uniform(-60, 0, (1, *shape))
    return {"frames": torch.from_numpy(values.astype(np.float32))}


def score_inputs(card: Card, *, n_steps: int, seed: int) -> dict[str, Tensor]:
    """A random score of `n_steps`: the inputs of a score network, one note in ten sounding."""
    rng = np.random.default_rng(seed)
    n_pitches = LSTM_ROWS if card.architecture == "lstm" else 40 + 12 * seed
    values = {
        "roll": rng.random((1, 2, n_pitches, n_steps)) < 0.1,
        "bars": rng.random((1, N_BAR_FEATURES, n_steps)) < 0.3,
        "pitches": 21 + np.arange(n_pitches)[None],
    }
    return {name: torch.from_numpy(each.astype(np.float32)) for name, each in values.items()}


def _score_axes(card: Card) -> dict[str, dict[int, str]]:
    """The axes of any length."""
    rows = {} if card.architecture == "lstm" else {1: "pitches"}
    return {
        "roll": {**{axis + 1: name for axis, name in rows.items()}, 3: "steps"},
        "bars": {2: "steps"},
        "pitches": rows,
        "add": {**rows, 2: "steps"},
        "remove": {**rows, 2: "steps"},
        "lengths": {**{axis + 1: name for axis, name in rows.items()}, 3: "steps"},
    }
