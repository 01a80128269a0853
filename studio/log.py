"""The log: a rotating file of warnings and errors, without sound, notes or the user's name."""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import logging.handlers
from pathlib import Path

from studio.settings import state_dir

log = logging.getLogger("studio")
LOG_BYTES, LOG_FILES = 1_000_000, 3
CRASH_CHARACTERS = 20_000  # of what a crash left, at most


def log_path() -> Path:
    """The file that holds the log."""
    return state_dir() / "studio.log"


def crash_path() -> Path:
    """Where the stacks of all threads go if the process itself dies."""
    return state_dir() / "crash.txt"


def without_home(text: str) -> str:
    """`text` with `~` for the user's folder, whose name is often the user's own."""
    home = str(Path.home())
    return text if home in ("/", "") else text.replace(home, "~")


class _Formatter(logging.Formatter):
    """Says when, how bad and where from; names no one."""

    def format(self, record: logging.LogRecord) -> str:
        return without_home(super().format(record))


def start_log() -> None:
    """Write to the log from now on."""
    handler = logging.handlers.RotatingFileHandler(
        log_path(), maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8", delay=True
    )
    handler.setFormatter(_Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)


def log_crashes() -> None:
    """Log what a crash of the last session left, and have a crash of this one leave its stacks."""
    with contextlib.suppress(OSError):  # a folder that can't be written is told elsewhere
        path = crash_path()
        left = path.read_text(encoding="utf-8", errors="replace").strip() if path.exists() else ""
        if left:
            log.error("the last session crashed:\n%s", left[:CRASH_CHARACTERS])
        faulthandler.enable(path.open("w", encoding="utf-8"))


def newest_lines(count: int) -> list[str]:
    """The last lines of the log, oldest first; none if there is no log."""
    try:
        text = log_path().read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return text.splitlines()[-count:]
