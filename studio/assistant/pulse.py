"""Signs of life of a process that works: asked for, waited for, missed."""

from __future__ import annotations

import threading
from collections.abc import Callable

PULSE_S = 0.5  # how often a process that has work is asked
SILENT_S, HUNG_S = 2.0, 20.0  # without a sign: it is told; the process is given up


class Pulse(threading.Thread):
    """Asks for signs of life, each once the last one came, from `start` to `stop`.

    `ask` returns False where there is no work, and so nothing to ask about. Silence is counted in
    pulses of our own, not by a clock: a machine that slept, or a clock that was set, is not a
    process that hangs.
    """

    def __init__(
        self,
        ask: Callable[[], bool],
        on_silent: Callable[[], None],
        on_hung: Callable[[], None],
    ) -> None:
        super().__init__(name="pulse", daemon=True)
        self._ask, self._on_silent, self._on_hung = ask, on_silent, on_hung
        self._ended = threading.Event()
        self._is_waiting = False  # it was asked, and no sign has come since

    def beat(self) -> None:
        """A sign has come."""
        self._is_waiting = False

    def stop(self) -> None:
        """Ask no more."""
        self._ended.set()

    def run(self) -> None:
        missed = 0  # of our pulses, since it was asked
        while not self._ended.wait(PULSE_S):
            if not self._is_waiting:
                missed = 0
                self._is_waiting = True  # before asking: the answer may be there at once
                if not self._ask():
                    self._is_waiting = False
                continue
            missed += 1
            if missed * PULSE_S >= HUNG_S:
                self._on_hung()
                return
            if missed * PULSE_S >= SILENT_S:
                self._on_silent()
