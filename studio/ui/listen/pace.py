"""Repainting less often than the picture what need not be as smooth."""

from __future__ import annotations

import time


class Pace:
    """Says yes at most once in `interval_ms`."""

    def __init__(self, interval_ms: float) -> None:
        self._interval_s = interval_ms / 1000
        self._last_s = -1e9

    def is_due(self) -> bool:
        """Whether it is time again."""
        now = time.monotonic()
        if now - self._last_s < self._interval_s:
            return False
        self._last_s = now
        return True
