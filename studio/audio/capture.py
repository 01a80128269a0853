"""An open input stream: the driver's thread runs C alone, Python takes what it left."""

from __future__ import annotations

import importlib
import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.audio.devices import leave_open_at_exit, open_streams

BACKLOG_S = 8  # how long Python may be held up before sound is lost
CLOSE_WAIT_S = 0.25  # a healthy device closes in a few milliseconds
WINDOW_S = 0.5  # long enough that a late driver has caught up in it


class Capture:
    """Captures a device from its making to `close`. Only one thread may `take`."""

    def __init__(
        self, index: int, n_channels: int, sample_rate: int, latency_s: float, extra: Any = None
    ) -> None:
        """Open it. Raises sounddevice.PortAudioError or ValueError with the driver's reason."""
        mixer = importlib.import_module("rtmixer")  # loads PortAudio: not before it is wanted
        self.n_channels = n_channels
        capacity = 1 << (BACKLOG_S * sample_rate - 1).bit_length()
        self._ring = mixer.RingBuffer(4 * n_channels, capacity)
        open_streams.opened()  # before: nobody may look for new devices meanwhile
        try:
            self._stream = mixer.Recorder(
                device=index,
                channels=n_channels,
                samplerate=sample_rate,
                latency=latency_s,
                extra_settings=extra,
            )
        except BaseException:
            open_streams.closed()
            raise
        try:
            self._action = self._stream.record_ringbuffer(self._ring)
            self._stream.start()
        except BaseException:
            self.close()
            raise
        self.latency_s = float(self._stream.latency)

    def take(self) -> NDArray[np.float32]:
        """What has come since the last call, shape (n, n_channels)."""
        block = np.empty((self._ring.read_available, self.n_channels), dtype=np.float32)
        if len(block):
            self._ring.readinto(block)
        return block

    @property
    def overflows(self) -> int:
        """How often the driver said that it lost something."""
        return int(self._action.stats.input_overflows)

    def close(self) -> None:
        """Close the device, in a thread of its own: closing a lost one may never return."""
        closer = threading.Thread(target=self._close, name="close", daemon=True)
        closer.start()
        closer.join(CLOSE_WAIT_S)
        if closer.is_alive():
            leave_open_at_exit()

    def _close(self) -> None:
        self._stream.abort(ignore_errors=True)
        self._stream.close(ignore_errors=True)
        open_streams.closed()


class LossMeter:
    """Tells what an overflow cost: by how much the samples fell behind the clock over it.

    What comes in bursts is compared at its best moment before and after.
    """

    def __init__(self, sample_rate: int) -> None:
        self._rate = sample_rate
        self._overflows = 0
        self._settled_at: float | None = None
        self._since = -np.inf
        self._before = -np.inf
        self._leads = [-np.inf, -np.inf]  # the best of this window, and of the one before

    def note(self, now_s: float, captured: int, overflows: int) -> int:
        """How many samples are newly known to be lost."""
        if overflows > self._overflows:
            if self._settled_at is None:
                self._before = max(self._leads)
            self._overflows, self._settled_at = overflows, now_s + 2 * WINDOW_S
            self._leads = [-np.inf, -np.inf]
        if self._settled_at is not None and now_s < self._settled_at - WINDOW_S:
            return 0  # what was captured before the loss may still be on its way
        lead = captured - now_s * self._rate
        self._leads[0] = max(self._leads[0], lead)
        if self._settled_at is not None:
            return self._settle(now_s)
        if now_s - self._since > WINDOW_S:
            self._since, self._leads = now_s, [lead, self._leads[0]]
        return 0

    def _settle(self, now_s: float) -> int:
        if self._settled_at is None or now_s < self._settled_at:
            return 0
        self._settled_at, self._since = None, now_s
        behind = self._before - self._leads[0]
        return max(1, round(behind)) if np.isfinite(behind) else 1
