"""What can be trained."""

from __future__ import annotations

import importlib
from typing import cast

from models.errors import ModelError
from models.training.task import TaskModule

KINDS: dict[str, str] = {
    "genre": "models.training.genre",
    "ar-cnn": "models.training.ar_cnn",
    "lstm": "models.training.lstm",
}


def task_module(kind: str) -> TaskModule:
    """The module that trains `kind`. Raises ModelError for a kind that is not in the table."""
    if kind not in KINDS:
        raise ModelError(f"'{kind}' can't be trained; choose one of {', '.join(KINDS)}.")
    return cast("TaskModule", importlib.import_module(KINDS[kind]))
