"""Models that travel: a folder as one zip, and zips from strangers made model folders again."""

from __future__ import annotations

import json
import os
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from models.card import (
    CARD_FILE,
    HEARD_FILE,
    MAX_CARD_BYTES,
    MAX_HEARD_BYTES,
    MAX_WEIGHTS_BYTES,
    ONNX_FILE,
    WEIGHTS_FILE,
    Card,
)
from models.errors import ModelError
from models.plain_file import file_size
from studio import settings
from studio.bounded_zip import BrokenZipError, copy_member, open_zip
from studio.errors import StudioError
from studio.file_errors import why_not_written
from studio.training.registry import install_model

SUFFIX = ".zip"
LIMITS = {
    CARD_FILE: MAX_CARD_BYTES,
    WEIGHTS_FILE: MAX_WEIGHTS_BYTES,
    HEARD_FILE: MAX_HEARD_BYTES,
}
"""What is taken from a zip; not `model.onnx`, a program: it is made anew from the weights."""
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same model makes the same zip

Check = Callable[[Path], None]


def export_model(folder: Path, target: Path) -> None:
    """Write the model in `folder` as a zip, all of it or nothing.

    Raises ModelError if the model is refused, StudioError if the zip can't be written.
    """
    card = Card.load(folder)
    handle, name = -1, ""
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        with os.fdopen(handle, "wb") as file:
            _write_zip(file, folder, card)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, settings.new_file_mode())
        os.replace(name, target)
    except OSError as error:
        raise StudioError(why_not_written(target, error)) from error
    finally:
        if name:
            Path(name).unlink(missing_ok=True)


def _write_zip(file: BinaryIO, folder: Path, card: Card) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name in (CARD_FILE, WEIGHTS_FILE, ONNX_FILE, HEARD_FILE):
            path = folder / name
            if not path.is_file():
                continue
            content = _shared(card).to_bytes() if name == CARD_FILE else path.read_bytes()
            member = zipfile.ZipInfo(f"{card.name}/{name}", _EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, content)


def _shared(card: Card) -> Card:
    """The card without the places on this computer, which are nobody else's business."""
    text = json.dumps(card.training, ensure_ascii=False)
    home = json.dumps(str(Path.home()), ensure_ascii=False)[1:-1]
    training = json.loads(text.replace(home, "~") if len(home) > 1 else text)
    state = training.get("data_state")
    if isinstance(state, dict):
        training["data_state"] = {key: value for key, value in state.items() if key != "folder"}
    return replace(card, training=training)


def import_model(source: Path, name: str | None = None, *, check: Check) -> Path:
    """Make a zip that may be anything a model folder of the user's, under a free name.

    `check` is called with the unpacked folder before it is taken; what it raises is passed on.

    Raises StudioError or ModelError, with the reason, where it is no model that could be used;
    nothing is kept then.
    """
    try:
        file_size(source)  # else a pipe would be waited for
        with (
            tempfile.TemporaryDirectory(dir=settings.models_dir(), prefix=".import-") as place,
            source.open("rb") as file,
        ):
            folder = Path(place) / "model"
            folder.mkdir()
            _unpack(file, folder)
            card = _without_program(folder)
            check(folder)
            return install_model(folder, name or card.name)
    except ValueError as error:  # a broken zip, or a card with numbers that can't be written
        raise StudioError(f"{source}: this is no model that could be imported: {error}.") from error
    except ModelError as error:
        reason = str(error).replace(f"{folder}: ", "")
        raise StudioError(f"{source}: {reason}") from error
    except OSError as error:
        raise StudioError(f"{source} can't be imported: {error.strerror or error}.") from error


def _unpack(file: BinaryIO, folder: Path) -> None:
    with open_zip(file) as archive:
        for name, member in _members(archive).items():
            with (folder / name).open("wb") as target:
                copy_member(archive, member, target, LIMITS[name])


def _without_program(folder: Path) -> Card:
    """The card of the folder, checked; it no longer promises a `model.onnx`."""
    card = Card.load(folder, check_hash=False)
    training = {key: value for key, value in card.training.items() if key != "onnx_sha256"}
    card = replace(card, training=training)
    (folder / CARD_FILE).write_bytes(card.to_bytes())
    return Card.load(folder)


def _members(archive: zipfile.ZipFile) -> dict[str, str]:
    """Where in the zip each file of the model is: all at the top, or all in one folder."""
    names = [name for name in archive.namelist() if PurePosixPath(name).name == CARD_FILE]
    names = [name for name in names if len(PurePosixPath(name).parts) <= 2]
    if len(names) != 1:
        number = "no" if not names else "more than one"
        raise BrokenZipError(f"it holds {number} {CARD_FILE}")
    place = PurePosixPath(names[0]).parent
    found = {name: str(place / name) for name in LIMITS}
    there = set(archive.namelist())
    if found[WEIGHTS_FILE] not in there:
        raise BrokenZipError(f"it holds no {WEIGHTS_FILE} beside its card")
    return {name: member for name, member in found.items() if member in there}
