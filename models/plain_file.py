"""Files that end: pipes, devices and the like would be read for ever."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path


def file_size(path: Path) -> int:
    """The bytes of an ordinary file, or of the one that a link leads to.

    Raises
    ------
    OSError
        If it is not there, or no ordinary file: a pipe, a device or a folder.
    """
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "it is no ordinary file", str(path))
    return status.st_size


def read_file(path: Path, limit: int) -> bytes:
    """The content of an ordinary file of `limit` bytes at most.

    Raises
    ------
    OSError
        As `file_size`.
    ValueError
        If the file is larger.
    """
    n_bytes = file_size(path)
    if n_bytes <= limit:
        with path.open("rb") as file:
            content = file.read(limit + 1)  # it may have grown just now
        if len(content) <= limit:
            return content
    raise ValueError(f"larger than {limit >> 20} MB")
