"""Adding to a data set of one's own: where its classes are, and files copied into them."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import resources
from studio.errors import StudioError
from studio.file_errors import because
from studio.settings import music_dir, new_file_mode

OWN_SET = "My classes"
FORBIDDEN = '/\\:*?"<>|'
MOST_LETTERS = 80


def collection_folder(data: Path | None) -> Path:
    """Where new clips go: the folder of classes that is looked at, else one for such clips.

    A zip, a demo and a folder with a manifest stay as they are.
    """
    if data is None or not data.is_dir() or (data / "manifest.csv").exists():
        return music_dir() / OWN_SET
    is_demo = resources.path("demo") in (data, *data.parents)
    return music_dir() / OWN_SET if is_demo else data


def class_folder(collection: Path, name: str) -> Path:
    """The folder of a class, made if it is new. Raises StudioError if the name won't do."""
    name = name.strip()
    if not name:
        raise StudioError("Give the class a name first.")
    if name[0] == "." or len(name) > MOST_LETTERS or any(c in FORBIDDEN for c in name):
        raise StudioError(
            f"{name:.80} can't be the name of a class, because it becomes a folder: use letters, "
            "digits and spaces."
        )
    folder = collection / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StudioError(because(f"{folder} can't be made", error)) from error
    return folder


def clip_path(folder: Path) -> Path:
    """The file of a new recording in the folder of a class."""
    return _unused(folder / f"{datetime.now():%Y-%m-%d %H.%M.%S}.wav")


def add_files(folder: Path, files: Iterable[Path]) -> int:
    """Copy files into the folder of a class, each whole or not at all; how many there were.

    Raises StudioError if one can't be copied; those before it are there.
    """
    count = 0
    for file in files:
        try:
            _copy(file, _unused(folder / file.name))
        except OSError as error:
            raise StudioError(because(f"{file} can't be copied", error)) from error
        count += 1
    return count


def _copy(file: Path, target: Path) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as fresh, file.open("rb") as source:
            shutil.copyfileobj(source, fresh, 1 << 20)
            fresh.flush()
            os.fsync(fresh.fileno())
        os.chmod(name, new_file_mode())
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _unused(path: Path) -> Path:
    """The path, or it with a number, where nothing is yet."""
    found, number = path, 2
    while found.exists():
        found = path.with_name(f"{path.stem} {number}{path.suffix}")
        number += 1
    return found
