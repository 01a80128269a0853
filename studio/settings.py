"""Where Studio keeps what is the user's, and the small store of settings."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import platformdirs

from models.cache_folder import APP_NAME, cache_folder

HELD_PAUSES_S = (0.02, 0.05, 0.1)  # a scanner or a backup lets go of a file after a moment


def _home(kind: str, default: str) -> Path:
    """`$STUDIO_HOME/kind` where that is set (tests, portable use), else the platform's folder."""
    root = os.environ.get("STUDIO_HOME")
    folder = Path(root) / kind if root else Path(default)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def data_dir() -> Path:
    """What the user made: models and runs."""
    return _home("data", platformdirs.user_data_dir(APP_NAME, appauthor=False))


def state_dir() -> Path:
    """What may be lost without harm but is kept: journal, log, settings."""
    return _home("state", platformdirs.user_state_dir(APP_NAME, appauthor=False))


def cache_dir() -> Path:
    """What can be made again: features computed from audio, unpacked data sets."""
    return cache_folder()


def music_dir() -> Path:
    """Where recordings and what was kept of Listen go, unless the user chose another folder."""
    return _home("music", str(Path(platformdirs.user_music_dir()) / APP_NAME))


def models_dir() -> Path:
    """The user's model folders."""
    folder = data_dir() / "models"
    folder.mkdir(exist_ok=True)
    return folder


def runs_dir() -> Path:
    """The user's training runs."""
    folder = data_dir() / "runs"
    folder.mkdir(exist_ok=True)
    return folder


def write_atomically(path: Path, content: bytes) -> None:
    """Replace `path` with `content`: the old file or the new one is there, never half of one.

    Raises OSError, with the old file as it was.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, new_file_mode())
        _replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def _replace(name: str, path: Path) -> None:
    """Put a file in the place of another. On Windows others may hold that for a moment."""
    for pause_s in HELD_PAUSES_S:
        try:
            os.replace(name, path)
        except PermissionError:
            time.sleep(pause_s)
        else:
            return
    os.replace(name, path)


def write_keeping_previous(path: Path, content: bytes) -> None:
    """As `write_atomically`; what was there before is kept beside it, ending in `.bak`."""
    if path.exists():
        write_atomically(path.with_name(path.name + ".bak"), path.read_bytes())
    write_atomically(path, content)


def new_file_mode() -> int:
    """The mode that a new file of the user's gets; temporary files are made more private."""
    mask = os.umask(0)  # it can be read only by setting it
    os.umask(mask)
    return 0o666 & ~mask


class Settings:
    """A JSON file of what the user last chose. A missing or broken file means the defaults."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or state_dir() / "settings.json"
        self._values: dict[str, Any] = self._read()

    def _read(self) -> dict[str, Any]:
        with contextlib.suppress(OSError, ValueError):
            values = json.loads(self.path.read_text(encoding="utf-8"))
            return values if isinstance(values, dict) else {}
        return {}

    def get(self, key: str, default: Any = None) -> Any:
        """The value of `key`, or `default`."""
        return self._values.get(key, default)

    def set(self, key: str, value: Any) -> None:
        """Keep `value` (anything JSON can hold) under `key`; a full disk is no reason to stop."""
        # others keep their settings in the same file: theirs must not be undone
        self._values = {**self._values, **self._read(), key: value}
        with contextlib.suppress(OSError):
            write_atomically(self.path, json.dumps(self._values, indent=1).encode())
