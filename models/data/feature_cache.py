"""What was computed from a file, kept on disk by the file's content and by how it was computed.

An entry is a safetensors file with one array and a checksum of it. It is written beside its place
and moved there, so a crash leaves the old state or the new one; it is not forced to the disk,
because the checksum tells what a power failure has spoilt, and a hundred thousand entries would
wait long. What does not fit its checksum counts as not there and is computed again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.numpy
from numpy.typing import NDArray
from safetensors import SafetensorError

from models.cache_folder import cache_folder

FORMAT = "1"  # of the entries, and of what is computed: another one makes all of them anew
KEPT_BYTES = 32 << 30  # the longest unused go first
SPARE_BYTES = 2 << 30  # left free on the disk
_ARRAY = "values"

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Stored:
    """An array in a file, read when it is wanted, and only the part that is."""

    path: Path
    offset: int
    shape: tuple[int, ...]
    dtype: str

    def open(self) -> Array:
        """The array, its pages read as they are looked at. Raises OSError if it is gone."""
        return np.memmap(self.path, np.dtype(self.dtype), "r", self.offset, self.shape)

    @property
    def n_bytes(self) -> int:
        """The size of the array in memory."""
        return int(np.prod(self.shape)) * np.dtype(self.dtype).itemsize


class FeatureCache:
    """Arrays of one kind, such as the log-mel frames by some settings."""

    def __init__(self, kind: str, settings: dict[str, Any] | None = None) -> None:
        text = json.dumps([FORMAT, kind, settings or {}], sort_keys=True)
        self._key = hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
        self._folder: Path | None = None
        with contextlib.suppress(OSError):  # without a cache everything is computed, as ever
            self._folder = cache_folder("features")

    def get(self, content: str) -> tuple[Array, Stored] | None:
        """What was kept for the content with this hash, whole, and where it is; None if nothing."""
        path = self._path(content)
        if path is None:
            return None
        try:
            found = _parsed(path, path.read_bytes())
            os.utime(path)  # used now
        except (OSError, ValueError, KeyError, TypeError, SafetensorError):
            return None  # not there, of another format or damaged
        return found

    def put(self, content: str, values: Array) -> Stored | None:
        """Keep an array; None if it can't be, because the disk is full, say."""
        path = self._path(content)
        if path is None:
            return None
        values = np.ascontiguousarray(values)
        file = safetensors.numpy.save(
            {_ARRAY: values}, metadata={"format": FORMAT, "checksum": _checksum(values)}
        )
        try:
            path.parent.mkdir(exist_ok=True)
            if shutil.disk_usage(path.parent).free < SPARE_BYTES + len(file):
                return None
            _replace(path, file)
        except OSError:
            return None
        return _parsed(path, file)[1]

    def recall(self, content: str, make: Callable[[], Array]) -> tuple[Array, Stored | None]:
        """What was kept, else what `make` makes, kept from now on where that can be."""
        found = self.get(content)
        if found is not None:
            return found
        values = make()
        return values, self.put(content, values)

    def _path(self, content: str) -> Path | None:
        if self._folder is None:
            return None
        name = hashlib.blake2b((self._key + content).encode(), digest_size=16).hexdigest()
        return self._folder / name[:2] / f"{name}.safetensors"


def prints_cache() -> FeatureCache:
    """Where the fingerprints of recordings are kept."""
    return FeatureCache("prints")


def _parsed(path: Path, file: bytes) -> tuple[Array, Stored]:
    """The array of an entry; ValueError, KeyError or SafetensorError if it is not whole."""
    values = safetensors.numpy.load(file)[_ARRAY]
    n_header = int.from_bytes(file[:8], "little")
    header = json.loads(file[8 : 8 + n_header])["__metadata__"]
    if header["format"] != FORMAT or header["checksum"] != _checksum(values):
        raise ValueError("not what was written")
    return values, Stored(path, 8 + n_header, values.shape, values.dtype.str)


def _checksum(values: Array) -> str:
    return hashlib.blake2b(values.tobytes(), digest_size=16).hexdigest()


def _replace(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def trim(most_bytes: int = KEPT_BYTES) -> int:
    """Drop the longest unused entries until the rest is no larger than that; how many were."""
    try:
        found = [(p.stat(), p) for p in cache_folder("features").rglob("*") if p.is_file()]
    except OSError:
        return 0  # another process is at it
    total, n_dropped = sum(info.st_size for info, _ in found), 0
    for info, path in sorted(found, key=lambda entry: entry[0].st_mtime):
        if total <= most_bytes:
            break
        with contextlib.suppress(OSError):
            path.unlink()
            n_dropped += 1
        total -= info.st_size
    return n_dropped
