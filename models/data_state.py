"""Whether the data that a model learned from is what it was: splits, names, sizes, content."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from models.errors import ModelError
from models.split_file import SPLITS_FILE, read_splits

_SOUND = ".wav .flac .ogg .oga .opus .mp3 .aif .aiff .au .aac .m4a .m4b .mp4"
SUFFIXES = frozenset(f"{_SOUND} .mid .midi .kar .npz .csv".split())
"""Of the files that can be learned from; whatever else lies beside them changes nothing."""
MAX_READ_BYTES = 20 << 30  # of more, only names, sizes and times are kept: to read it takes minutes

UNREADABLE = "can't be read"  # nobody learns from such a file either

Log = Callable[[str], None]


class _File(NamedTuple):
    name: str
    path: str
    n_bytes: int
    time_ns: int


def data_state(data: Path, log: Log = lambda _: None) -> dict[str, Any]:
    """What there is to know of a data set later: four hashes, no names.

    Parameters
    ----------
    data : Path
        A folder, or one file.
    log : callable
        Called before each file is read; it may raise to stop.

    Returns
    -------
    dict
        "folder" (its path), "n_files", "n_bytes", and SHA-256 of "names" and sizes, of "times" of
        change, of "content" (None of more than `MAX_READ_BYTES`) and of the "splits" that the user
        gave to files (see `models.split_file`), whose table is not among the files.
    """
    files = list(_files(data, has_table=False))
    return {
        "folder": str(data.resolve()),
        **_counts(files),
        "content": _content(files, log),
        "splits": _splits(data),
    }


def has_changed(kept: dict[str, Any], *, log: Log = lambda _: None) -> bool:
    """Whether the data that `data_state` was told of is another now, or split in another way.

    Splits, names and sizes are compared first, and times of change; only where the former are
    alike and the latter are not, the files are read.

    Parameters
    ----------
    kept : dict
        What `data_state` returned.
    log : callable
        Called before each file is read; it may raise to stop.

    Raises
    ------
    OSError
        If the data is not there any more.
    ValueError
        If `kept` is nothing that `data_state` makes.
    """
    if not {"folder", "names", "times", "content"} <= kept.keys():
        raise ValueError("no state of a data set")
    data = Path(str(kept["folder"]))
    if not data.exists():
        raise FileNotFoundError(f"{data} is not there")
    if "splits" in kept and _splits(data) != kept["splits"]:
        return True
    files = list(_files(data, has_table="splits" not in kept))
    now = _counts(files)
    if now["names"] != kept["names"]:
        return True
    is_touched = bool(now["times"] != kept["times"])
    return is_touched and _content(files, log) != kept["content"]


def times_of(kept: dict[str, Any]) -> str:
    """A hash of when the files that `data_state` was told of changed last."""
    files = _files(Path(str(kept["folder"])), has_table="splits" not in kept)
    return str(_counts(list(files))["times"])


def _splits(data: Path) -> str:
    """A hash of which file the user put into which split, however the table is written."""
    try:
        rows = sorted(read_splits(data).items())
    except ModelError:
        return UNREADABLE
    return _hash(f"{name}\t{split}" for name, split in rows)


def _counts(files: list[_File]) -> dict[str, Any]:
    return {
        "n_files": len(files),
        "n_bytes": sum(file.n_bytes for file in files),
        "names": _hash(f"{file.name}\t{file.n_bytes}" for file in files),
        "times": _hash(f"{file.name}\t{file.time_ns}" for file in files),
    }


def _content(files: list[_File], log: Log) -> str | None:
    if sum(file.n_bytes for file in files) > MAX_READ_BYTES:
        return None
    return _hash(f"{file.name}\t{_hash_of(file, log)}" for file in files)


def _hash_of(file: _File, log: Log) -> str:
    log(file.name)
    try:
        with open(file.path, "rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError:
        return UNREADABLE


def _hash(lines: Iterator[str]) -> str:
    digest = hashlib.sha256()
    for line in lines:
        digest.update(line.encode("utf-8", "surrogateescape") + b"\n")
    return digest.hexdigest()


def _files(data: Path, *, has_table: bool) -> Iterator[_File]:
    """The files that can be learned from, in an order that no file system changes.

    Models of before the splits had a hash of their own counted their table among the files.
    """
    if data.is_file():
        status = data.stat()
        yield _File(data.name, str(data), status.st_size, status.st_mtime_ns)
        return
    found = [
        (os.path.join(folder, name), os.path.join(os.path.relpath(folder, data), name))
        for folder, _, names in os.walk(data)
        for name in names
        if not name.startswith(".") and os.path.splitext(name)[1].lower() in SUFFIXES
    ]
    named = sorted((name.replace(os.sep, "/").removeprefix("./"), path) for path, name in found)
    for name, path in named:
        if name == SPLITS_FILE and not has_table:
            continue
        with contextlib.suppress(OSError):  # a link to nothing, or gone just now
            status = os.stat(path)
            yield _File(name, path, status.st_size, status.st_mtime_ns)
