"""Whether a model still fits its data: none, training, up to date or out of date."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any, Literal

from models.card import Card
from models.data_state import has_changed, times_of
from studio import settings
from studio.settings import write_atomically

ModelState = Literal["none", "training", "up to date", "out of date"]
MAX_KNOWN = 200


def model_state(card: Card, trained_on: Path | None = None) -> ModelState:
    """The state of a model. Reads the data's files only where their times of change are new.

    "none" where the data are not on this computer (shipped models, models of others), "training"
    while a run learns from the same folder, which is `trained_on`.
    """
    kept = card.training.get("data_state")
    if not isinstance(kept, dict) or not kept.get("folder"):
        return "none"
    if trained_on is not None and str(trained_on.resolve()) == kept["folder"]:
        return "training"
    try:
        return "out of date" if _has_changed(kept) else "up to date"
    except (OSError, ValueError, TypeError):
        return "none"


def _has_changed(kept: dict[str, Any]) -> bool:
    """As `has_changed`; what was read once and found to be the same is not read again."""
    content, known = str(kept.get("content")), _known()
    if content in known and times_of(kept) == known[content]:
        kept = {**kept, "times": known[content]}
    read: list[str] = []
    is_changed = has_changed(kept, log=read.append)
    if read and not is_changed:
        rest = {key: value for key, value in known.items() if key != content}
        newest = [*rest.items(), (content, times_of(kept))][-MAX_KNOWN:]
        with contextlib.suppress(OSError):  # then they are read again
            write_atomically(_known_file(), json.dumps(dict(newest)).encode())
    return is_changed


def _known() -> dict[str, str]:
    with contextlib.suppress(OSError, ValueError):
        known = json.loads(_known_file().read_text(encoding="utf-8"))
        return known if isinstance(known, dict) else {}
    return {}


def _known_file() -> Path:
    return settings.cache_dir() / "data_states.json"
