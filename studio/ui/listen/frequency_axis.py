"""Frequency, pitch and height in the picture."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.analysis.scales import A4_HZ, A4_PITCH, Scale, unwarp, warp

MOST_STEPS = 12  # labels on a linear axis
LOWEST_C_HZ = 8.175  # MIDI pitch 0
SMALLEST_PART = 1 / 25  # of the whole axis that one can zoom to: about four semitones
NOTE_NAMES = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True)
class FrequencyAxis:
    """An axis from `low_hz` at the bottom to `high_hz` at the top, spread as `scale` says."""

    low_hz: float
    high_hz: float
    scale: Scale = "log"

    def _ends(self) -> tuple[float, float]:
        return float(warp(self.scale, self.low_hz)), float(warp(self.scale, self.high_hz))

    def fraction(self, hz: float) -> float:
        """Where `hz` lies, 0 at the bottom and 1 at the top."""
        low, high = self._ends()
        return (float(warp(self.scale, hz)) - low) / (high - low)

    def hz(self, fraction: float) -> float:
        """The inverse of `fraction`."""
        low, high = self._ends()
        return float(unwarp(self.scale, low + (high - low) * fraction))

    def edges_hz(self, n: int) -> NDArray[np.float64]:
        """The frequencies at the edges of `n` equal parts, from the top, shape (n + 1,)."""
        low, high = self._ends()
        return unwarp(self.scale, low + (high - low) * np.arange(n, -1, -1) / n)

    def zoomed(self, factor: float, fraction: float, limits: FrequencyAxis) -> FrequencyAxis:
        """The axis `factor` times as wide about `fraction`, inside `limits`, at least a bit."""
        low, high = self._ends()
        bottom, top = limits._ends()
        span = min(top - bottom, max((top - bottom) * SMALLEST_PART, (high - low) * factor))
        if span >= top - bottom:
            return limits
        low = min(max(low + fraction * (high - low - span), bottom), top - span)
        ends = unwarp(self.scale, np.array([low, low + span]))
        return FrequencyAxis(float(ends[0]), float(ends[1]), self.scale)

    def shifted(self, fraction: float, limits: FrequencyAxis) -> FrequencyAxis:
        """The axis moved up by `fraction` of itself, as far as `limits` let it."""
        low, high = self._ends()
        bottom, top = limits._ends()
        span = high - low
        if span >= top - bottom:
            return limits
        low = max(bottom, min(low + fraction * span, top - span))
        ends = unwarp(self.scale, np.array([low, low + span]))
        return FrequencyAxis(float(ends[0]), float(ends[1]), self.scale)


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
    first = math.ceil(hz_to_pitch(max(axis.low_hz, LOWEST_C_HZ)) / 12) * 12
    last = math.floor(hz_to_pitch(axis.high_hz))
    return [pitch_to_hz(pitch) for pitch in range(first, last + 1, 12)]


def round_hz(axis: FrequencyAxis) -> list[float]:
    """Round frequencies on the axis: 1, 2 and 5 times the powers of ten, or even steps."""
    if axis.scale == "linear":
        span = axis.high_hz - axis.low_hz
        step = next(s for s in _one_two_five(0, 5) if span / s <= MOST_STEPS)
        first = math.ceil(axis.low_hz / step)
        return [n * step for n in range(first, math.floor(axis.high_hz / step) + 1)]
    return [hz for hz in _one_two_five(0, 5) if axis.low_hz <= hz <= axis.high_hz]


def _one_two_five(first: int, last: int) -> list[float]:
    return [step * 10.0**power for power in range(first, last) for step in (1, 2, 5)]


def short_hz(hz: float) -> str:
    """'50' or '2k'."""
    return f"{hz / 1000:g}k" if hz >= 1000 else f"{hz:g}"
