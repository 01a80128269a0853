"""A microphone, or any other input device, at its own rate and with all its channels."""

from __future__ import annotations

import threading
import time

import numpy as np

from studio.audio import pulse_devices
from studio.audio.capture import Capture, LossMeter
from studio.audio.device_watch import DeviceWatch
from studio.audio.devices import (
    Device,
    list_devices,
    list_inputs,
    open_streams,
    refresh_devices,
)
from studio.audio.drivers import open_capture
from studio.audio.ring_buffer import RingBuffer
from studio.audio.sources import RING_SECONDS
from studio.errors import StudioError

POLL_S = 0.003, 0.01  # the quickest and the laziest
STALLED_AFTER_S = 1.2  # a frozen server keeps a stream "active": what came tells
GRACE_S = 4.0  # the first block of a sleeping monitor comes after two seconds
RETRY_S = (1.0, 2.0, 2.0, 2.0, 5.0)  # after that every 5 s, or when the system tells of a device
MAX_CHANNELS = 32
MAX_RING_BYTES = 128 << 20
MAX_GAP_S = 10.0  # a longer one would push the picture out of sight
LATENCIES_S = {"safe": 0.1, "normal": 0.03, "low": 0.01}
NO_INPUT = (
    "No microphone or other sound input was found. Plug one in and try again, or open a sound file."
)


class NoInputError(StudioError):
    """There is nothing to listen to on this machine, but for files."""


class MicrophoneSource:
    """Captures a device into a ring, and again when it comes back after it was gone.

    `is_lost` while it is gone. The time it was away is silence in the ring, and counted as lost.
    """

    def __init__(self, device: Device | None = None, latency: str = "normal") -> None:
        self.device = device or default_input()
        self.name = self.device.name
        self.sample_rate = self.device.sample_rate
        self.asked_latency_s = LATENCIES_S.get(latency, LATENCIES_S["normal"])
        self.latency_s = 0.0
        self.remark = ""  # what the user should know about how it was opened
        self.lost_samples = 0
        self.is_lost = False
        n_channels = min(MAX_CHANNELS, self.device.channels)
        self.ring = RingBuffer(_ring_length(self.sample_rate, n_channels), n_channels)
        self._capture: Capture | None = None
        self._loss = LossMeter(self.sample_rate)
        self._came_at, self._wait_s = 0.0, STALLED_AFTER_S
        self._attempts, self._captured = 0, 0
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._is_gone = threading.Event()
        self._lost_at = 0.0
        self._watch: DeviceWatch | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Open the device and begin. Raises StudioError with the driver's reason."""
        self._open()
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, name="capture", daemon=True)
        self._thread.start()
        if self.device.key:
            self._watch = DeviceWatch(self._look_again)
            self._watch.start()

    def stop(self) -> None:
        """Give the device back."""
        self._stopping.set()
        self._wake.set()
        if self._watch is not None:
            self._watch.stop()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join(1.0)

    @property
    def is_active(self) -> bool:
        """Whether sound is still to come; it may have to wait for the device to come back."""
        return self._thread is not None

    def _look_again(self) -> None:
        """The server's sources have changed, ours perhaps too."""
        is_there = any(source.key == self.device.key for source in pulse_devices.list_sources())
        if self.is_lost and is_there:
            self._wake.set()
        elif not is_there:
            self._is_gone.set()  # the server would go on with another device's sound

    def _open(self) -> None:
        self._is_gone.clear()
        opened = open_capture(self.device, self.ring.n_channels, self.asked_latency_s)
        self._capture, self.remark = opened.capture, opened.remark
        self.latency_s = opened.capture.latency_s
        self._came_at, self._wait_s = time.monotonic(), GRACE_S
        self._loss, self._captured = LossMeter(self.sample_rate), 0

    def _run(self) -> None:
        poll_s = min(max(POLL_S[0], self.asked_latency_s / 4), POLL_S[1])
        while not self._stopping.is_set():
            if self._capture is None:
                self._try_again()
            elif not self._drain(self._capture):
                self._stopping.wait(poll_s)
        if self._capture is not None:
            self._capture.close()

    def _drain(self, capture: Capture) -> bool:
        """Move what has come into the ring; whether something had."""
        block, now = capture.take(), time.monotonic()
        is_late = len(block) == 0 and now - self._came_at > self._wait_s
        if is_late or self._is_gone.is_set():
            self._lose(now)
        if len(block) == 0 or self._capture is None:
            return False
        if self.is_lost:
            self._come_back(now)
        self._came_at, self._wait_s = now, STALLED_AFTER_S
        self._captured += len(block)
        self.ring.write(block)
        self.lost_samples += self._loss.note(now, self._captured, capture.overflows)
        return True

    def _lose(self, now: float) -> None:
        capture, self._capture = self._capture, None
        self._is_gone.clear()
        if not self.is_lost:
            self._lost_at, self.is_lost, self._attempts = now, True, 0
        if capture is not None:
            capture.close()

    def _try_again(self) -> None:
        self._wake.wait(RETRY_S[min(self._attempts, len(RETRY_S) - 1)])
        self._wake.clear()
        self._attempts += 1
        if self._stopping.is_set():
            return
        try:
            if not self.device.key:
                open_streams.refresh_if_none()
            self._open()
        except StudioError:
            self._capture = None

    def _come_back(self, now: float) -> None:
        gap = round(min(now - self._lost_at, MAX_GAP_S) * self.sample_rate)
        for start in range(0, gap, self.ring.capacity // 8):
            count = min(self.ring.capacity // 8, gap - start)
            self.ring.write(np.zeros((count, self.ring.n_channels), dtype=np.float32))
        self.lost_samples += gap
        self.is_lost = False


def default_input() -> Device:
    """The system's default input, else the first. Raises NoInputError if there is none."""
    inputs = list_inputs() or _list_anew()
    if not inputs:
        raise NoInputError(NO_INPUT)
    return next((device for device in inputs if device.is_default), inputs[0])


def remembered_input(stored: object) -> Device | None:
    """The input that `stored` (a list of name, host API and channels) tells of, if it is there."""
    if not isinstance(stored, list) or len(stored) != 3:
        return None
    name, host_api, channels = stored
    same = [d for d in list_inputs() if [d.name, d.host_api] == [name, host_api]]
    return next((d for d in same if d.channels == channels), same[0] if same else None)


def _list_anew() -> list[Device]:
    """The inputs as of now, where nothing can be playing: looking again ends every stream."""
    if list_devices():
        return []
    refresh_devices()
    return list_inputs()


def _ring_length(sample_rate: int, n_channels: int) -> int:
    return min(RING_SECONDS * sample_rate, MAX_RING_BYTES // (4 * n_channels))
