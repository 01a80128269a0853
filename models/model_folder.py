"""Model folders with their weights: written whole or not at all, read only if they fit."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor, nn

from models.card import CARD_FILE, ONNX_FILE, WEIGHTS_FILE, Card, check_hash, check_hashes, refusal
from models.errors import ModelError
from models.networks import build

State = dict[str, Tensor]


def save_model_folder(
    folder: Path,
    network_state: State,
    card: Card,
    onnx: bytes | None = None,
    half: bool = False,
    beside: Mapping[str, bytes] | None = None,
) -> Card:
    """Write a model folder; whoever reads it sees the old one or the new one.

    Parameters
    ----------
    folder : Path
        Replaced if it is there.
    network_state : dict of Tensor
        `network.state_dict()`.
    card : Card
        Its hashes are filled in here.
    onnx : bytes, optional
        The content of `model.onnx`.
    half : bool
        Store floats in half precision, where they fit it.
    beside : mapping of bytes, optional
        Other files, by name: see `models.data.heard`.

    Returns
    -------
    Card
        The card as written.

    Raises
    ------
    OSError
        If it can't be written; the folder is then as it was.
    """
    weights = safetensors.torch.save({name: _stored(t, half) for name, t in network_state.items()})
    training = {key: value for key, value in card.training.items() if key != "onnx_sha256"}
    if onnx is not None:
        training["onnx_sha256"] = hashlib.sha256(onnx).hexdigest()
    card = replace(card, sha256=hashlib.sha256(weights).hexdigest(), training=training)
    files = {**(beside or {}), WEIGHTS_FILE: weights, CARD_FILE: card.to_bytes()}
    replace_folder(folder, files if onnx is None else {**files, ONNX_FILE: onnx})
    return card


def replace_folder(folder: Path, files: dict[str, bytes]) -> None:
    """Put a folder of these files in the place of `folder`; raises OSError, leaving it as it was.

    A process killed between the two renames leaves the old folder beside, under the name
    that `recover_folder` looks for.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}.new-"))
    try:
        for name, content in files.items():
            _write_through(fresh / name, content)
        fresh.chmod(0o755)
        old = _old(folder)
        shutil.rmtree(old, ignore_errors=True)
        if folder.exists():
            folder.rename(old)
        fresh.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        recover_folder(folder)
        raise


def recover_folder(folder: Path) -> None:
    """Bring back the old folder if a write was killed just before the new one came."""
    if not folder.exists() and _old(folder).exists():
        with contextlib.suppress(OSError):
            _old(folder).rename(folder)


def load_state(folder: Path, card: Card) -> State:
    """Read the weights of a model folder.

    Returns
    -------
    dict of Tensor
        Floats as float32, whatever they are stored as.

    Raises
    ------
    ModelError
        If the file is not the one the card was written for, no safetensors file, or holds
        values that are not finite.
    """
    content = check_hash(folder, WEIGHTS_FILE, card.sha256)
    try:
        state = safetensors.torch.load(content)
    except (SafetensorError, ValueError, KeyError, RuntimeError) as error:
        reason = f"{WEIGHTS_FILE} is not a whole safetensors file ({error!s:.120})"
        raise refusal(folder, reason) from error
    state = {name: t.float() if t.is_floating_point() else t for name, t in state.items()}
    if not all(bool(torch.isfinite(t).all()) for t in state.values()):
        raise refusal(folder, f"{WEIGHTS_FILE} holds values that are not numbers")
    return state


def load_network(folder: Path) -> tuple[Card, nn.Module]:
    """Load the network of a model folder, ready for inference.

    Returns
    -------
    card : Card
    network : nn.Module
        In eval mode, on the CPU, in float32.

    Raises
    ------
    ModelError
        If the card, a hash or a shape does not fit.
    """
    card = Card.load(folder, check_hash=False)
    check_hashes(folder, card)
    state = load_state(folder, card)
    try:
        with torch.device("meta"):  # takes no memory, so a card can't ask for too much of it
            shapes = _shapes(build(card.architecture, card.config).state_dict())
        _check_shapes(folder, shapes, _shapes(state))
        network = build(card.architecture, card.config)
    except ModelError as error:
        raise error if str(folder) in str(error) else _with_folder(folder, error) from error
    network.load_state_dict(state)
    return card, network.eval()


def _with_folder(folder: Path, error: ModelError) -> ModelError:
    return ModelError(f"{folder}: this model can't be used: {error}")


def _shapes(state: State) -> dict[str, tuple[int, ...]]:
    return {name: tuple(tensor.shape) for name, tensor in state.items()}


def _check_shapes(
    folder: Path, expected: dict[str, tuple[int, ...]], found: dict[str, tuple[int, ...]]
) -> None:
    for name in expected.keys() | found.keys():
        if expected.get(name) != found.get(name):
            reason = (
                f"{name!r:.80} has shape {found.get(name, 'nothing')} in {WEIGHTS_FILE} and "
                f"{expected.get(name, 'nothing')} in the network of its card"
            )
            raise refusal(folder, reason)


def _stored(tensor: Tensor, half: bool) -> Tensor:
    tensor = tensor.detach().cpu().contiguous().clone()
    if not half or not tensor.is_floating_point():
        return tensor
    rounded = tensor.half()
    return rounded if bool(torch.isfinite(rounded).all()) else tensor


def _write_through(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _old(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.old")
