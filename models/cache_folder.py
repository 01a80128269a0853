"""Where what can be made again is kept between runs: unpacked data sets, features of sound."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

APP_NAME = "Studio"


def cache_folder(*below: str) -> Path:
    """`$STUDIO_HOME/cache` where that is set, else the platform's folder; made if need be.

    Parameters
    ----------
    *below : str
        Folders in it.

    Raises
    ------
    OSError
        If it can't be made.
    """
    root = os.environ.get("STUDIO_HOME")
    default = platformdirs.user_cache_dir(APP_NAME, appauthor=False)
    folder = (Path(root) / "cache" if root else Path(default)).joinpath(*below)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
