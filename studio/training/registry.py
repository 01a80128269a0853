"""The model folders there are: those that ship with Studio and the user's own."""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import resources
from models.card import CARD_FILE, HEARD_FILE, ONNX_FILE, WEIGHTS_FILE, Card, card_name
from models.errors import ModelError
from studio import settings
from studio.errors import StudioError
from studio.file_errors import because

Origin = Literal["shipped", "user"]
PREFERRED_ARCHITECTURE = {"score": "ar-cnn"}


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A model folder: its card, or why it is refused."""

    folder: Path
    card: Card | None
    error: str | None
    origin: Origin

    @property
    def name(self) -> str:
        """What the model is called: the name of its folder."""
        return self.folder.name

    @property
    def n_bytes(self) -> int:
        """What its folder takes on the disk."""
        with contextlib.suppress(OSError):  # it may be going just now
            return sum(path.stat().st_size for path in self.folder.iterdir())
        return 0


def list_models(*, check_hash: bool = False) -> list[ModelEntry]:
    """All model folders by name, the shipped ones first; refused ones too, with the reason.

    With `check_hash` the weights are read as well, which takes a moment.
    """
    places: list[tuple[Path, Origin]] = [
        (resources.path("models"), "shipped"),
        (settings.models_dir(), "user"),
    ]
    return [
        _entry(folder, origin, check_hash=check_hash)
        for place, origin in places
        if place.is_dir()
        for folder in sorted(place.iterdir())
        if folder.is_dir() and not folder.name.startswith((".", "__"))
    ]


def find_model(name_or_path: str | Path, kind: str | None = None) -> Path:
    """The folder of a model by its name, the user's before a shipped one, or by its path.

    Raises StudioError if there is none or it is of another kind, and ModelError if it is refused.
    """
    path = Path(name_or_path)
    named = [entry for entry in reversed(list_models()) if entry.name == str(name_or_path)]
    if named:
        path = named[0].folder
    elif not path.is_dir():
        raise StudioError(f"There is no model {str(name_or_path)!r}; {_what_there_is(kind)}.")
    card = Card.load(path, check_hash=False)
    if kind is not None and card.kind != kind:
        raise StudioError(f"{path} is a {card.kind} model; {_what_there_is(kind)}.")
    return path


def default_model(kind: str, architecture: str | None = None) -> Path:
    """The model to take where none is named: a shipped one if there is one.

    Raises StudioError if there is none of the kind (and architecture).
    """
    found = [
        entry
        for entry in list_models()
        if entry.card is not None
        and entry.card.kind == kind
        and architecture in (None, entry.card.architecture)
    ]
    if not found:
        what = " ".join(filter(None, (architecture, kind)))
        raise StudioError(f"There is no {what} model yet. Train one: studio train --help.")
    preferred = PREFERRED_ARCHITECTURE.get(kind)
    found.sort(key=lambda entry: entry.card is None or entry.card.architecture != preferred)
    return found[0].folder


def install_model(best_folder: Path, name: str) -> Path:
    """Copy a model folder to the user's models, under `name` or, if it is taken, `name-2` and on.

    Raises ModelError if it is refused, StudioError if it can't be copied.
    """
    card = Card.load(best_folder)
    folder = free_folder(card_name(name))
    fresh = None
    try:
        fresh = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".install-"))
        for file in (WEIGHTS_FILE, ONNX_FILE, HEARD_FILE):
            if (best_folder / file).exists():
                shutil.copyfile(best_folder / file, fresh / file)
        text = json.dumps(replace(card, name=folder.name).to_json(), indent=1, ensure_ascii=False)
        (fresh / CARD_FILE).write_text(text + "\n", encoding="utf-8")
        Card.load(fresh)  # nothing may have changed while it was copied
        fresh.chmod(0o755)
        fresh.rename(folder)
    except OSError as error:
        raise StudioError(because(f"The model can't be copied to {folder}", error)) from error
    finally:
        if fresh is not None:
            shutil.rmtree(fresh, ignore_errors=True)
    return folder


def _entry(folder: Path, origin: Origin, *, check_hash: bool) -> ModelEntry:
    try:
        return ModelEntry(folder, Card.load(folder, check_hash=check_hash), None, origin)
    except ModelError as error:
        return ModelEntry(folder, None, str(error), origin)


def _what_there_is(kind: str | None) -> str:
    fitting = [entry for entry in list_models() if entry.card and kind in (None, entry.card.kind)]
    names = ", ".join(dict.fromkeys(entry.name for entry in fitting))
    what = f"{kind} models" if kind else "models"
    return f"{what} there are: {names}" if names else f"there are no {what} yet"


def free_folder(name: str) -> Path:
    """The folder for a new model of the user's: `name`, or `name-2` and on where that is taken."""
    taken = {entry.name.casefold() for entry in list_models()}  # some disks know no capitals
    names = (name if number == 1 else f"{name}-{number}" for number in range(1, 10_000))
    return settings.models_dir() / next(free for free in names if free.casefold() not in taken)
