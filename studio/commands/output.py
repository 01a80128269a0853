"""How commands answer: results on stdout, everything else on stderr."""

from __future__ import annotations

import json
import sys
from typing import Any


def print_json(value: Any) -> None:
    """One JSON document (or, for `train`, one line of JSON) on stdout, flushed."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, allow_nan=False) + "\n")
    sys.stdout.flush()


def print_line(text: str = "") -> None:
    """A line for people on stdout."""
    sys.stdout.write(text + "\n")


def print_progress(text: str, *, end: bool = False) -> None:
    """Rewrite the progress line on stderr, where that is a terminal."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{text}" + ("\n" if end else ""))
        sys.stderr.flush()
