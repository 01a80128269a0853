"""Where sound goes: the sound card, or, where there is none, a clock that runs as fast."""

from __future__ import annotations

import threading
import time
from typing import Protocol

import numpy as np

from studio.audio.sound_card import SoundCardOutput
from studio.audio.stereo_ring import Ring, StereoRing
from studio.errors import StudioError

SILENT_BLOCK = 256
SILENT_RATE = 44100
_MAX_LATENCY_S = 1.0


class Output(Protocol):
    """A place that takes samples at its own rate and knows which of them is heard now."""

    sample_rate: int

    def new_ring(self, capacity: int) -> Ring:
        """A ring that it can take samples from."""

    def start(self) -> None:
        """Take samples from the ring from now on, on a thread of its own."""

    def stop(self) -> None:
        """Take no more, until it is started again."""

    def tend(self) -> None:
        """Do what its own thread can't; to be called every few milliseconds while it plays."""

    def heard(self) -> float:
        """How many samples of the ring have been heard by now, latency included."""

    def is_lost(self) -> bool:
        """Whether it was started but takes no more: unplugged, or its server died."""

    def close(self) -> None:
        """Give the device back."""


class Clock:
    """Which sample is heard now, told by what the driver says when it asks for a block."""

    def __init__(self, sample_rate: int) -> None:
        self._sample_rate = sample_rate
        self._anchor = (0, time.perf_counter())  # a sample, and when it is or was heard
        self._asked = 0
        self.last_asked_at = time.perf_counter()

    def asked(self, count: int, latency_s: float) -> None:
        """A block of `count` samples was asked for, to be heard in `latency_s`."""
        now = time.perf_counter()
        self._anchor = (self._asked, now + min(max(latency_s, 0.0), _MAX_LATENCY_S))
        self._asked += count
        self.last_asked_at = now

    def heard(self) -> float:
        """Samples heard by now; never more than were asked for."""
        sample, at = self._anchor
        passed = (time.perf_counter() - at) * self._sample_rate
        return min(max(sample + passed, 0.0), float(self._asked))


class SilentOutput:
    """No sound at all, in real time: the playhead runs where there is no sound card."""

    def __init__(self, sample_rate: int = SILENT_RATE) -> None:
        self.sample_rate = sample_rate
        self._clock = Clock(sample_rate)
        self._ring = StereoRing(1)
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def new_ring(self, capacity: int) -> StereoRing:
        """A ring that it will take samples from."""
        self._ring = StereoRing(capacity)
        return self._ring

    def start(self) -> None:
        """Begin to take samples."""
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        block = np.zeros((SILENT_BLOCK, 2), dtype=np.float32)
        due = time.perf_counter()
        while not self._stopping.wait(max(0.0, due - time.perf_counter())):
            self._clock.asked(SILENT_BLOCK, 0.0)
            self._ring.take_into(block)
            due += SILENT_BLOCK / self.sample_rate

    def stop(self) -> None:
        """Take no more."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def tend(self) -> None:
        """Its thread needs no help."""

    def heard(self) -> float:
        """Samples that would have been heard."""
        return self._clock.heard() - self._ring.missing

    def is_lost(self) -> bool:
        """A clock can't be unplugged."""
        return False

    def close(self) -> None:
        """Stop."""
        self.stop()


def open_output(latency_s: float) -> tuple[Output, str | None]:
    """The sound card and None, or a silent clock and the sentence that says why."""
    try:
        return SoundCardOutput(latency_s), None
    except StudioError as error:
        return SilentOutput(), f"{error} The playhead runs without sound."
    except OSError as error:  # PortAudio itself is missing
        return SilentOutput(), f"There is no sound system ({error}). The playhead runs silently."
