"""The thread between a source and those who listen to it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from studio.audio.ring_buffer import OverrunError
from studio.audio.sources import Source

log = logging.getLogger(__name__)
POLL_S = 0.004
MAX_PORTION = 8192  # samples at a time, so that a late thread catches up in bites


class Listener(Protocol):
    """Takes the stream portion by portion, on the analysis thread."""

    def push(self, block: NDArray[np.float32], position: int) -> None:
        """Take samples, shape (n,), the first of which has position `position`."""

    def reset(self, position: int) -> None:
        """Samples before `position` were lost: go on from there."""


class AnalysisThread:
    """Reads a source's ring and feeds the listeners, each sample once and in order."""

    def __init__(self, source: Source, listeners: Sequence[Listener]) -> None:
        self._source = source
        self._listeners = tuple(listeners)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="analysis", daemon=True)
        self.position = source.ring.written
        self.lost_samples = 0
        self.failure: Exception | None = None

    def start(self) -> None:
        """Begin with what is written from now on."""
        self.position = self._source.ring.written
        self._thread.start()

    def stop(self) -> None:
        """End; what was not read is left."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(2.0)

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                if not self.step():
                    self._stopping.wait(POLL_S)
        except Exception as error:
            self.failure = error
            log.exception("analysis ended")

    def step(self) -> bool:
        """Take one portion, if there is one; True if there was."""
        ring = self._source.ring
        count = min(MAX_PORTION, ring.written - self.position)
        if count <= 0:
            return False
        try:
            block = ring.read(self.position, count)
        except OverrunError as error:
            self._skip(self.position + error.lost)
            return True
        for listener in self._listeners:
            listener.push(block, self.position)
        self.position += count
        return True

    def _skip(self, position: int) -> None:
        # Half a ring further than needed: reading at the very edge would be overrun again.
        target = min(position + self._source.ring.capacity // 2, self._source.ring.written)
        self.lost_samples += target - self.position
        self.position = target
        for listener in self._listeners:
            listener.reset(target)
