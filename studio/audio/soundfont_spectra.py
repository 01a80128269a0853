"""The spectra of the pitched sounds: what their partials are, and how each comes and goes.

Amplitudes follow what is known of the instruments: where a string is struck or plucked, the odd
harmonics of a closed pipe, the formants of a voice or of a brass bell.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Partials:
    """A spectrum: frequencies in units of the root's, amplitudes, and how each comes and goes.

    `decay` is in 1/s beyond the decay of the whole sound, `rise` in s to come up.
    """

    ratio: Floats
    amplitude: Floats
    decay: Floats
    rise: Floats


def harmonics(hz: float, n: int, highest_hz: float = 13000.0) -> Floats:
    """1, 2, 3, … as far as they can be heard and stored."""
    return np.arange(1, max(2, min(n, int(highest_hz / hz)) + 1), dtype=np.float64)


def held(ratio: Floats, amplitude: Floats, rise: Floats | float = 0.0) -> Partials:
    """Partials that stay."""
    return Partials(ratio, amplitude, np.zeros_like(ratio), np.zeros_like(ratio) + rise)


def spread(partials: Partials, cents: float, voices: int) -> Partials:
    """Each partial as `voices` of them, some cents apart: several strings or players."""
    offsets = np.linspace(-1, 1, voices)
    weights = 1 - 0.65 * offsets**2  # those in the middle are heard most: the pitch stays put
    ratio = (partials.ratio[:, None] * 2 ** (offsets * cents / 1200)).ravel()
    amplitude = (partials.amplitude[:, None] * weights / np.linalg.norm(weights)).ravel()
    decay, rise = (np.repeat(x, voices) for x in (partials.decay, partials.rise))
    return Partials(ratio, amplitude, decay, rise)


def piano(hz: float) -> Partials:
    """Three slightly detuned, stiff strings struck at an eighth."""
    k = harmonics(hz, 40)
    stiffness = 1.0e-4 * (hz / 262) ** 1.1
    ratio = k * np.sqrt(1 + stiffness * k**2)
    ratio /= ratio[0]
    amplitude = np.abs(np.sin(np.pi * k / 8.2)) / k * np.exp(-k * hz / 4800)
    amplitude[0] = max(amplitude[0], amplitude[1:].max(initial=0.1))
    decay = 0.55 * (k - 1) * (hz / 262) ** 0.35
    return spread(Partials(ratio, amplitude, decay, np.zeros_like(k)), 0.9, 2)


def electric_piano(hz: float) -> Partials:
    """A tine: a pure tone that barks when struck, and a bell far above it."""
    k = harmonics(hz, 7)
    amplitude = np.array([1.0, 0.42, 0.16, 0.10, 0.05, 0.04, 0.02])[: len(k)]
    bell = np.array([13.96, 19.1])
    ratio = np.append(k, bell)
    amplitude = np.append(amplitude, [0.16, 0.06])
    decay = np.append(1.7 * (k - 1), [14.0, 20.0])
    return Partials(ratio, amplitude, decay, np.zeros_like(ratio))


def drawbars(hz: float) -> Partials:
    """The drawbars 8, 5 1/3, 4, 2 2/3 and 2 of a tonewheel organ, and a breath of 16."""
    ratio = np.array([0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0])
    amplitude = np.array([0.35, 1.0, 0.35, 0.55, 0.28, 0.22, 0.06])
    return spread(held(ratio, amplitude), 2.5, 2)


def pipes(hz: float) -> Partials:
    """A principal chorus of organ pipes."""
    k = harmonics(hz, 16)
    stops = np.where(k % 2 == 0, 1.0, 0.75) / k**1.15
    stops[0] = 1.0
    return spread(held(k, stops, 0.03 + 0.02 / k), 4, 3)


def plucked(position: float, damping: float, brightness_hz: float) -> Callable[[float], Partials]:
    """A string plucked at `position` of its length."""

    def spectrum(hz: float) -> Partials:
        k = harmonics(hz, 36)
        amplitude = np.abs(np.sin(np.pi * k * position)) / k * np.exp(-k * hz / brightness_hz)
        amplitude[0] = max(amplitude[0], 0.8 * amplitude.max())
        decay = damping * (k**1.35 - 1) * (hz / 262) ** 0.3
        return spread(Partials(k, amplitude, decay, np.zeros_like(k)), 0.6, 2)

    return spectrum


def overdriven(hz: float) -> Partials:
    """A string through a clipping amplifier and its cabinet."""
    k = harmonics(hz, 40, 6000)
    cabinet = 1 / (1 + (k * hz / 2600) ** 4)
    amplitude = k**-0.55 * cabinet * (1 + 0.5 * np.cos(2.1 * k))
    return spread(Partials(k, amplitude, 0.12 * k**0.5, np.zeros_like(k)), 3, 2)


def bowed(hz: float) -> Partials:
    """A section of strings: sawtooths apart by some cents, with the body's resonances."""
    k = harmonics(hz, 40, 10000)
    body = 1 + 0.9 * _peak(k * hz, 480, 220) + 0.7 * _peak(k * hz, 2600, 1100)
    amplitude = body / k**1.1 * np.exp(-k * hz / 7000)
    return spread(held(k, amplitude, 0.05 + 0.1 / k), 9, 5)


def solo_bowed(hz: float) -> Partials:
    """One string player."""
    k = harmonics(hz, 36, 11000)
    body = 1 + 0.9 * _peak(k * hz, 500, 200) + 0.8 * _peak(k * hz, 2800, 900)
    return spread(held(k, body / k**1.05 * np.exp(-k * hz / 8000), 0.04), 1.5, 2)


def choir(hz: float) -> Partials:
    """Voices on an open 'ah'."""
    k = harmonics(hz, 40, 8000)
    f = k * hz
    vowel = _peak(f, 650, 140) + 0.6 * _peak(f, 1080, 160) + 0.22 * _peak(f, 2650, 320) + 0.03
    return spread(held(k, vowel / k**0.55, 0.1), 12, 6)


def brass(hz: float) -> Partials:
    """A bell that opens: the higher a partial, the later it comes."""
    k = harmonics(hz, 30, 10000)
    amplitude = k**-0.6 * (0.35 + _peak(k * hz, 1100, 800)) * np.exp(-k * hz / 5200)
    return spread(held(k, amplitude, 0.03 + 0.012 * k), 2.5, 2)


def reed(hz: float) -> Partials:
    """A conical bore with a reed: a saxophone."""
    k = harmonics(hz, 28, 9000)
    amplitude = k**-0.8 * (0.4 + _peak(k * hz, 750, 420) + 0.5 * _peak(k * hz, 1900, 700))
    return held(k, amplitude * np.exp(-k * hz / 6500), 0.025 + 0.004 * k)


def clarinet(hz: float) -> Partials:
    """A cylinder closed at one end: odd harmonics."""
    k = harmonics(hz, 22, 9000)
    odd = np.where(k % 2 == 1, 1.0, 0.12 * np.minimum(k / 4, 2.0))
    return held(k, odd / k**1.05 * np.exp(-k * hz / 6000), 0.03)


def flute(hz: float) -> Partials:
    """An open pipe, nearly a pure tone."""
    k = harmonics(hz, 8)
    amplitude = np.array([1.0, 0.34, 0.14, 0.05, 0.025, 0.012, 0.006, 0.003])[: len(k)]
    return held(k, amplitude, 0.05 + 0.01 * k)


def square(hz: float) -> Partials:
    """Odd harmonics, mellowed; two oscillators."""
    k = harmonics(hz, 30, 11000)[::2]
    return spread(held(k, np.exp(-k * hz / 8000) / k), 3, 2)


def sawtooth(hz: float) -> Partials:
    """All harmonics; three oscillators."""
    k = harmonics(hz, 40, 12000)
    return spread(held(k, np.exp(-k * hz / 9000) / k), 6, 3)


def pad(hz: float) -> Partials:
    """A wide, dark sawtooth with an octave above."""
    k = harmonics(hz, 24, 6000)
    amplitude = np.exp(-k * hz / 2400) / k
    both = held(np.append(k, 2.0 * k[:4]), np.append(amplitude, 0.3 * amplitude[:4]), 0.3)
    return spread(both, 14, 6)


def bar(*ratios: float) -> Callable[[float], Partials]:
    """A struck bar or bell with the given modes."""

    def spectrum(hz: float) -> Partials:
        ratio = np.array(ratios)
        amplitude = np.array([1.0, 0.4, 0.25, 0.15, 0.1])[: len(ratio)]
        return Partials(ratio, amplitude, 3.2 * (ratio - 1), np.zeros_like(ratio))

    return spectrum


def synth_bass(hz: float) -> Partials:
    """A sawtooth whose filter closes quickly."""
    k = harmonics(hz, 40, 7000)
    return spread(Partials(k, 1 / k, 0.5 * (k - 1) ** 0.9, np.zeros_like(k)), 2, 2)


def _peak(f: Floats, centre: float, width: float) -> Floats:
    return np.asarray(np.exp(-(((f - centre) / width) ** 2)))
