"""Frequency, pitch and height in the picture."""

from __future__ import annotations

import math
from dataclasses import dataclass

NOTE_NAMES = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
MINUS = "\N{MINUS SIGN}"
A4_HZ, A4_PITCH = 440.0, 69


@dataclass(frozen=True, slots=True)
class FrequencyAxis:
    """A logarithmic axis from `low_hz` at the bottom to `high_hz` at the top."""

    low_hz: float
    high_hz: float

    def fraction(self, hz: float) -> float:
        """Where `hz` lies, 0 at the bottom and 1 at the top."""
        return math.log(hz / self.low_hz) / math.log(self.high_hz / self.low_hz)

    def hz(self, fraction: float) -> float:
        """The inverse of `fraction`."""
        return self.low_hz * math.pow(self.high_hz / self.low_hz, fraction)

    def zoomed(self, factor: float, fraction: float, limits: FrequencyAxis) -> FrequencyAxis:
        """The axis `factor` times as wide about `fraction`, inside `limits`, at least a third."""
        span = math.log(self.high_hz / self.low_hz)
        widest = math.log(limits.high_hz / limits.low_hz)
        new_span = min(widest, max(math.log(2) / 3, span * factor))
        centre = math.log(self.hz(fraction))
        low = centre - fraction * new_span
        low = min(max(low, math.log(limits.low_hz)), math.log(limits.high_hz) - new_span)
        return FrequencyAxis(math.exp(low), math.exp(low + new_span))


def pitch_to_hz(pitch: float) -> float:
    """The frequency of a MIDI pitch."""
    return A4_HZ * 2 ** ((pitch - A4_PITCH) / 12)


def hz_to_pitch(hz: float) -> float:
    """The (fractional) MIDI pitch of a frequency."""
    return A4_PITCH + 12 * math.log2(hz / A4_HZ)


def note_name(pitch: int) -> str:
    """'C4' for 60."""
    return f"{NOTE_NAMES[pitch % 12]}{pitch // 12 - 1}"


def note_and_cents(hz: float) -> str:
    """The nearest note and how far from it: 'A4 +3 ct'."""
    pitch = hz_to_pitch(hz)
    nearest = round(pitch)
    return f"{note_name(nearest)} {round(100 * (pitch - nearest)):+d} ct".replace("-", MINUS)


def octave_hz(axis: FrequencyAxis) -> list[float]:
    """The frequencies of the Cs on the axis."""
    first = math.ceil(hz_to_pitch(axis.low_hz) / 12) * 12
    last = math.floor(hz_to_pitch(axis.high_hz))
    return [pitch_to_hz(pitch) for pitch in range(first, last + 1, 12)]


def round_hz(axis: FrequencyAxis) -> list[float]:
    """Round frequencies on the axis: 1, 2 and 5 times the powers of ten."""
    first, last = math.floor(math.log10(axis.low_hz)), math.ceil(math.log10(axis.high_hz))
    steps = [step * 10.0**power for power in range(first, last) for step in (1, 2, 5)]
    return [hz for hz in steps if axis.low_hz <= hz <= axis.high_hz]


def short_hz(hz: float) -> str:
    """'50' or '2k'."""
    return f"{hz / 1000:g}k" if hz >= 1000 else f"{hz:g}"
