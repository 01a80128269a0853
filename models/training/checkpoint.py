"""The state a run goes on from: nested values in JSON, their tensors in safetensors, no pickle."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import safetensors.torch
from safetensors import SafetensorError
from torch import Tensor

from models.errors import ModelError
from models.model_folder import recover_folder, replace_folder

STATE_FILE = "state.json"
TENSORS_FILE = "state.safetensors"


def save_checkpoint(folder: Path, state: dict[str, Any]) -> None:
    """Write a state of dicts (text or int keys), lists, plain values and tensors.

    Raises
    ------
    TypeError
        If there is anything else in it.
    OSError
        If it can't be written; the folder is then as it was.
    """
    tensors: dict[str, Tensor] = {}
    text = json.dumps(_packed(state, tensors)).encode()
    replace_folder(folder, {STATE_FILE: text, TENSORS_FILE: safetensors.torch.save(tensors)})


def load_checkpoint(folder: Path) -> dict[str, Any]:
    """The state that `save_checkpoint` wrote.

    Raises
    ------
    ModelError
        If there is none, or it can't be read.
    """
    recover_folder(folder)
    try:
        packed = json.loads((folder / STATE_FILE).read_bytes())
        tensors = safetensors.torch.load((folder / TENSORS_FILE).read_bytes())
        state = _unpacked(packed, tensors)
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        message = f"{folder}: there is no state here that a run could go on from ({error!s:.120})."
        raise ModelError(message) from error
    if not isinstance(state, dict):
        raise ModelError(f"{folder}: there is no state here that a run could go on from.")
    return state


def _packed(value: Any, tensors: dict[str, Tensor]) -> Any:
    if isinstance(value, Tensor):
        key = f"t{len(tensors)}"
        tensors[key] = value.detach().cpu().contiguous().clone()
        return {"tensor": key}
    if isinstance(value, dict):  # as pairs: JSON would turn the optimizer's int keys into text
        return {"dict": [[key, _packed(item, tensors)] for key, item in value.items()]}
    if isinstance(value, list | tuple):
        return {"list": [_packed(item, tensors) for item in value]}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"a checkpoint can't hold a {type(value).__name__}")


def _unpacked(value: Any, tensors: dict[str, Tensor]) -> Any:
    if not isinstance(value, dict):
        return value
    ((tag, content),) = value.items()
    if tag == "tensor":
        return tensors[content]
    if tag == "list":
        return [_unpacked(item, tensors) for item in content]
    return {key: _unpacked(item, tensors) for key, item in content}
