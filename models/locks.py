"""Locks on files: a process holds one as long as it lives, however it ends."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import IO

_TRIES, _PAUSE_S = 10, 0.02

if sys.platform == "win32":
    import msvcrt

    def lock_file(file: IO[str]) -> None:
        """Hold an open file for this process alone; raises OSError if another holds it."""
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def lock_file(file: IO[str]) -> None:
        """Hold an open file for this process alone; raises OSError if another holds it."""
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def lock_soon(file: IO[str]) -> None:
    """As `lock_file`, but wait for one who only looks: `is_locked` holds it for a moment."""
    for _ in range(_TRIES):
        try:
            lock_file(file)
        except OSError:
            time.sleep(_PAUSE_S)
        else:
            return
    lock_file(file)


def is_locked(path: Path) -> bool:
    """Whether a living process holds a file; a file that is not there is held by none."""
    try:
        with path.open("r+") as file:
            lock_file(file)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False
