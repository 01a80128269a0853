"""How far a request has come, and how fast it goes."""

from __future__ import annotations

import time
from collections.abc import Callable

from models.protocol import Conditions


class SamplingPace:
    """Counts the events of a request against the clock."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._started = self._first_at = self._last_at = 0.0
        self._n_first = 0
        self.n_asked = 0  # most events that may come; 0 where that is not known
        self.n_events = 0
        self.seconds = 0.0

    def begin(self, conditions: Conditions, bars: int, variations: int) -> None:
        """A request sets out."""
        most = conditions.max_add + conditions.max_remove
        self.n_asked = 0 if bars else most * variations
        self.n_events, self.seconds = 0, 0.0
        self._started = self._clock()

    def count(self, n_events: int) -> None:
        """So many events have arrived at once."""
        self._last_at = self._clock()
        if not self.n_events:
            self._first_at, self._n_first = self._last_at, n_events
        self.n_events += n_events

    def end(self) -> None:
        """It is over."""
        self.seconds = self._clock() - self._started

    @property
    def events_per_s(self) -> float:
        """Events a second, from the first on: what loading took is no part of it."""
        n, elapsed = self.n_events - self._n_first, self._last_at - self._first_at
        if n == 0:
            n, elapsed = self.n_events, self._last_at - self._started
        return n / elapsed if elapsed > 0 else 0.0
