"""The thread between a source and those who listen to it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from studio.analysis.channels import MIX
from studio.audio.ring_buffer import OverrunError
from studio.audio.sources import Source

log = logging.getLogger(__name__)
POLL_S = 0.004
LOUDEST = 1e6  # 120 dB above full scale: beyond it, and where it is no number, a file is broken
MAX_PORTION = 8192  # samples at a time, so that a late thread catches up in bites


class Listener(Protocol):
    """Takes the chosen channel portion by portion, on the analysis thread."""

    def push(self, block: NDArray[np.float32], position: int) -> None:
        """Take samples, shape (n,), the first of which has position `position`."""

    def reset(self, position: int) -> None:
        """Samples before `position` were lost: go on from there."""


@runtime_checkable
class FrameListener(Protocol):
    """Takes every channel portion by portion, on the analysis thread."""

    def push_frames(self, frames: NDArray[np.float32], position: int) -> None:
        """Take samples, shape (n, n_channels), the first of which have position `position`."""

    def reset(self, position: int) -> None:
        """Samples before `position` were lost: go on from there."""


AnyListener = Listener | FrameListener


class AnalysisThread:
    """Reads a source's ring and feeds the listeners, each sample once and in order."""

    def __init__(self, source: Source, listeners: Sequence[AnyListener]) -> None:
        self._source = source
        self._listeners = tuple(listeners)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="analysis", daemon=True)
        self.channel = MIX
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

    def add(self, listener: AnyListener) -> None:
        """Have `listener` hear what comes from now on."""
        self._listeners = (*self._listeners, listener)

    def remove(self, listener: AnyListener) -> None:
        """Have `listener` hear nothing more, but for a portion that is on its way."""
        self._listeners = tuple(other for other in self._listeners if other is not listener)

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
            frames = ring.read(self.position, count)
        except OverrunError as error:
            self._skip(self.position + error.lost)
            return True
        self._hand_over(mended(frames))
        self.position += count
        return True

    def _hand_over(self, frames: NDArray[np.float32]) -> None:
        # before the channel: who comes with a new channel must not hear the old one
        listeners = self._listeners
        mono = self.channel.mono(frames)
        for listener in listeners:
            if isinstance(listener, FrameListener):
                listener.push_frames(frames, self.position)
            else:
                listener.push(mono, self.position)

    def _skip(self, position: int) -> None:
        # Half a ring further than needed: reading at the very edge would be overrun again.
        target = min(position + self._source.ring.capacity // 2, self._source.ring.written)
        self.lost_samples += target - self.position
        self.position = target
        for listener in self._listeners:
            listener.reset(target)


def mended(frames: NDArray[np.float32]) -> NDArray[np.float32]:
    """`frames` as they are, but for samples that are no sound: a listener must not stumble."""
    if len(frames) == 0 or np.abs(frames).max() <= LOUDEST:  # never true beside a NaN
        return frames
    return np.clip(np.nan_to_num(frames, nan=0.0), -LOUDEST, LOUDEST)
