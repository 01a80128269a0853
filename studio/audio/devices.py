"""The sound devices of this machine, by name and host API: their numbers change, these do not."""

from __future__ import annotations

import atexit
import importlib
import sys
import threading
from dataclasses import dataclass
from typing import Any, Literal

from studio.audio import jack, pulse_devices
from studio.errors import StudioError

DeviceKind = Literal["input", "output", "monitor"]

NO_SOUND_SYSTEM = (
    "This machine has no sound system that can be used: {reason}. "
    "Install PortAudio (Debian and Ubuntu: libportaudio2); files can be watched all the same."
)
NO_DOOR = (
    "The sound server can't be reached through ALSA. Install ALSA's plug-ins "
    "(Debian and Ubuntu: libasound2-plugins, or pipewire-alsa)."
)


@dataclass(frozen=True, slots=True)
class Device:
    """A device as PortAudio lists it. A monitor is an input that carries the system's own sound."""

    name: str
    host_api: str
    channels: int
    sample_rate: int
    kind: DeviceKind
    is_default: bool = False
    key: str = ""  # the sound server's own name for it, where there is one

    @property
    def label(self) -> str:
        """The name for people, with the host API where it tells two apart."""
        return f"{self.name} ({self.host_api})"


def sound_library() -> Any:
    """The sounddevice module. Raises StudioError where PortAudio is missing."""
    if "sounddevice" in sys.modules:
        return sys.modules["sounddevice"]
    try:
        with jack.joined_if_wanted():
            library = importlib.import_module("sounddevice")
    except OSError as error:
        raise StudioError(NO_SOUND_SYSTEM.format(reason=error)) from error
    if _is_in_jack(library):
        leave_open_at_exit()
    return library


def _is_in_jack(library: Any) -> bool:
    return any(host["name"] == jack.HOST_API for host in library.query_hostapis())


def list_devices() -> list[Device]:
    """Every device, inputs first. Raises StudioError where PortAudio is missing.

    Where a sound server tells of its sources, they stand for the one input that leads to it.
    """
    found = [device for _, device in _indexed_devices()]
    served = [_served(source) for source in pulse_devices.list_sources()]
    if served:
        is_door = {device: _is_door(device) for device in found}
        found = [device for device in found if not is_door[device]] + served
    order: dict[DeviceKind, int] = {"input": 0, "monitor": 1, "output": 2}
    return sorted(found, key=lambda device: (order[device.kind], not device.is_default))


def list_inputs() -> list[Device]:
    """What can be listened to."""
    return [device for device in list_devices() if device.kind != "output"]


def device_index(wanted: Device) -> int:
    """PortAudio's number for `wanted` as of now. Raises StudioError if it is gone."""
    for index, device in _indexed_devices():
        if (device.name, device.host_api) == (wanted.name, wanted.host_api) and (
            (device.kind == "output") == (wanted.kind == "output")
        ):
            return index
    if wanted.key:
        return _door_index()
    raise StudioError(f"{wanted.label} is not there any more. Plug it in, or choose another.")


def _door_index() -> int:
    doors = {device.name: index for index, device in _indexed_devices() if _is_door(device)}
    for name in pulse_devices.DOORS:
        if name in doors:
            return doors[name]
    raise StudioError(NO_DOOR)


class OpenStreams:
    """How many streams this process has open: looking for new devices would end them."""

    def __init__(self) -> None:
        self._count = 0
        self._lock = threading.Lock()

    def opened(self) -> None:
        """One more."""
        with self._lock:
            self._count += 1

    def closed(self) -> None:
        """One less."""
        with self._lock:
            self._count -= 1

    def refresh_if_none(self) -> bool:
        """Look again at what is plugged in, unless a stream is open; whether it was done."""
        with self._lock:
            if self._count:
                return False
            refresh_devices()
            return True


open_streams = OpenStreams()


def refresh_devices() -> None:
    """Look again at what is plugged in. PortAudio closes every open stream for it.

    A JACK server that it has joined may have died: closed then, it would end the process.
    """
    library = sound_library()
    if not _is_in_jack(library):
        library._terminate()
        with jack.joined_if_wanted():
            library._initialize()


def leave_open_at_exit() -> None:
    """Let the program end without closing PortAudio: a driver that hangs would hang it too."""
    atexit.unregister(sound_library()._exit_handler)


def _indexed_devices() -> list[tuple[int, Device]]:
    """PortAudio's devices with its numbers. Raises StudioError if its drivers do not answer."""
    library = sound_library()
    try:
        hosts, rows = library.query_hostapis(), list(library.query_devices())
    except library.PortAudioError as error:
        raise StudioError(f"The sound drivers do not answer ({error}).") from error
    default_input, default_output = library.default.device
    found: list[tuple[int, Device]] = []
    for index, row in enumerate(rows):
        host = hosts[row["hostapi"]]["name"]
        rate = round(row["default_samplerate"])
        n_inputs, n_outputs = row["max_input_channels"], row["max_output_channels"]
        if n_inputs > 0:
            kind: DeviceKind = "monitor" if _is_monitor(row["name"]) else "input"
            is_default = index == default_input
            found.append((index, Device(row["name"], host, n_inputs, rate, kind, is_default)))
        if n_outputs > 0:
            is_default = index == default_output
            found.append((index, Device(row["name"], host, n_outputs, rate, "output", is_default)))
    return found


def _is_monitor(name: str) -> bool:
    words = name.lower()
    return "monitor" in words or (sys.platform == "win32" and "loopback" in words)


def _is_door(device: Device) -> bool:
    is_named = device.name in pulse_devices.DOORS
    return device.kind == "input" and device.host_api == "ALSA" and is_named


def _served(source: pulse_devices.PulseSource) -> Device:
    return Device(
        source.name,
        source.server,
        source.channels,
        source.sample_rate,
        "monitor" if source.is_monitor else "input",
        source.is_default,
        source.key,
    )
