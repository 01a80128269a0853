"""The drum kit of our SoundFont: skins, metal and wood from falling sines and shaped noise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.audio import sf2_file as sf2
from studio.audio.sf2_file import Instrument, Sample, Zone

Floats = NDArray[np.float64]
SAMPLE_RATE = 32000
_HATS = 1  # one exclusive class: a closed hat ends the open one


@dataclass(frozen=True)
class Drum:
    """A key of the kit: its sample, its tuning in semitones, its place and its loudness."""

    key: int
    sound: str
    tune: int = 0
    pan: float = 0.0  # -1 left … 1 right
    gain: float = 1.0
    exclusive: int = 0


def _time(seconds: float) -> Floats:
    return np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE


def _noise(rng: np.random.Generator, n: int, low_hz: float, high_hz: float) -> Floats:
    """Noise between two frequencies with soft edges, of peak 1."""
    spectrum = np.fft.rfft(rng.standard_normal(n))
    f = np.fft.rfftfreq(n, 1 / SAMPLE_RATE)
    spectrum *= 1 / (1 + (low_hz / np.maximum(f, 1)) ** 4) / (1 + (f / high_hz) ** 4)
    noise = np.fft.irfft(spectrum, n)
    return np.asarray(noise / np.abs(noise).max())


def _falling(t: Floats, start_hz: float, end_hz: float, fall_s: float) -> Floats:
    """A sine that falls from `start_hz` to `end_hz`."""
    hz = end_hz + (start_hz - end_hz) * _fade(t, fall_s)
    return np.asarray(np.sin(2 * np.pi * np.cumsum(hz) / SAMPLE_RATE))


def _metal(t: Floats, *hz: float) -> Floats:
    """Square-like tones that share no harmony."""
    waves = [np.tanh(3 * np.sin(2 * np.pi * f * t + f)) for f in hz]
    return np.asarray(sum(waves) / len(hz))


_CYMBAL = (2031.0, 2876.0, 3410.0, 4177.0, 5231.0, 6247.0, 7411.0, 8769.0)


def kick(rng: np.random.Generator) -> Floats:
    """A beater's click on a deep skin."""
    t = _time(0.42)
    skin = _falling(t, 190, 49, 0.035) * _fade(t, 0.12)
    return skin + 0.22 * _noise(rng, len(t), 1500, 6000) * _fade(t, 0.006)


def snare(rng: np.random.Generator) -> Floats:
    """Two modes of the skin and the wires below."""
    t = _time(0.36)
    skin = _falling(t, 260, 185, 0.02) + 0.5 * _falling(t, 410, 331, 0.02)
    wires = _noise(rng, len(t), 1800, 10000) * _rise(t, 0.001)
    return 0.55 * skin * _fade(t, 0.06) + 0.8 * wires * _fade(t, 0.085)


def rim(rng: np.random.Generator) -> Floats:
    """The stick across the rim."""
    t = _time(0.09)
    wood: Floats = np.sin(2 * np.pi * 1720 * t) + 0.6 * np.sin(2 * np.pi * 480 * t)
    return wood * _fade(t, 0.012) + 0.3 * _noise(rng, len(t), 2000, 9000) * _fade(t, 0.004)


def clap(rng: np.random.Generator) -> Floats:
    """Several hands, nearly together."""
    t = _time(0.32)
    noise = _noise(rng, len(t), 800, 4500)
    strokes = ((0, 1.0, 0.006), (0.011, 1.0, 0.006), (0.021, 1.0, 0.006), (0.03, 0.9, 0.07))
    hands = np.zeros_like(t)
    for at, loudness, fade_s in strokes:
        hands += np.where(t >= at, loudness * _fade(t - at, fade_s), 0)
    return noise * hands


def hat(rng: np.random.Generator, length_s: float, decay_s: float) -> Floats:
    """Two small cymbals."""
    t = _time(length_s)
    body = 0.6 * _noise(rng, len(t), 6500, 14000) + 0.4 * _metal(t, *_CYMBAL[3:])
    return body * _fade(t, decay_s)


def crash(rng: np.random.Generator) -> Floats:
    """A big cymbal, struck at the edge."""
    t = _time(1.5)
    bright = _noise(rng, len(t), 4500, 14000) * _fade(t, 0.33)
    dark = _noise(rng, len(t), 900, 6000) * _fade(t, 0.5)
    return (bright + 0.5 * dark + 0.25 * _metal(t, *_CYMBAL) * _fade(t, 0.4)) * _rise(t, 0.004)


def ride(rng: np.random.Generator) -> Floats:
    """A big cymbal, struck with the tip."""
    t = _time(1.0)
    ping = _metal(t, 3117, 4523, 6311) * _fade(t, 0.09)
    wash = _noise(rng, len(t), 4000, 13000) * _fade(t, 0.33)
    return 0.6 * ping + 0.45 * wash


def ride_bell(rng: np.random.Generator) -> Floats:
    """The cup of the cymbal."""
    t = _time(0.9)
    cup = sum(np.sin(2 * np.pi * f * t) for f in (793, 1581, 2237, 3323)) / 4
    return cup * _fade(t, 0.22) + 0.1 * _noise(rng, len(t), 5000, 13000) * _fade(t, 0.2)


def tom(rng: np.random.Generator) -> Floats:
    """A tuned skin."""
    t = _time(0.55)
    skin = _falling(t, 165, 110, 0.06) + 0.35 * _falling(t, 260, 176, 0.05)
    return skin * _fade(t, 0.16) + 0.12 * _noise(rng, len(t), 800, 5000) * _fade(t, 0.008)


def hand_drum(rng: np.random.Generator) -> Floats:
    """A conga or bongo, open."""
    t = _time(0.32)
    skin = _falling(t, 245, 220, 0.03) + 0.3 * np.sin(2 * np.pi * 407 * t)
    return skin * _fade(t, 0.085) + 0.2 * _noise(rng, len(t), 900, 5000) * _fade(t, 0.006)


def cowbell(rng: np.random.Generator) -> Floats:
    """Two tones of folded steel."""
    t = _time(0.35)
    stick = _noise(rng, len(t), 1000, 9000)
    return _metal(t, 563, 845) * _fade(t, 0.07) + 0.08 * stick * _fade(t, 0.01)


def wood(rng: np.random.Generator) -> Floats:
    """Claves, wood blocks."""
    t = _time(0.12)
    block: Floats = np.sin(2 * np.pi * 1046 * t) + 0.35 * np.sin(2 * np.pi * 2510 * t)
    return block * _fade(t, 0.02) + 0.1 * _noise(rng, len(t), 1500, 8000) * _fade(t, 0.003)


def shaker(rng: np.random.Generator) -> Floats:
    """Maracas, cabasa."""
    t = _time(0.14)
    return _noise(rng, len(t), 5000, 13000) * _rise(t, 0.012) * _fade(t, 0.03)


def tambourine(rng: np.random.Generator) -> Floats:
    """Small jingles."""
    t = _time(0.4)
    jingles = _metal(t, 5623, 6871, 8213, 9127) * (1 + 0.6 * np.sin(2 * np.pi * 31 * t))
    return jingles * _fade(t, 0.09) + 0.5 * _noise(rng, len(t), 5000, 14000) * _fade(t, 0.05)


def triangle(rng: np.random.Generator) -> Floats:
    """A steel rod, left to ring."""
    t = _time(0.9)
    ring = sum(np.sin(2 * np.pi * f * t) for f in (2637, 4903, 7411, 9901)) / 4
    return ring * _fade(t, 0.25) + 0.02 * _noise(rng, len(t), 4000, 9000) * _fade(t, 0.01)


def whistle(rng: np.random.Generator) -> Floats:
    """A pea whistle; the guiro's scrape is the same at another pitch."""
    t = _time(0.3)
    trill: Floats = np.sin(2 * np.pi * 2350 * t + 2.5 * np.sin(2 * np.pi * 42 * t))
    breath = 0.2 * _noise(rng, len(t), 1500, 5000)
    return (trill + breath) * _rise(t, 0.02) * _rise(t[::-1], 0.08)


def _rise(t: Floats, seconds: float) -> Floats:
    return 1 - _fade(t, seconds)


def _fade(t: Floats, seconds: float) -> Floats:
    return np.asarray(np.exp(-t / seconds))


SOUNDS: dict[str, Callable[[np.random.Generator], Floats]] = {
    "kick": kick,
    "snare": snare,
    "rim": rim,
    "clap": clap,
    "closed hat": lambda rng: hat(rng, 0.12, 0.022),
    "open hat": lambda rng: hat(rng, 0.55, 0.14),
    "crash": crash,
    "ride": ride,
    "ride bell": ride_bell,
    "tom": tom,
    "hand drum": hand_drum,
    "cowbell": cowbell,
    "wood": wood,
    "shaker": shaker,
    "tambourine": tambourine,
    "triangle": triangle,
    "whistle": whistle,
}
PEAKS = {"closed hat": 0.36, "open hat": 0.36, "crash": 0.6, "ride": 0.42, "shaker": 0.36}
PEAKS |= {"kick": 0.98, "snare": 0.9, "tambourine": 0.3, "triangle": 0.3, "ride bell": 0.4}
USUAL_PEAK = 0.65

DRUMS: tuple[Drum, ...] = (
    Drum(35, "kick", -1),
    Drum(36, "kick"),
    Drum(37, "rim", 0, -0.1),
    Drum(38, "snare"),
    Drum(39, "clap", 0, 0.1),
    Drum(40, "snare", 2),
    Drum(41, "tom", -3, -0.5),
    Drum(42, "closed hat", 0, 0.3, exclusive=_HATS),
    Drum(43, "tom", -1, -0.35),
    Drum(44, "closed hat", -2, 0.3, 0.7, exclusive=_HATS),
    Drum(45, "tom", 2, -0.15),
    Drum(46, "open hat", 0, 0.3, exclusive=_HATS),
    Drum(47, "tom", 4, 0.05),
    Drum(48, "tom", 7, 0.2),
    Drum(49, "crash", 0, -0.4),
    Drum(50, "tom", 9, 0.4),
    Drum(51, "ride", 0, 0.4),
    Drum(52, "crash", -4, 0.4),
    Drum(53, "ride bell", 0, 0.4),
    Drum(54, "tambourine", 0, 0.2),
    Drum(55, "crash", 5, -0.2, 0.8),
    Drum(56, "cowbell", 0, 0.2),
    Drum(57, "crash", -2, 0.45),
    Drum(58, "whistle", -18, 0.3, 0.6),
    Drum(59, "ride", 2, 0.45),
    Drum(60, "hand drum", 9, 0.3),
    Drum(61, "hand drum", 4, 0.3),
    Drum(62, "hand drum", 3, -0.3, 0.7),
    Drum(63, "hand drum", 1, -0.3),
    Drum(64, "hand drum", -3, -0.25),
    Drum(65, "tom", 14, 0.3, 0.8),
    Drum(66, "tom", 10, 0.3, 0.8),
    Drum(67, "cowbell", 7, 0.4),
    Drum(68, "cowbell", 3, 0.4),
    Drum(69, "shaker", -3, -0.4),
    Drum(70, "shaker", 0, -0.4),
    Drum(71, "whistle", 3, 0.2, 0.5),
    Drum(72, "whistle", 0, 0.2, 0.5),
    Drum(73, "shaker", -7, 0.4),
    Drum(74, "shaker", -9, 0.4),
    Drum(75, "wood", 11, 0.3),
    Drum(76, "wood", 3, 0.35),
    Drum(77, "wood", -3, 0.35),
    Drum(78, "hand drum", 14, -0.3, 0.6),
    Drum(79, "hand drum", 8, -0.3, 0.7),
    Drum(80, "triangle", 0, -0.4, 0.6),
    Drum(81, "triangle", 0, -0.4),
)


def make_kit(seed: int) -> Instrument:
    """The kit: one zone a key, none of them ended by its note-off."""
    rng = np.random.default_rng(seed)
    samples = {name: _sample(name, sound(rng)) for name, sound in SOUNDS.items()}
    return Instrument("drum kit", [_zone(drum, samples[drum.sound]) for drum in DRUMS])


def _sample(name: str, y: Floats) -> Sample:
    y = y - y.mean()
    edge = 96
    y[-edge * 8 :] *= np.linspace(1, 0, edge * 8)
    y *= PEAKS.get(name, USUAL_PEAK) / np.abs(y).max()
    return Sample(name, np.round(y * 32767).astype(np.int16), SAMPLE_RATE, 60)


def _zone(drum: Drum, sample: Sample) -> Zone:
    generators = {
        sf2.PAN: round(500 * drum.pan),
        sf2.ATTENUATION: sf2.centibels(drum.gain),
        sf2.ROOT_KEY: drum.key,
        sf2.COARSE_TUNE: drum.tune,
        sf2.RELEASE: sf2.timecents(len(sample.data) / SAMPLE_RATE * 2.5),
    }
    if drum.exclusive:
        generators[sf2.EXCLUSIVE_CLASS] = drum.exclusive
    return Zone(sample, (drum.key, drum.key), generators=generators)
