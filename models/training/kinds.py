"""What can be trained, and with which settings."""

from __future__ import annotations

import importlib
from dataclasses import fields
from typing import Any, cast

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


def make_settings(module: TaskModule, preset: str, changes: dict[str, str]) -> Any:
    """The settings of a preset with `changes` (name to text) made to it.

    Raises ModelError that names the presets or settings there are, or the value that is no good.
    """
    if preset not in module.PRESETS:
        known = ", ".join(sorted(module.PRESETS))
        raise ModelError(f"There is no preset '{preset}'; choose one of {known}.")
    defaults = module.Settings(**module.PRESETS[preset])
    known_names = {field.name for field in fields(defaults)}
    values = {name: getattr(defaults, name) for name in known_names}
    for name, text in changes.items():
        if name not in known_names:
            names = ", ".join(sorted(known_names))
            raise ModelError(f"There is no setting '{name}'; there are {names}.")
        values[name] = _parse(name, text, values[name])
    try:
        return module.Settings(**values)
    except (TypeError, ValueError) as error:
        raise ModelError(f"These settings do not fit together: {error}.") from error


def _parse(name: str, text: str, default: Any) -> Any:
    if isinstance(default, bool):
        words = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
        if text.lower() not in words:
            raise ModelError(f"{name}={text}: write true or false.")
        return words[text.lower()]
    try:
        return type(default)(text) if isinstance(default, int | float) else text
    except ValueError as error:
        kind = "a whole number" if isinstance(default, int) else "a number"
        raise ModelError(f"{name}={text}: write {kind}.") from error
