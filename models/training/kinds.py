"""The kinds of training there are, and the module of each."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, cast

from models.errors import ModelError

if TYPE_CHECKING:
    from models.training.task import TaskModule

KINDS: dict[str, str] = {
    "genre": "models.training.genre",
    "ar-cnn": "models.training.ar_cnn",
    "lstm": "models.training.lstm",
}


def task_module(kind: str) -> TaskModule:
    """The module that makes tasks of a kind.

    Raises
    ------
    ModelError
        If there is no such kind.
    """
    if kind not in KINDS:
        raise ModelError(f"Nothing of kind {kind!r:.60} can be trained; KIND: {', '.join(KINDS)}.")
    return cast("TaskModule", importlib.import_module(KINDS[kind]))
