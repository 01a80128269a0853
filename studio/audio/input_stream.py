"""A microphone, or any other input device, at its own rate."""

from __future__ import annotations

import threading
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.audio.devices import Device, device_index, list_inputs, sound_library
from studio.audio.ring_buffer import RingBuffer
from studio.audio.sources import RING_SECONDS
from studio.errors import StudioError

STALLED_AFTER_S = 2.0  # a frozen server keeps a stream "active": the callback's age tells
NO_INPUT = (
    "No microphone or other sound input was found. Plug one in and try again, or open a sound file."
)


class MicrophoneSource:
    """Captures a device into a ring. The callback copies and counts, nothing else."""

    def __init__(self, device: Device | None = None) -> None:
        self.device = device or default_input()
        self.name = self.device.name
        self.sample_rate = self.device.sample_rate
        self.ring = RingBuffer(RING_SECONDS * self.sample_rate)
        self.lost_samples = 0
        self.latency_s = 0.0
        self._stream: Any = None
        self._last_block_at = 0.0
        self._next_adc_s = 0.0

    def start(self) -> None:
        """Open the device and begin. Raises StudioError with the driver's reason."""
        library = sound_library()
        index = device_index(self.device)
        try:
            self._stream = library.InputStream(
                device=index,
                channels=min(2, self.device.channels),
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
            closer.join(1.0)

    @property
    def is_active(self) -> bool:
        """Whether the device still delivers."""
        stream = self._stream
        if stream is None or not stream.active:
            return False
        return time.monotonic() - self._last_block_at < STALLED_AFTER_S

    def _on_block(self, data: NDArray[np.float32], n: int, clock: Any, status: Any) -> None:
        """The driver's thread: keep this short and free of everything that may wait."""
        self._last_block_at = time.monotonic()
        if status.input_overflow:
            gap_s = clock.inputBufferAdcTime - self._next_adc_s
            self.lost_samples += max(1, round(gap_s * self.sample_rate))
        self._next_adc_s = clock.inputBufferAdcTime + n / self.sample_rate
        self.ring.write(data[:, 0] if data.shape[1] == 1 else data.mean(axis=1))


def default_input() -> Device:
    """The system's default input, else the first. Raises StudioError if there is none."""
    inputs = list_inputs()
    if not inputs:
        raise StudioError(NO_INPUT)
    return next((device for device in inputs if device.is_default), inputs[0])


def _close(stream: Any) -> None:
    stream.abort(ignore_errors=True)
    stream.close(ignore_errors=True)
