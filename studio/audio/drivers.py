"""Opens an input by the first driver that can, and says which one it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from studio.audio import pulse_devices
from studio.audio.capture import Capture
from studio.audio.devices import Device, device_index, list_inputs, open_streams, sound_library
from studio.errors import StudioError

# Best first: those that keep time and rate before those that resample and delay.
ORDER = (
    "ASIO",
    "Windows WASAPI",
    "Core Audio",
    "PipeWire",
    "PulseAudio",
    "JACK Audio Connection Kit",
    "ALSA",
    "Windows WDM-KS",
    "Windows DirectSound",
    "MME",
    "OSS",
)
CUT_NAME = 31  # MME tells no more letters of a name


@dataclass(frozen=True, slots=True)
class Opened:
    """A stream, and what the user should know of how it came about."""

    capture: Capture
    remark: str = ""


def rank(host_api: str) -> int:
    """Where a host API stands in the order of choice."""
    return ORDER.index(host_api) if host_api in ORDER else len(ORDER)


def open_capture(device: Device, n_channels: int, latency_s: float) -> Opened:
    """Open `device` at its rate, by another driver if its own refuses.

    Raises StudioError with every driver's reason.
    """
    refusals: list[str] = []
    for candidate in _candidates(device):
        try:
            capture = _open(candidate, n_channels, latency_s)
        except StudioError as error:
            refusals.append(f"{candidate.host_api}: {error}")
            continue
        if candidate.host_api == device.host_api:
            return Opened(capture)
        return Opened(
            capture,
            f"{device.name} could not be opened through {device.host_api}; "
            f"{candidate.host_api} is used instead.",
        )
    raise StudioError(f"{device.name} can't be opened ({'; '.join(refusals)}).")


def _candidates(device: Device) -> Iterator[Device]:
    """The device, then the same one by other drivers, at the rate and channels of the first."""
    yield device
    others = [
        other
        for other in list_inputs()
        if other.host_api != device.host_api
        and other.name[:CUT_NAME] == device.name[:CUT_NAME]
        and other.channels >= device.channels
    ]
    for other in sorted(others, key=lambda other: rank(other.host_api)):
        yield replace(other, sample_rate=device.sample_rate)


def _open(device: Device, n_channels: int, latency_s: float) -> Capture:
    library = sound_library()
    try:
        index = _index(device)
        with pulse_devices.directed_to(device.key):
            return Capture(
                index, n_channels, device.sample_rate, latency_s, _extra(library, device)
            )
    except (library.PortAudioError, ValueError) as error:
        raise StudioError(str(error).splitlines()[0]) from error


def _index(device: Device) -> int:
    """PortAudio's number; it looks again for a device that was plugged in since it looked."""
    try:
        return device_index(device)
    except StudioError:
        if not open_streams.refresh_if_none():
            raise
        return device_index(device)


def _extra(library: Any, device: Device) -> Any:
    """WASAPI refuses a rate that is not its mixer's, unless it is told that it may convert."""
    return library.WasapiSettings(auto_convert=True) if "WASAPI" in device.host_api else None
