"""A microphone, or any other input device, at its own rate."""

from __future__ import annotations

import threading
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.audio.devices import (
    Device,
    device_index,
    leave_open_at_exit,
    list_devices,
    list_inputs,
    refresh_devices,
    sound_library,
)
from studio.audio.ring_buffer import RingBuffer
from studio.audio.sources import RING_SECONDS
from studio.errors import StudioError

STALLED_AFTER_S = 2.0  # a frozen server keeps a stream "active": the callback's age tells
CLOSE_WAIT_S = 0.25  # a healthy device closes in a few milliseconds
NO_INPUT = (
    "No microphone or other sound input was found. Plug one in and try again (Studio may have to "
    "be started anew to see it), or open a sound file."
)


class MicrophoneSource:
    """Captures a device into a ring. The callback copies and counts, nothing else."""

    def __init__(self, device: Device | None = None) -> None:
        self.device = device or default_input()
        self.name = self.device.name
        self.sample_rate = self.device.sample_rate
        n_channels = min(2, self.device.channels)
        self.ring = RingBuffer(RING_SECONDS * self.sample_rate, n_channels)
        self.lost_samples = 0
        self.latency_s = 0.0
        self._stream: Any = None
        self._last_block_at = 0.0
        self._next_adc_s: float | None = None  # when the next block should begin, by the driver

    def start(self) -> None:
        """Open the device and begin. Raises StudioError with the driver's reason."""
        library = sound_library()
        index = device_index(self.device)
        try:
            self._stream = library.InputStream(
                device=index,
                channels=self.ring.n_channels,
                samplerate=self.sample_rate,
                dtype="float32",
                callback=self._on_block,
            )
            self._last_block_at = time.monotonic()
            self._stream.start()
            self.latency_s = float(self._stream.latency)
        except library.PortAudioError as error:
            self.stop()
            reason = str(error).splitlines()[0]
            raise StudioError(f"{self.name} can't be opened: {reason}.") from error

    def stop(self) -> None:
        """Close the device, in a thread of its own: closing a lost one may never return."""
        stream, self._stream = self._stream, None
        if stream is not None:
            closer = threading.Thread(target=_close, args=(stream,), name="close", daemon=True)
            closer.start()
            closer.join(CLOSE_WAIT_S)
            if closer.is_alive():
                leave_open_at_exit()

    @property
    def is_active(self) -> bool:
        """Whether the device still delivers."""
        stream = self._stream
        if stream is None or not stream.active:
            return False
        return time.monotonic() - self._last_block_at < STALLED_AFTER_S

    def _on_block(self, data: NDArray[np.float32], n: int, clock: Any, status: Any) -> None:
        """The driver's thread: keep this short and free of everything that may wait."""
        now = time.monotonic()
        begins_s = clock.inputBufferAdcTime
        if status.input_overflow:
            self.lost_samples += self._gap(begins_s, now - self._last_block_at)
        self._last_block_at = now
        self._next_adc_s = begins_s + n / self.sample_rate
        self.ring.write(data)

    def _gap(self, begins_s: float, waited_s: float) -> int:
        """How many samples an overflow cost, by the driver's clock.

        Some drivers make it up: never more than fit into the time since the last block.
        """
        gap_s = 0.0 if self._next_adc_s is None else min(begins_s - self._next_adc_s, waited_s)
        return max(1, round(gap_s * self.sample_rate))


def default_input() -> Device:
    """The system's default input, else the first. Raises StudioError if there is none."""
    inputs = list_inputs() or _list_anew()
    if not inputs:
        raise StudioError(NO_INPUT)
    return next((device for device in inputs if device.is_default), inputs[0])


def _list_anew() -> list[Device]:
    """The inputs as of now, where nothing can be playing: looking again ends every stream."""
    if list_devices():
        return []
    refresh_devices()
    return list_inputs()


def _close(stream: Any) -> None:
    stream.abort(ignore_errors=True)
    stream.close(ignore_errors=True)
