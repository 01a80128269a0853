"""The user's models renamed, put into the trash and taken out of it again."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from models.card import CARD_FILE, Card, card_name
from models.errors import ModelError
from studio import settings
from studio.errors import StudioError
from studio.training.registry import free_folder, list_models

_WHERE_FILE = "deleted.json"  # in the folder around a deleted model


@dataclass(frozen=True, slots=True)
class Deleted:
    """A model in the trash: its folder there, what it was called, and when it went."""

    folder: Path
    name: str
    time_s: float


def own_model(name: str) -> Path:
    """The folder of a model of the user's. Raises StudioError if there is none of that name."""
    entries = [entry for entry in list_models() if entry.name == name]
    own = [entry.folder for entry in entries if entry.origin == "user"]
    if own:
        return own[0]
    if entries:
        raise StudioError(f"{name} ships with Studio: it can't be renamed or deleted.")
    raise StudioError(f"There is no model {name!r}. 'studio models' lists those there are.")


def rename_model(name: str, new_name: str) -> Path:
    """Give a model of the user's another name; its folder then.

    Raises StudioError if the name is taken or can't be one, or the model ships with Studio.
    """
    folder, wanted = own_model(name), card_name(new_name)
    if wanted != new_name.strip():
        raise StudioError(
            f"{new_name!r} can't be the name of a folder everywhere; how about {wanted!r}?"
        )
    if wanted == name:
        return folder
    target = folder.with_name(wanted)
    if wanted.casefold() != name.casefold() and free_folder(wanted) != target:
        raise StudioError(f"There is a model named {wanted} already. Choose another name.")
    try:
        _write_name(folder, wanted)  # first: on a full disk nothing is changed
        folder.rename(target)
    except OSError as error:
        with suppress(OSError):
            _write_name(folder, name)
        raise StudioError(f"{name} can't be renamed: {error.strerror or error}.") from error
    return target


def _write_name(folder: Path, name: str) -> None:
    """The card says what its folder is called; of a card that is refused, nothing changes."""
    try:
        card = Card.load(folder, check_hash=False)
    except ModelError:
        return
    settings.write_atomically(folder / CARD_FILE, replace(card, name=name).to_bytes())


def trash_dir() -> Path:
    """Where deleted models are until the trash is emptied."""
    folder = settings.data_dir() / "trash"
    folder.mkdir(exist_ok=True)
    return folder


def delete_model(name: str) -> Deleted:
    """Put a model of the user's into the trash. Raises StudioError."""
    folder, place = own_model(name), None
    try:
        place = Path(tempfile.mkdtemp(dir=trash_dir(), prefix="model-"))
        time_s = time.time()
        told = json.dumps({"name": name, "time_s": time_s})
        settings.write_atomically(place / _WHERE_FILE, told.encode())
        folder.rename(place / "model")
    except OSError as error:
        if place is not None:
            shutil.rmtree(place, ignore_errors=True)
        raise StudioError(f"{name} can't be deleted: {error.strerror or error}.") from error
    return Deleted(place / "model", name, time_s)


def deleted_models() -> list[Deleted]:
    """What is in the trash, the last deleted first."""
    found = [_read(place) for place in trash_dir().iterdir() if (place / "model").is_dir()]
    return sorted((each for each in found if each), key=lambda each: -each.time_s)


def _read(place: Path) -> Deleted | None:
    try:
        told = json.loads((place / _WHERE_FILE).read_text(encoding="utf-8"))
        return Deleted(place / "model", card_name(str(told["name"])), float(told["time_s"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None  # another program's, or half deleted


def restore_model(deleted: Deleted) -> Path:
    """Take a model out of the trash, under its name or, if it is taken, `name-2` and on.

    Raises StudioError if it is no longer there.
    """
    target = free_folder(deleted.name)
    try:
        deleted.folder.rename(target)
        shutil.rmtree(deleted.folder.parent, ignore_errors=True)
        if target.name != deleted.name:
            _write_name(target, target.name)
    except OSError as error:
        reason = error.strerror or error
        raise StudioError(f"{deleted.name} can't be taken out of the trash: {reason}.") from error
    return target


def empty_trash() -> int:
    """Delete what is in the trash for good; how many models that were."""
    models = deleted_models()
    for deleted in models:
        shutil.rmtree(deleted.folder.parent, ignore_errors=True)
    return len(models)
