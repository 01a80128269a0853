"""The settings of a run: the task's defaults, then a preset, then what the user sets."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Any

from models.errors import ModelError
from models.settings.engine import EngineSettings
from models.training.task import TaskModule


def resolve(
    module: TaskModule, preset: str, overrides: Mapping[str, Any]
) -> tuple[Any, EngineSettings]:
    """The task's settings and the engine's.

    Parameters
    ----------
    module : TaskModule
    preset : str
    overrides : mapping
        Settings by name; strings are read as the type of the default.

    Raises
    ------
    ModelError
        If a preset or a setting is unknown or a value does not fit, with what there is.
    """
    if preset not in module.PRESETS and preset != "default":
        known = ", ".join(module.PRESETS)
        raise ModelError(f"There is no preset {preset!r:.60}; there are: {known}.")
    values = {**module.PRESETS.get(preset, {}), **overrides}
    task, engine = module.Settings(), EngineSettings()
    known_names = {entry.name for entry in (*fields(task), *fields(engine))}
    for name in values.keys() - known_names:
        known = ", ".join(sorted(known_names))
        raise ModelError(f"There is no setting {name!r:.60}; there are: {known}.")
    task = _with(task, values)
    shared = {e.name: getattr(task, e.name) for e in fields(engine) if hasattr(task, e.name)}
    return task, _with(engine, {**values, **shared})


def split_assignments(assignments: Iterable[str]) -> dict[str, str]:
    """`["key=value", …]` as a mapping.

    Raises
    ------
    ModelError
        If there is no `=` in one of them.
    """
    pairs = {}
    for text in assignments:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise ModelError(f"--set {text}: write it as key=value, such as --set epochs=20.")
        pairs[name.strip()] = value.strip()
    return pairs


def _with(settings: Any, values: Mapping[str, Any]) -> Any:
    own = {entry.name for entry in fields(settings)}
    try:
        chosen = {
            name: _fitting(name, value, getattr(settings, name))
            for name, value in values.items()
            if name in own
        }
        return replace(settings, **chosen)
    except (TypeError, ValueError) as error:
        reason = str(error).removesuffix(".")
        raise ModelError(f"These settings can't be used: {reason}.") from error


def _fitting(name: str, value: Any, default: Any) -> Any:
    """`value` as the type of `default`; ValueError if it can't be."""
    try:
        return _converted(value, default)
    except (TypeError, ValueError) as error:
        wanted = "a value" if default is None else f"{_TYPE_WORDS.get(type(default), 'JSON')}"
        raise ValueError(f"{name} is {value!r:.60}, and must be {wanted}") from error


_TYPE_WORDS: dict[type, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    tuple: "values with commas between them",
}
_TRUTHS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def _converted(value: Any, default: Any) -> Any:
    if isinstance(default, bool):
        if not isinstance(value, bool | str) or str(value).lower() not in _TRUTHS:
            raise ValueError
        return _TRUTHS[str(value).lower()]
    if isinstance(default, int):
        return int(value) if isinstance(value, str) else _whole(value)
    if isinstance(default, float):
        return _finite(value)
    if isinstance(default, tuple):
        return _parts(value, default)
    if default is None or isinstance(default, str) or not isinstance(value, str):
        return _plain(value) if default is None else value
    return json.loads(value)


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError
    return value


def _finite(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError
    return number


def _parts(value: Any, default: tuple[Any, ...]) -> tuple[Any, ...]:
    parts = [part for part in value.split(",") if part] if isinstance(value, str) else value
    return tuple(_converted(part, default[0]) if default else part for part in parts)


def _plain(value: Any) -> Any:
    """Where no default says the type: a JSON value if it reads as one, else the text."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value
