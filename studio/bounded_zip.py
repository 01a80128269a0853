"""Zip files from strangers: their lists, names and sizes are bounded before they are unpacked."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, BinaryIO

from models.zip_members import RefusedMemberError, checked_files

MAX_LIST_BYTES = 256 << 10  # of names and sizes: some thousand files
MAX_RATIO = 100  # weights pack far worse; what unpacks to more is made to fill the disk
FREE_BYTES = 1 << 20  # so much may come of anything
PORTION = 1 << 20
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # of the others a few bytes may ask for 4 GB
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    KeyError,
    NotImplementedError,
    RuntimeError,  # an encrypted one
    EOFError,
    UnicodeError,
    OverflowError,
)


class BrokenZipError(ValueError):
    """The file is no zip, is damaged, or is made to do harm; the message says which."""


class _Reader:
    """A file of which, until it is `free`, no large part is read at once."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self.is_free = file, False

    def read(self, size: int = -1) -> bytes:
        if self.is_free:
            return self._file.read(size)
        if size > MAX_LIST_BYTES:
            raise BrokenZipError("it lists more files than any of ours")
        return self._file.read(MAX_LIST_BYTES if size < 0 else size)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


@contextmanager
def open_zip(file: BinaryIO) -> Iterator[zipfile.ZipFile]:
    """Open a zip that may be anything.

    Raises BrokenZipError, from what is done with it inside, too.
    """
    reader = _Reader(file)
    try:
        with zipfile.ZipFile(reader) as archive:
            reader.is_free = True
            checked_files(archive.infolist())
            yield archive
    except BrokenZipError:
        raise
    except RefusedMemberError as error:
        raise BrokenZipError(str(error)) from error
    except _BROKEN as error:
        raise BrokenZipError(str(error).strip("'\"") or type(error).__name__) from error


def read_member(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    """The content of a file in a zip, of `limit` bytes at most. Raises BrokenZipError."""
    with _opened(archive, name, limit) as member:
        content = member.read(limit + 1)  # never trust the size that the file tells
    if len(content) > limit:
        raise BrokenZipError(f"{name} is larger than {limit >> 20} MB")
    return content


def copy_member(archive: zipfile.ZipFile, name: str, target: BinaryIO, limit: int) -> None:
    """Write a file in a zip to `target` without holding it in memory. Raises BrokenZipError.

    One that unpacks to far more than numbers can is refused: it was made to fill the disk.
    """
    n_left, member = limit, archive.getinfo(name)
    if member.file_size > max(FREE_BYTES, MAX_RATIO * member.compress_size):
        raise BrokenZipError(f"{name} unpacks to {member.file_size >> 20} MB out of almost nothing")
    with _opened(archive, name, limit) as content:
        while portion := content.read(PORTION):
            n_left -= len(portion)
            if n_left < 0:
                raise BrokenZipError(f"{name} is larger than {limit >> 20} MB")
            target.write(portion)


def _opened(archive: zipfile.ZipFile, name: str, limit: int) -> IO[bytes]:
    member = archive.getinfo(name)
    if member.compress_type not in _METHODS:
        raise BrokenZipError(f"{name} is packed in a way that Studio does not unpack")
    if member.file_size > limit:
        raise BrokenZipError(f"{name} is larger than {limit >> 20} MB")
    return archive.open(member)
