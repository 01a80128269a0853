"""Where a model comes from: the data as it was, and the model that it began from."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from models.card import Card
from models.data_state import data_state

LOG_EVERY_S = 5.0
MAX_ANCESTORS = 8
Log = Callable[[str], None]


def lineage(data: Path, settings: Any, log: Log, check: Log) -> dict[str, Any]:
    """What a card's `training` says of data and parent.

    Parameters
    ----------
    data : Path
    settings : Any
        The task's; its `base`, where it has one, is the folder of a model.
    log : callable
        Takes lines fit to show.
    check : callable
        Called before each file is read; it may raise to stop.

    Returns
    -------
    dict
        "data_state" (see `models.data_state`) and, with a base, "parent": name, version, hash,
        data sets with their licences, and its own parent.

    Raises
    ------
    ModelError
        If the base is no model folder.
    """
    found: dict[str, Any] = {"data_state": data_state(data, _reader(log, check))}
    base = getattr(settings, "base", "")
    return {**found, "parent": parent_of(Path(base))} if base else found


def parent_of(base: Path) -> dict[str, Any]:
    """What is told of the model that another began from.

    Raises
    ------
    ModelError
        If it is no model folder.
    """
    card = Card.load(base, check_hash=False)
    told: dict[str, Any] = {
        "name": card.name,
        "version": card.version,
        "sha256": card.sha256,
        "data": [{"name": d.get("name"), "licence": d.get("licence")} for d in card.data],
    }
    before = card.training.get("parent")
    if isinstance(before, dict) and _depth(before) < MAX_ANCESTORS:
        told["parent"] = before
    return told


def _depth(parent: Any) -> int:
    depth = 0
    while isinstance(parent, dict):
        parent, depth = parent.get("parent"), depth + 1
    return depth


def _reader(log: Log, check: Log) -> Log:
    """Ask before each file whether to go on, and tell of one in many."""
    told = time.monotonic()

    def on_file(name: str) -> None:
        nonlocal told
        check(name)
        if time.monotonic() - told > LOG_EVERY_S:
            told = time.monotonic()
            log(f"Reading what is to be learned from, to know it again: {name}.")

    return on_file


def join_data(own: list[dict[str, Any]], base: Card | None) -> list[dict[str, Any]]:
    """The data rows of a card, with those sets that only the base learned from."""
    names = {row["name"] for row in own}
    return [*own, *(row for row in (base.data if base else []) if row.get("name") not in names)]
