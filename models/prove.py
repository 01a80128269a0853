"""Models from elsewhere, tried before they are taken: whatever is run of them is made here."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from torch import nn

from models.card import CARD_FILE, ONNX_FILE, WEIGHTS_FILE, Card, refusal
from models.data.heard import HeardIndex
from models.errors import ModelError
from models.inference import score
from models.inference.genre import GenreModel
from models.model_folder import load_network
from models.notes import Note
from models.protocol import Conditions, Piece, TrackInfo
from models.training.genre_export import export_onnx

TUNE = Piece(480, (Note(0, 60, 480, 80, 0), Note(480, 64, 480, 80, 0)), (TrackInfo(),))


def prove_model(folder: Path) -> None:
    """Load the model of a folder that may be anything, and have it work once.

    A genre model gets its `model.onnx` here, from its weights.

    Parameters
    ----------
    folder : Path
        With card and weights, and no `model.onnx`.

    Raises
    ------
    ModelError
        If it can't be used, with the reason.
    """
    card, network = load_network(folder)
    HeardIndex.load(folder)
    if card.kind == "score":
        _suggest(folder)
        return
    model = GenreModel.load(folder)
    _write_onnx(folder, card, export_onnx(network, model.features, half=_is_half(folder, network)))
    GenreModel.load(folder)


def _suggest(folder: Path) -> None:
    model = score.load(folder)
    try:
        list(model.suggest(TUNE, Conditions(max_add=1, max_remove=1, iterations=1)))
    except ModelError:
        raise
    except Exception as error:
        raise refusal(folder, "its network can't read a score") from error


def _is_half(folder: Path, network: nn.Module) -> bool:
    """Whether the weights are stored in half precision."""
    n_values: int = sum(value.numel() for value in network.state_dict().values())
    return (folder / WEIGHTS_FILE).stat().st_size < 3 * n_values


def _write_onnx(folder: Path, card: Card, content: bytes) -> None:
    training = {**card.training, "onnx_sha256": hashlib.sha256(content).hexdigest()}
    (folder / ONNX_FILE).write_bytes(content)
    (folder / CARD_FILE).write_bytes(replace(card, training=training).to_bytes())
