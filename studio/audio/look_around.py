"""Which inputs are there now, looked up without disturbing what is playing."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from studio.audio import pulse_devices
from studio.audio.devices import Device, list_inputs
from studio.errors import StudioError

LOOK_TIMEOUT_S = 10.0
NO_MONITOR = {
    "linux": "The system's own sound needs PulseAudio or PipeWire with its command pactl: "
    "install pulseaudio-utils (that is its name on Debian and Ubuntu).",
    "darwin": "macOS keeps the system's own sound to itself: install BlackHole, make it part of a "
    "multi-output device in Audio MIDI Setup, and choose it here as an input.",
    "win32": "Windows gives the system's own sound as an input where 'Stereo Mix' is switched on "
    "in the sound settings; else install VB-Audio Virtual Cable and choose it here.",
}


def inputs_now() -> list[Device]:
    """Every input as of this moment. Takes up to a second: not for the window's thread.

    A sound server tells at once. Else PortAudio looks at the machine, but only once and never again
    while a stream is open, so a process of its own looks. An empty list where nothing can be found
    out.
    """
    served = served_inputs()
    if served:
        return served
    command = [*_program(), "devices", "--json"]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=LOOK_TIMEOUT_S, check=True
        )
        devices = [_device(row) for row in json.loads(done.stdout)]
    except (OSError, ValueError, TypeError, subprocess.SubprocessError):
        return []
    return [device for device in devices if device.kind != "output"]


def served_inputs() -> list[Device]:
    """What a sound server tells of, and the inputs beside it; none without a server."""
    try:
        inputs = list_inputs() if pulse_devices.is_possible() else []
    except StudioError:
        return []
    return inputs if any(device.key for device in inputs) else []


def _program() -> list[str]:
    """Studio's command line, of the built application, too."""
    if getattr(sys, "frozen", False):
        return [sys.executable]
    return [sys.executable, "-P", "-m", "studio"]


def _device(row: dict[str, Any]) -> Device:
    return Device(**row)


def no_monitor_hint(platform: str = sys.platform) -> str:
    """What to install to hear the system's own sound, where no monitor is listed."""
    return NO_MONITOR.get(platform, NO_MONITOR["linux"])
