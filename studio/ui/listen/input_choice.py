"""Which input, and how quickly: what the user chose, remembered by name."""

from __future__ import annotations

from studio.audio.devices import Device
from studio.audio.input_stream import LATENCIES_S, default_input, remembered_input
from studio.settings import Settings

DEVICE_KEY, LATENCY_KEY = "listen_device", "listen_latency"


class InputChoice:
    """The chosen device (by name, host API and channels, never by number) and latency."""

    def __init__(self, store: Settings | None = None) -> None:
        self._store = store or Settings()

    def remember(self, device: Device) -> None:
        """Take `device` next time, too."""
        self._store.set(DEVICE_KEY, [device.name, device.host_api, device.channels])

    def find(self) -> Device:
        """The chosen device if it is there, else the default. Raises StudioError if none is."""
        return remembered_input(self._store.get(DEVICE_KEY)) or default_input()

    @property
    def latency(self) -> str:
        """How much delay the driver is asked for: a key of `LATENCIES_S`."""
        kept = self._store.get(LATENCY_KEY)
        return kept if kept in LATENCIES_S else "normal"

    @latency.setter
    def latency(self, latency: str) -> None:
        self._store.set(LATENCY_KEY, latency)
