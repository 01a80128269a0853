"""Where sound goes: the sound card, or, where there is none, a clock that runs as fast."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from studio.audio.devices import open_streams
from studio.errors import StudioError

Fill = Callable[[NDArray[np.float32]], None]  # writes the next samples into an (n, 2) block

SILENT_BLOCK = 256
SILENT_RATE = 44100
DEVICE_LATENCY_S = 0.03  # the lowest that sound servers kept to without a gap
SETTLING_S = 0.15  # servers ask in a hurry at first and skip some of it: that much is silence
_LOST_AFTER_S = 2.0
_MAX_LATENCY_S = 1.0


class Output(Protocol):
    """A place that asks for samples at its own rate and knows which of them is heard now."""

    sample_rate: int

    def start(self, fill: Fill) -> None:
        """Ask `fill` for samples from now on, from a thread of its own."""

    def stop(self) -> None:
        """Ask no more, until it is started again."""

    def heard(self) -> float:
        """How many of the samples asked for have been heard by now, latency included."""

    def is_lost(self) -> bool:
        """Whether it was started but asks no more: unplugged, or its server died."""

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


class SoundCardOutput:
    """The default output device, at its own rate."""

    def __init__(self, device: int | None = None) -> None:
        """Open it. Raises StudioError if there is none or it refuses."""
        import sounddevice  # loads PortAudio: not before sound is wanted

        try:
            info = sounddevice.query_devices(device, "output")
        except (sounddevice.PortAudioError, ValueError) as error:
            raise StudioError("There is no sound output: connect one or start it.") from error
        self.sample_rate = round(info["default_samplerate"])
        open_streams.opened()
        try:
            self._stream = sounddevice.OutputStream(
                samplerate=self.sample_rate,
                device=device,
                channels=2,
                dtype="float32",
                latency=DEVICE_LATENCY_S,
                callback=self._on_block,
            )
        except (sounddevice.PortAudioError, ValueError, OSError) as error:
            open_streams.closed()
            raise StudioError(f"{info['name']} can't be opened ({_reason(error)}).") from error
        self._fill: Fill = lambda block: block.fill(0)
        self._clock = Clock(self.sample_rate)
        self._is_started = False
        self._started_at = 0.0

    def _on_block(self, out: NDArray[np.float32], count: int, times: Any, status: Any) -> None:
        if time.perf_counter() - self._started_at < SETTLING_S:
            out.fill(0)
            return
        latency = times.outputBufferDacTime - times.currentTime
        self._clock.asked(count, latency)
        self._fill(out)

    def start(self, fill: Fill) -> None:
        """Begin to ask for samples."""
        self._fill = fill
        self._clock.last_asked_at = time.perf_counter()
        self._is_started = True
        self._started_at = time.perf_counter()
        self._stream.start()

    def stop(self) -> None:
        """Ask no more."""
        if self._is_started:
            self._is_started = False
            self._stream.abort()

    def heard(self) -> float:
        """Samples that have left the loudspeaker."""
        return self._clock.heard()

    def is_lost(self) -> bool:
        """A lost device gives no error: it falls silent."""
        age = time.perf_counter() - self._clock.last_asked_at
        return self._is_started and (not self._stream.active or age > _LOST_AFTER_S)

    def close(self) -> None:
        """Close the stream; a frozen server would hang us, so not for long."""
        self._is_started = False
        closer = threading.Thread(target=self._close, name="close-output", daemon=True)
        closer.start()
        closer.join(timeout=1.0)

    def _close(self) -> None:
        with contextlib.suppress(Exception):  # what a dead driver raises helps nobody
            self._stream.abort()
        with contextlib.suppress(Exception):
            self._stream.close()
        open_streams.closed()


class SilentOutput:
    """No sound at all, in real time: the playhead runs where there is no sound card."""

    def __init__(self, sample_rate: int = SILENT_RATE) -> None:
        self.sample_rate = sample_rate
        self._clock = Clock(sample_rate)
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, fill: Fill) -> None:
        """Begin to ask for samples."""
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, args=(fill,), daemon=True)
        self._thread.start()

    def _run(self, fill: Fill) -> None:
        block = np.zeros((SILENT_BLOCK, 2), dtype=np.float32)
        due = time.perf_counter()
        while not self._stopping.wait(max(0.0, due - time.perf_counter())):
            self._clock.asked(SILENT_BLOCK, 0.0)
            fill(block)
            due += SILENT_BLOCK / self.sample_rate

    def stop(self) -> None:
        """Ask no more."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def heard(self) -> float:
        """Samples that would have been heard."""
        return self._clock.heard()

    def is_lost(self) -> bool:
        """A clock can't be unplugged."""
        return False

    def close(self) -> None:
        """Stop."""
        self.stop()


def _reason(error: Exception) -> str:
    text = str(error).strip()
    return text.splitlines()[0] if text else type(error).__name__


def open_output() -> tuple[Output, str | None]:
    """The sound card and None, or a silent clock and the sentence that says why."""
    try:
        return SoundCardOutput(), None
    except StudioError as error:
        return SilentOutput(), f"{error} The playhead runs without sound."
    except OSError as error:  # PortAudio itself is missing
        return SilentOutput(), f"There is no sound system ({error}). The playhead runs silently."
