"""The pitched sounds of our SoundFont: sums of partials that loop without a seam.

A sample is an attack followed by a loop. Every partial's frequency is a whole number of cycles in
the loop, and every partial's loudness has settled when the loop starts: so the seam can't be heard,
and several partials a few cycles apart beat against each other like strings or players do.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from studio.audio import sf2_file as sf2
from studio.audio import soundfont_spectra as spectra
from studio.audio.sf2_file import Instrument, Sample, Zone
from studio.audio.soundfont_spectra import Floats, Partials

ENVELOPE_NEPERS = 9.226  # how far an envelope falls in its decay time (80 dB)
SOFT_BELOW, LOUD_FROM = 56, 92  # the velocity layers: duller when played softly


@dataclass(frozen=True)
class Tone:
    """How an instrument sounds on one key, and how its envelope runs."""

    partials: Callable[[float], Partials]  # of the key's frequency in Hz
    roots: Sequence[int] = (36, 48, 60, 72, 84)
    attack_s: float = 0.2  # of the sample, before the loop
    loop_s: float = 0.5
    sample_rate: int = 26000
    breath: float = 0.0  # noise around the partials that goes on in the loop
    knock: float = 0.0  # noise of the hammer, pick or key
    fall: float = 0.0  # nepers a second at middle C, the whole sound; 0: it is held
    fall_per_octave: float = 0.5  # higher keys die sooner
    envelope_attack_s: float = 0.002
    release_s: float = 0.2
    vibrato_cents: int = 0
    cutoff_hz: float = 9000.0
    gain: float = 0.85


def key_hz(key: float) -> float:
    """The frequency of a MIDI key, A4 = 440 Hz."""
    return float(440.0 * 2.0 ** ((key - 69) / 12))


def render_tone(tone: Tone, root: int, rng: np.random.Generator, name: str) -> Sample:
    """The sample of `tone` at key `root`."""
    rate, hz = tone.sample_rate, key_hz(root)
    cycles = max(1, round(tone.loop_s * hz))
    loop = round(cycles * rate / hz)  # the root is off by less than 0.1 cent
    attack = round(tone.attack_s * rate)
    t = np.arange(attack + loop, dtype=np.float64) / rate
    settled = np.minimum(t, attack / rate)
    y = np.zeros_like(t)
    p = tone.partials(hz)
    for ratio, amplitude, decay, rise in zip(p.ratio, p.amplitude, p.decay, p.rise, strict=True):
        bin_ = round(ratio * cycles)
        if not 0 < bin_ < loop * 0.46:
            continue
        wave = np.sin(2 * np.pi * (bin_ * np.arange(len(t)) / loop + rng.random()))
        shape = np.exp(-decay * settled)
        if rise > 0:
            shape *= 1 - np.exp(-5 * settled / rise)
        y += amplitude * shape * wave
    y += tone.breath * np.sqrt(np.mean(y**2)) * _breath(rng, len(t), loop, attack, hz, rate)
    y += tone.knock * np.abs(y).max() * _knock(rng, t, hz, rate)
    fade = min(len(y), round(0.002 * rate))
    y[:fade] *= np.sin(np.linspace(0, np.pi / 2, fade)) ** 2
    y *= tone.gain / np.abs(y).max()
    data = np.append(y, y[attack : attack + 8])  # interpolation looks past the loop's end
    return Sample(name, _int16(data), rate, root, (attack, attack + loop))


def _breath(
    rng: np.random.Generator, n: int, loop: int, attack: int, hz: float, rate: int
) -> Floats:
    """Noise with the period of the loop, around the sounding frequencies."""
    f = np.fft.rfftfreq(loop, 1 / rate)
    shape = 1 / (1 + ((f - 2.5 * hz) / (1.8 * hz)) ** 2)
    phases = np.exp(2j * np.pi * rng.random(len(f)))
    noise = np.fft.irfft(shape * phases, loop)
    noise /= noise.std()
    return np.resize(np.roll(noise, attack), n)


def _knock(rng: np.random.Generator, t: Floats, hz: float, rate: int) -> Floats:
    """A short thud at the start."""
    n = len(t)
    spectrum = np.fft.rfft(rng.standard_normal(n))
    f = np.fft.rfftfreq(n, 1 / rate)
    centre = 500.0 + 1.2 * hz
    spectrum *= np.exp(-(((f - centre) / (0.7 * centre)) ** 2))
    noise = np.fft.irfft(spectrum, n)
    burst = noise * np.exp(-t / 0.012)
    return np.asarray(burst / np.abs(burst).max())


def _int16(y: Floats) -> NDArray[np.int16]:
    return np.round(np.clip(y, -1, 1) * 32767).astype(np.int16)


def make_instrument(name: str, tone: Tone, seed: int) -> Instrument:
    """An instrument with a zone for each root key and velocity layer."""
    rng = np.random.default_rng(seed)
    zones: list[Zone] = []
    roots = sorted(tone.roots)
    edges = [0, *((a + b + 1) // 2 for a, b in itertools.pairwise(roots)), 128]
    for root, low, high in zip(roots, edges, edges[1:], strict=False):
        sample = render_tone(tone, root, rng, f"{name} {root}")
        zones += _layers(tone, sample, (low, high - 1))
    return Instrument(name, zones)


def _layers(tone: Tone, sample: Sample, keys: tuple[int, int]) -> list[Zone]:
    common = _envelope(tone, sample.root_key)
    layers = ((0, SOFT_BELOW - 1, 0.16), (SOFT_BELOW, LOUD_FROM - 1, 0.3), (LOUD_FROM, 127, 1.0))
    zones = []
    for low, high, openness in layers:
        cutoff = max(tone.cutoff_hz * openness, 2.5 * key_hz(sample.root_key))
        filtered = {sf2.FILTER_CUTOFF: min(13400, sf2.absolute_cents(cutoff))}
        zones.append(Zone(sample, keys, (low, high), common | filtered))
    return zones


def _envelope(tone: Tone, root: int) -> dict[int, int]:
    generators = {
        sf2.ATTACK: sf2.timecents(tone.envelope_attack_s),
        sf2.RELEASE: sf2.timecents(tone.release_s * ENVELOPE_NEPERS / 5),
    }
    if tone.fall > 0:
        fall = tone.fall * 2 ** (tone.fall_per_octave * (root - 60) / 12)
        generators[sf2.DECAY] = sf2.timecents(ENVELOPE_NEPERS / fall)
        generators[sf2.SUSTAIN] = 1000
    if tone.vibrato_cents:
        generators[sf2.VIBRATO_TO_PITCH] = tone.vibrato_cents
        generators[sf2.VIBRATO_RATE] = sf2.absolute_cents(5.2)
        generators[sf2.VIBRATO_DELAY] = sf2.timecents(0.35)
    return generators


LOW_ROOTS = (28, 40, 52)
PLUCK = Tone(spectra.plucked(0.2, 0.5, 5000), (40, 52, 64, 78), 0.35, 0.25, knock=0.12, fall=1.7)
TONES: dict[str, Tone] = {
    "piano": Tone(
        spectra.piano,
        (28, 40, 50, 60, 70, 82, 96),
        0.6,
        0.3,
        28000,
        knock=0.10,
        fall=1.15,
        release_s=0.16,
    ),
    "electric piano": Tone(
        spectra.electric_piano,
        (40, 54, 68, 82),
        0.45,
        0.2,
        28000,
        knock=0.05,
        fall=1.1,
        release_s=0.15,
    ),
    "harpsichord": replace(
        PLUCK, partials=spectra.plucked(0.09, 0.12, 12000), fall=1.5, knock=0.25, release_s=0.1
    ),
    "organ": Tone(
        spectra.drawbars, (42, 56, 70, 84), 0.06, 0.4, knock=0.08, release_s=0.04, gain=0.63
    ),
    "church organ": Tone(
        spectra.pipes,
        (42, 56, 70, 84),
        0.12,
        0.4,
        breath=0.02,
        envelope_attack_s=0.03,
        release_s=0.25,
    ),
    "nylon guitar": replace(PLUCK, partials=spectra.plucked(0.22, 0.75, 3200), fall=1.9),
    "steel guitar": replace(PLUCK, partials=spectra.plucked(0.14, 0.34, 7500), fall=1.25),
    "clean guitar": replace(
        PLUCK, partials=spectra.plucked(0.28, 0.30, 4200), fall=1.0, knock=0.06
    ),
    "muted guitar": replace(
        PLUCK, partials=spectra.plucked(0.2, 2.5, 3000), attack_s=0.2, loop_s=0.15, fall=9.0
    ),
    "overdriven guitar": Tone(
        spectra.overdriven,
        (40, 52, 64, 76),
        0.25,
        0.4,
        24000,
        knock=0.1,
        fall=0.35,
        cutoff_hz=6000,
        gain=0.7,
    ),
    "finger bass": Tone(
        spectra.plucked(0.24, 0.8, 1400),
        LOW_ROOTS,
        0.4,
        0.3,
        22050,
        knock=0.10,
        fall=1.0,
        gain=0.95,
    ),
    "slap bass": Tone(
        spectra.plucked(0.1, 0.5, 4500), LOW_ROOTS, 0.4, 0.3, 22050, knock=0.3, fall=1.2, gain=0.95
    ),
    "synth bass": Tone(
        spectra.synth_bass, LOW_ROOTS, 0.4, 0.3, 22050, fall=0.4, release_s=0.08, gain=0.95
    ),
    "strings": Tone(
        spectra.bowed,
        (43, 55, 67, 79),
        0.25,
        0.7,
        24000,
        envelope_attack_s=0.09,
        release_s=0.3,
        gain=0.77,
    ),
    "violin": Tone(
        spectra.solo_bowed,
        (43, 55, 67, 79, 91),
        0.15,
        0.35,
        breath=0.02,
        envelope_attack_s=0.05,
        vibrato_cents=14,
        release_s=0.15,
        gain=0.7,
    ),
    "pizzicato": replace(
        PLUCK, partials=spectra.plucked(0.3, 1.6, 2500), attack_s=0.25, loop_s=0.15, fall=6.0
    ),
    "harp": replace(PLUCK, partials=spectra.plucked(0.35, 0.7, 4000), fall=1.5, release_s=0.8),
    "choir": Tone(
        spectra.choir,
        (45, 57, 69, 79),
        0.2,
        0.7,
        22050,
        breath=0.02,
        envelope_attack_s=0.12,
        vibrato_cents=6,
        release_s=0.35,
        gain=0.7,
    ),
    "brass": Tone(
        spectra.brass,
        (40, 52, 64, 76),
        0.35,
        0.35,
        envelope_attack_s=0.02,
        vibrato_cents=4,
        release_s=0.1,
        gain=0.7,
    ),
    "sax": Tone(
        spectra.reed,
        (44, 56, 68, 80),
        0.2,
        0.3,
        breath=0.03,
        envelope_attack_s=0.02,
        vibrato_cents=10,
        release_s=0.1,
        gain=0.7,
    ),
    "clarinet": Tone(
        spectra.clarinet,
        (54, 69, 84),
        0.15,
        0.3,
        breath=0.015,
        envelope_attack_s=0.03,
        vibrato_cents=4,
        release_s=0.1,
        gain=0.7,
    ),
    "flute": Tone(
        spectra.flute,
        (60, 72, 84, 94),
        0.2,
        0.4,
        breath=0.07,
        envelope_attack_s=0.04,
        vibrato_cents=9,
        release_s=0.12,
        gain=0.7,
    ),
    "square lead": Tone(spectra.square, (36, 52, 68, 84), 0.02, 0.35, release_s=0.06, gain=0.56),
    "saw lead": Tone(spectra.sawtooth, (36, 52, 68, 84), 0.02, 0.4, release_s=0.08, gain=0.63),
    "pad": Tone(
        spectra.pad, (40, 56, 72), 0.4, 0.9, 22050, envelope_attack_s=0.25, release_s=0.9, gain=0.7
    ),
    "marimba": Tone(spectra.bar(1, 3.93, 9.6), (48, 64, 80), 0.4, 0.2, knock=0.2, fall=4.5),
    "vibraphone": Tone(spectra.bar(1, 4.0, 10.2), (52, 68, 84), 0.35, 0.2, knock=0.06, fall=0.9),
    "bell": Tone(
        spectra.bar(1, 2.76, 5.4, 8.9, 11.3),
        (60, 74, 88),
        0.5,
        0.2,
        knock=0.05,
        fall=1.4,
        release_s=1.0,
    ),
}
