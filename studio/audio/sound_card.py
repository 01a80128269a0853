"""The sound card: its thread runs C alone, from the ring to the device."""

from __future__ import annotations

import contextlib
import importlib
import threading
import time

from studio.audio.devices import open_streams, sound_library
from studio.audio.driver_ring import DriverRing, RingFeed
from studio.errors import StudioError

SETTLING_S = 0.15  # servers ask in a hurry at first and skip some of it: that much is silence
_LOST_AFTER_S = 2.0


class SoundCardOutput:
    """The default output device, at its own rate."""

    def __init__(self, latency_s: float, device: int | None = None) -> None:
        """Open it, with so much sound ready in it. Raises StudioError if there is none."""
        library = sound_library()  # loads PortAudio: not before sound is wanted
        self._errors = (library.PortAudioError, ValueError, OSError)
        try:
            info = library.query_devices(device, "output")
        except (library.PortAudioError, ValueError) as error:
            raise StudioError("There is no sound output: connect one or start it.") from error
        self.sample_rate = round(info["default_samplerate"])
        open_streams.opened()
        try:
            self._stream = importlib.import_module("rtmixer").Mixer(
                samplerate=self.sample_rate, device=device, channels=2, latency=latency_s
            )
        except self._errors as error:
            open_streams.closed()
            raise StudioError(f"{info['name']} can't be opened ({_reason(error)}).") from error
        self._feed: RingFeed | None = None
        self._is_started = False

    def new_ring(self, capacity: int) -> DriverRing:
        """The ring that it will play."""
        ring = DriverRing(capacity)
        self._feed = RingFeed(self._stream, ring)
        return ring

    def start(self) -> None:
        """Begin to play the ring."""
        if self._feed is not None:
            self._is_started = True
            self._stream.start()
            self._feed.begin(SETTLING_S)

    def stop(self) -> None:
        """Play no more."""
        if self._is_started and self._feed is not None:
            self._is_started = False
            self._stream.abort()
            self._feed.end()

    def tend(self) -> None:
        """Ask the driver where it is, now and then."""
        if self._is_started and self._feed is not None:
            with contextlib.suppress(*self._errors):  # a device that is gone is told by `is_lost`
                self._feed.tend()

    def heard(self) -> float:
        """Samples that have left the loudspeaker."""
        return self._feed.heard() if self._feed is not None else 0.0

    def is_lost(self) -> bool:
        """A lost device gives no error: it falls silent."""
        if not self._is_started or self._feed is None:
            return False
        return not self._stream.active or (
            time.perf_counter() - self._feed.alive_at_s > _LOST_AFTER_S
        )

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


def _reason(error: Exception) -> str:
    text = str(error).strip()
    return text.splitlines()[0] if text else type(error).__name__
