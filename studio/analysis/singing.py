"""A microphone that is listened to for notes, each with the moment at which it was sung."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from studio.analysis.transcriber import HeardNote, Transcriber
from studio.audio.ring_buffer import OverrunError, RingBuffer

POLL_S = 0.02


class Microphone(Protocol):
    """What is sung into."""

    sample_rate: int
    latency_s: float
    ring: RingBuffer

    def start(self) -> None:
        """Begin. Raises StudioError."""

    def stop(self) -> None:
        """Give the device back."""


@dataclass(frozen=True, slots=True)
class SungNote:
    """A note, and when on the clock (`time.perf_counter`) it began and ended."""

    began_at_s: float
    ended_at_s: float
    pitch: int
    velocity: int


class Singing:
    """Follows a microphone on a thread of its own, from its making to `stop`."""

    def __init__(self, microphone: Microphone) -> None:
        """Begin to listen. Raises StudioError if the device can't be opened."""
        self._microphone = microphone
        self._transcriber = Transcriber(microphone.sample_rate)
        self._notes: deque[SungNote] = deque()
        self._read = 0
        self._zero_s = np.inf  # when on the clock sample 0 was captured
        self._stopping = threading.Event()
        microphone.start()
        self._thread = threading.Thread(target=self._run, name="singing", daemon=True)
        self._thread.start()

    def take(self) -> list[SungNote]:
        """The notes that ended since the last call."""
        taken = []
        while self._notes:
            taken.append(self._notes.popleft())
        return taken

    def stop(self) -> None:
        """End what is sung, and give the device back; `take` has the rest."""
        self._stopping.set()
        self._thread.join(timeout=3.0)
        self._microphone.stop()

    def _run(self) -> None:
        while not self._stopping.wait(POLL_S):
            self._listen()
        self._listen()
        self._keep(self._transcriber.finish())

    def _listen(self) -> None:
        ring, rate = self._microphone.ring, self._microphone.sample_rate
        written = ring.written
        if written == self._read:
            return
        # what comes in bursts is nearest to the truth where it came soonest
        captured_s = time.perf_counter() - written / rate - self._microphone.latency_s
        self._zero_s = min(self._zero_s, captured_s)
        try:
            block = ring.read(self._read, written - self._read)
        except OverrunError:
            block = np.zeros((written - self._read, 1), dtype=np.float32)
        self._read = written
        self._keep(self._transcriber.push(block.mean(axis=1)))

    def _keep(self, notes: list[HeardNote]) -> None:
        for note in notes:
            began, ended = self._zero_s + note.onset_s, self._zero_s + note.offset_s
            self._notes.append(SungNote(began, ended, note.pitch, note.velocity))
