"""Scrolling that is smooth although sound arrives in portions."""

from __future__ import annotations

CORRECTION_S = 0.3  # how long a wrong lag takes to be mended: slower than the eye sees
JUMP_S = 0.5  # further off than that there was a pause or a gap: no use in hurrying
FORGET_S = 2.0  # how long a late portion keeps the picture behind


class ScrollClock:
    """Tells which sample belongs at the right edge now.

    It runs evenly at the sample rate, just far enough behind the newest column that the next
    portion arrives before it is needed, and never shows what is not there.
    """

    def __init__(self, sample_rate: int) -> None:
        self._rate = sample_rate
        self._shown = 0.0
        self._newest = 0
        self._portion = 0.0  # samples that lately came at once
        self._now_s: float | None = None

    def advance(self, now_s: float, newest: int) -> int:
        """The position to show at time `now_s`, of a stream whose newest column is `newest`."""
        passed_s = 0.0 if self._now_s is None else now_s - self._now_s
        arrived, self._newest, self._now_s = newest - self._newest, newest, now_s
        faded = self._portion * max(0.0, 1 - passed_s / FORGET_S)
        self._portion = max(faded, min(arrived, JUMP_S * self._rate / 2))
        run = self._shown + passed_s * self._rate
        lag = newest - run
        if lag > JUMP_S * self._rate:
            run = newest - self._portion
        else:
            run += (lag - self._portion) * min(1.0, passed_s / CORRECTION_S)
        self._shown = min(max(run, self._shown), float(newest))
        return int(self._shown)
