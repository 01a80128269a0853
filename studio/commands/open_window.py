"""`studio [--listen] [FILE …]`: the window."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from studio.errors import StudioError


def run(args: argparse.Namespace) -> int:
    """Open the window and return when it is closed."""
    files = [Path(name) for name in args.files]
    for file in files:
        if not file.exists():
            raise StudioError(f"{file}: there is no such file.")
    if needs_display():
        raise StudioError(
            "There is no display to open a window on. "
            "'studio tour --out DIR' shows Studio without one, in pictures."
        )
    from studio.app import run_app

    return run_app(files, listen=args.listen)


def needs_display() -> bool:
    """Whether a window can't be opened: Linux, no screen, and Qt not told to do without."""
    chosen = os.environ.get("QT_QPA_PLATFORM", "")
    has_screen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return sys.platform == "linux" and not has_screen and not chosen
