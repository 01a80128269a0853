"""Data sets in a zip: looked at before anything is unpacked, and kept unpacked by content."""

from __future__ import annotations

import io
import os
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from models.cache_folder import cache_folder
from models.data.content import content_hash
from models.errors import ModelError
from models.zip_members import RefusedMemberError, checked_files, is_folder, parts_of

MAX_FILES = 200_000
MAX_BYTES = 64 << 30
MAX_RATIO = 100  # unpacked to packed: even silence in small files is seldom beyond
MIN_SUSPECT_BYTES = 256 << 20  # below that a ratio is nobody's business
MAX_DIRECTORY_BYTES = 64 << 20
SPARE_BYTES = 1 << 30  # left free on the disk
KEPT_BYTES = 128 << 30  # of unpacked data sets; the longest unused go first
_PORTION = 1 << 20
_ENCRYPTED = 0x1


def is_zip(path: Path) -> bool:
    """Whether a path names a zip that is there."""
    return path.suffix.lower() == ".zip" and path.is_file()


def data_folder(path: Path) -> Path:
    """The folder of a data set: `path` itself, or where it is unpacked if it is a zip."""
    return unpack(path) if is_zip(path) else path


def unpack(path: Path) -> Path:
    """Unpack a zip, unless that was done before, and return the folder with its content.

    It goes to the cache under the hash of its bytes, whole or not at all. A single folder that
    holds all of it is passed by.

    Parameters
    ----------
    path : Path
        Of a zip that need not be trusted.

    Raises
    ------
    ModelError
        If it is no zip, is damaged, is locked by a password, names files outside of itself or
        links, or is too large, unpacked, for the limits above or for the disk.
    """
    try:
        place = cache_folder("data") / content_hash(path)
        if not place.is_dir():
            _unpack_to(place, path)
        os.utime(place)  # used now
    except OSError as error:
        raise ModelError(f"{path} can't be unpacked: {error.strerror or error}.") from error
    return _top(place)


def _unpack_to(place: Path, path: Path) -> None:
    with path.open("rb", buffering=0) as raw, _Bounded(raw) as file:
        archive = _opened(file, path)
        members = checked_members(archive, path)
        _make_room(place.parent, sum(info.file_size for info in members), path)
        fresh = Path(tempfile.mkdtemp(dir=place.parent, prefix=".new-"))
        try:
            for info in members:
                target = fresh.joinpath(path.stem.strip(".") or "data", *parts_of(info.filename))
                _write(archive, info, target, path)
            _move(fresh, place)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)


def _move(fresh: Path, place: Path) -> None:
    """Put an unpacked zip in its place; another process may have been there first."""
    try:
        fresh.rename(place)
    except OSError:
        if not place.is_dir():
            raise


class _Bounded(io.BufferedReader):
    """A file that gives no huge part at once: zipfile reads the whole table of contents so."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > MAX_DIRECTORY_BYTES:
            raise zipfile.BadZipFile("its table of contents is too large")
        return super().read(size)


def _opened(file: IO[bytes], path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError) as error:
        raise ModelError(f"{path} is no zip that can be read: {_plain(error)}.") from error


def checked_members(archive: zipfile.ZipFile, path: Path) -> list[zipfile.ZipInfo]:
    """The files in a zip, if all of them may be unpacked.

    Raises
    ------
    ModelError
        As `unpack` does.
    """
    n_files = sum(not is_folder(info) for info in archive.infolist())
    if n_files > MAX_FILES:
        raise ModelError(
            f"{path} holds {n_files} files; the most is {MAX_FILES}. Unpack it yourself and name "
            "the folder."
        )
    try:
        members = checked_files(archive.infolist())
    except RefusedMemberError as error:
        raise ModelError(f"{path} is not unpacked: {error}.") from error
    locked = next((info.filename for info in members if info.flag_bits & _ENCRYPTED), None)
    if locked is not None:
        raise ModelError(
            f"{path} is not unpacked: {locked!r:.80} is locked by a password. Unpack it yourself "
            "and name the folder."
        )
    _check_size(members, path)
    return members


def _check_size(members: Sequence[zipfile.ZipInfo], path: Path) -> None:
    total = sum(info.file_size for info in members)
    packed = max(1, sum(info.compress_size for info in members))
    packed = min(packed, max(1, path.stat().st_size))  # files that share their bytes count once
    if total > MAX_BYTES:
        raise ModelError(
            f"{path} would unpack to {_gigabytes(total)}; the most is {_gigabytes(MAX_BYTES)}. "
            "Unpack it yourself and name the folder."
        )
    if total > MIN_SUSPECT_BYTES and total > MAX_RATIO * packed:
        raise ModelError(
            f"{path} is not unpacked: it would grow {total // packed}-fold, to "
            f"{_gigabytes(total)}. No music packs so well."
        )


def _gigabytes(n_bytes: int) -> str:
    return f"{n_bytes / (1 << 30):.1f} GB"


def _write(archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path, path: Path) -> None:
    """Unpack one file; zipfile gives no more of it than its size, and checks its checksum."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with archive.open(info) as source, target.open("xb") as file:
            shutil.copyfileobj(source, file, _PORTION)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, zlib.error, ValueError) as error:
        reason = f"{info.filename!r:.80} can't be unpacked, {_plain(error)}"
        raise ModelError(f"{path} is damaged: {reason}. Copy it again.") from error


def _make_room(folder: Path, needed: int, path: Path) -> None:
    """Drop the longest unused data sets where all together would be too large."""
    places = sorted(
        (p for p in folder.iterdir() if not p.name.startswith(".")), key=lambda p: p.stat().st_mtime
    )
    sizes = {place: _size(place) for place in places}
    for place in places:
        if sum(sizes.values()) + needed <= KEPT_BYTES:
            break
        del sizes[place]
        shutil.rmtree(place, ignore_errors=True)
    free = shutil.disk_usage(folder).free
    if free < needed + SPARE_BYTES:
        raise ModelError(
            f"{path} needs {_gigabytes(needed)} unpacked, and {_gigabytes(free)} are free on the "
            f"disk of {folder}. Make room there."
        )


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _top(place: Path) -> Path:
    """The folder that the data set begins in: below folders that hold one folder only."""
    top = place
    while True:
        inside = [p for p in top.iterdir() if p.name != "__MACOSX" and not p.name.startswith(".")]
        holds_folders = len(inside) == 1 and inside[0].is_dir() and _has_folder(inside[0])
        is_named = top == place and len(inside) == 1  # the folder that we named after the zip
        if not is_named and not holds_folders:
            return top
        top = inside[0]


def _has_folder(folder: Path) -> bool:
    """Whether there are folders in it, or a table of what is where."""
    return any(path.is_dir() or path.name == "manifest.csv" for path in folder.iterdir())


def _plain(error: Exception) -> str:
    return str(error).rstrip(".") or type(error).__name__
