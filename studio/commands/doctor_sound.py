"""What `studio doctor` looks at of sound in and MIDI: the drivers, and whether they let us."""

from __future__ import annotations

import sys
import threading

import numpy as np

from studio.audio.input_stream import MicrophoneSource, NoInputError
from studio.audio.midi_ports import MidiSystem
from studio.commands.finding import Finding
from studio.errors import StudioError

LISTEN_S, PATIENCE_S = 0.5, 4.0  # how long we listen; how long we wait for a slow driver
ALLOWED = {
    "darwin": "Allow it in System Settings, Privacy & Security, Microphone.",
    "win32": "Allow it in Settings, Privacy & security, Microphone, for desktop apps, too.",
}
ALLOWED_ELSEWHERE = (
    "Let no other program hold it, and see that you may use /dev/snd (group: audio)."
)


def microphone() -> Finding:
    """Listen for a moment: where a system forbids it, the driver fails or gives zeros."""
    remedy = ALLOWED.get(sys.platform, ALLOWED_ELSEWHERE)
    try:
        source = MicrophoneSource()
        source.start()
    except NoInputError:
        return Finding("microphone", True, "none", "No input is needed for files.")
    except (StudioError, OSError) as error:
        return Finding("microphone", False, str(error), remedy)
    try:
        level = _listen(source)
    finally:
        source.stop()
    if level is None:
        return Finding("microphone", False, f"{source.name} gives no sound.", remedy)
    detail = f"{source.name}, {source.sample_rate / 1000:g} kHz"
    if level == 0:
        return Finding("microphone", True, f"{detail}: only silence", f"If not muted: {remedy}")
    return Finding("microphone", True, detail)


def _listen(source: MicrophoneSource) -> float | None:
    """The highest level of half a second, None if nothing came in time."""
    wanted = round(LISTEN_S * source.sample_rate)
    pause = threading.Event()
    for _ in range(round(PATIENCE_S / 0.05)):
        if source.ring.written >= wanted:
            heard = source.ring.read(source.ring.written - wanted, wanted)
            return float(np.abs(heard).max(initial=0.0))
        pause.wait(0.05)
    return None


def midi() -> Finding:
    """Which MIDI ports there are; without a MIDI system Studio works, keyboards do not."""
    system = MidiSystem()
    try:
        names = system.names()
    except StudioError as error:
        return Finding("MIDI", True, "no MIDI system", str(error))
    finally:
        system.close()
    detail = f"{len(names.inputs)} inputs, {len(names.outputs)} outputs"
    return Finding("MIDI", True, ": ".join([detail, ", ".join(names.inputs)]).rstrip(": "))
