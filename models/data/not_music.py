"""Made sounds that are no music: noise, hum, clicks, rooms, and voices that babble like speech.

A genre model that learns to be of no opinion about them says so of a fan, a keyboard or a
conversation too.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from models.data.audio_dataset import Clip
from models.data.audio_features import HeardClip
from models.features import FeatureSettings, coarse_frames, log_mel

NOT_MUSIC = "not music"  # stands for the genre of these clips; no model has it as a label
SECONDS = 8.0
SPEECH_HOP = 128  # samples; frames overlap by half
VOWELS = np.array(  # Hz, of men (Peterson & Barney 1952); a fourth formant is much the same for all
    [
        [270, 2290, 3010, 3600],
        [390, 1990, 2550, 3600],
        [530, 1840, 2480, 3600],
        [660, 1720, 2410, 3600],
        [730, 1090, 2440, 3600],
        [570, 840, 2410, 3600],
        [440, 1020, 2240, 3600],
        [300, 870, 2240, 3600],
        [640, 1190, 2390, 3600],
        [490, 1350, 1690, 3600],
    ]
)
FloatArray = NDArray[np.floating[Any]]
Rng = np.random.Generator


def hear_not_music(count: int, settings: FeatureSettings, seed: int) -> list[HeardClip]:
    """`count` made sounds, the kinds in turn, as clips; half of them heard coarsely if asked for.

    Parameters
    ----------
    count : int
    settings : FeatureSettings
    seed : int
    """
    kinds = list(KINDS)
    heard = []
    for index in range(count):
        kind = kinds[index % len(kinds)]
        y = make_sound(kind, SECONDS, settings.sample_rate, seed=seed * 10_007 + index)
        is_coarse = settings.coarse and index // len(kinds) % 2 == 1
        frames = (coarse_frames if is_coarse else log_mel)(y, settings)
        clip = Clip(Path(kind), f"{kind} {index}", NOT_MUSIC, "train", f"{kind} {index}", kind)
        heard.append(HeardClip(clip, frames.astype(np.float16)))
    return heard


def make_sound(kind: str, seconds: float, sample_rate: int, *, seed: int) -> FloatArray:
    """A sound of one of `KINDS`, shape (n_samples,), peak below 1; the same for the same seed."""
    generator = np.random.default_rng(seed)
    y = KINDS[kind](round(seconds * sample_rate), sample_rate, generator)
    return np.asarray(0.5 * y / max(1e-9, float(np.abs(y).max())), dtype=np.float32)


def _shaped(n: int, rate: int, gain: Callable[[FloatArray], FloatArray], rng: Rng) -> FloatArray:
    """White noise through a gain that depends on frequency in Hz."""
    spectrum = fft.rfft(rng.standard_normal(n))
    hz = np.maximum(fft.rfftfreq(n, 1 / rate), 1.0)
    return np.asarray(fft.irfft(spectrum * gain(hz), n))


def _noise(n: int, rate: int, rng: Rng) -> FloatArray:
    """Hiss, wind or a fan: a slope of -9 to +3 dB an octave between two edges, maybe swelling."""
    slope, low = rng.uniform(-1.5, 0.5), rng.uniform(20, 300)
    high = rng.uniform(2000, rate / 2)
    y = _shaped(n, rate, lambda hz: hz**slope * ((hz > low) & (hz < high)), rng)
    swell = _slow(n, rate, rng.uniform(0.1, 2), rng)
    return np.asarray(y * 10 ** (rng.uniform(0, 0.6) * swell))


def _slow(n: int, rate: int, hz: float, rng: Rng) -> FloatArray:
    """A curve that wanders about 0 with deviation 1, about `hz` times a second."""
    knots = rng.standard_normal(max(4, round(n / rate * hz * 2) + 4))
    return np.asarray(np.interp(np.linspace(0, len(knots) - 1, n), np.arange(len(knots)), knots))


def _hum(n: int, rate: int, rng: Rng) -> FloatArray:
    """The mains or a motor: harmonics of one low tone over a little noise."""
    hz = rng.choice([50.0, 60.0, rng.uniform(30, 200)])
    t = np.arange(n) / rate
    partials = np.arange(1, rng.integers(4, 30))
    levels = partials ** -rng.uniform(0.5, 2) * rng.uniform(0.1, 1, len(partials))
    phases = rng.uniform(0, 2 * np.pi, len(partials))
    y = np.zeros(n)
    for partial, level, phase in zip(partials, levels, phases, strict=True):
        y += level * np.sin(2 * np.pi * partial * hz * t + phase)
    return np.asarray(y + rng.uniform(0.01, 0.5) * _noise(n, rate, rng) / 3)


def _clicks(n: int, rate: int, rng: Rng) -> FloatArray:
    """Typing, steps, dishes: short knocks at odd moments over room tone."""
    y = np.zeros(n)
    for at in rng.integers(0, n, rng.integers(4, 60)):
        length = min(n - at, int(rate * rng.uniform(0.005, 0.15)))
        fall = np.exp(-np.linspace(0, rng.uniform(4, 9), length))
        ring = np.sin(2 * np.pi * rng.uniform(200, 5000) * np.arange(length) / rate)
        y[at : at + length] += rng.uniform(0.1, 1) * fall * (ring + rng.standard_normal(length))
    room = _noise(n, rate, rng)
    return np.asarray(y + 10 ** rng.uniform(-3, -1) * room / max(1e-9, np.abs(room).max()))


def _babble(n: int, rate: int, rng: Rng) -> FloatArray:
    """One to three voices: a gliding buzz through wandering formants, hisses and pauses."""
    voices = [_voice(n, rate, rng) for _ in range(rng.integers(1, 4))]
    room = _noise(n, rate, rng)
    return np.asarray(sum(voices) + 10 ** rng.uniform(-3, -1.3) * room / np.abs(room).max())


def _voice(n: int, rate: int, rng: Rng) -> FloatArray:
    hz = rng.uniform(85, 240) * 2 ** (0.15 * _slow(n, rate, 3, rng))
    phase = np.cumsum(hz) / rate
    formants = [f * 2 ** (0.3 * _slow(n, rate, 5, rng)) for f in (500, 1500, 2600, 3600)]
    y = np.zeros(n)
    for k in range(1, int(4500 / hz.mean())):
        gain = np.full(n, 0.02)
        for place, formant in enumerate(formants, 1):
            gain += np.exp(-(((k * hz - formant) / (90 + 0.06 * formant)) ** 2)) / place
        y += gain * k**-0.3 * np.sin(2 * np.pi * k * phase)
    hiss = _shaped(n, rate, lambda f: np.asarray((f > 2500) * 1.0), rng)
    speaks = np.clip(_slow(n, rate, 4, rng) + 0.5, 0, 1)
    hisses = np.clip(_slow(n, rate, 4, rng) - 0.8, 0, 1)
    pauses = _slow(n, rate, 0.6, rng) > -0.7
    return np.asarray((speaks * y / 3 + hisses * hiss) * pauses)


def _speech(n: int, rate: int, rng: Rng) -> FloatArray:
    """One voice near the microphone, syllable after syllable, in a room or not."""
    n_frames = n // SPEECH_HOP + 1
    hz, voiced, hissed, formants = _syllables(n_frames, rate / SPEECH_HOP, rng)
    at = np.linspace(0, n_frames - 1, n)
    phase = np.cumsum(np.interp(at, np.arange(n_frames), hz)) / rate
    tilt = rng.uniform(0.5, 1.5)  # a soft voice has few overtones
    buzz = sum(
        (k**-tilt * np.sin(2 * np.pi * k * phase) for k in range(1, int(rate / 2 / hz.max()))),
        np.zeros(n),
    )
    hiss = rng.standard_normal(n)
    y = _through(buzz, voiced[:, None] * _resonances(formants, rate))
    fricative = rng.uniform(1500, 5000, n_frames // 20 + 2).repeat(20)[:n_frames, None]
    bins = fft.rfftfreq(2 * SPEECH_HOP, 1 / rate)
    y += _through(hiss, hissed[:, None] / (1 + (fricative / np.maximum(bins, 50)) ** 4)) / 2
    room = _room_tone(n, rate, rng)
    return np.asarray(y + 10 ** rng.uniform(-3, -1) * np.abs(y).max() * room / np.abs(room).max())


def _syllables(n: int, per_s: float, rng: Rng) -> tuple[FloatArray, ...]:
    """By frame: pitch in Hz, loudness of voice and of hiss, each (n,), and formants (n, 4)."""
    hz, voiced, hissed = np.zeros(n), np.zeros(n), np.zeros(n)
    formants = np.zeros((n, 4))
    speaker, size = rng.uniform(80, 260), rng.uniform(0.9, 1.2)
    pace, at, left = rng.uniform(3, 7), 0, 0  # syllables a second; until the next breath
    vowel = VOWELS[rng.integers(len(VOWELS))]
    while at < n:
        if left == 0:
            at += int(per_s * rng.uniform(0.1, 0.9))
            left, pitch = int(rng.integers(3, 14)), speaker * rng.uniform(1.0, 1.4)
        onset, length = per_s * rng.uniform(0.02, 0.12), per_s / pace * rng.uniform(0.5, 1.5)
        start, end = at + int(onset), at + max(int(onset) + 2, int(length))
        before, vowel = vowel, VOWELS[rng.integers(len(VOWELS))]
        span = hz[at:end]
        glide = np.linspace(0, 1, len(span))[:, None]
        span[:] = pitch * (1 + 0.1 * rng.standard_normal() * glide[:, 0])
        formants[at:end] = size * (before + (vowel - before) * np.minimum(1, 3 * glide))
        voiced[start:end] = rng.uniform(0.4, 1) * np.sin(np.pi * glide[start - at :, 0] ** 0.6)
        hissed[at:start] = rng.uniform(0, 1) * (rng.uniform() < 0.6)
        at, left, pitch = end, left - 1, pitch * 0.97
    hz[hz == 0] = speaker
    return hz, voiced, hissed, np.maximum(formants, 200.0)


def _resonances(formants: FloatArray, rate: int) -> FloatArray:
    """How much of each bin passes a throat with these formants, (frames, bins)."""
    bins = fft.rfftfreq(2 * SPEECH_HOP, 1 / rate)
    gain = np.zeros((len(formants), len(bins)))
    for place in range(formants.shape[1]):
        centre = formants[:, place, None]
        gain += 1 / (1 + ((bins - centre) / (60 + 0.04 * centre)) ** 2) / (1 + place)
    return np.asarray(gain)


def _through(y: FloatArray, gains: FloatArray) -> FloatArray:
    """Sound through gains that change by frame, (frames, bins): overlap and add."""
    size, window = 2 * SPEECH_HOP, np.sin(np.pi * np.arange(2 * SPEECH_HOP) / 2 / SPEECH_HOP)
    padded = np.pad(y, (SPEECH_HOP, 2 * SPEECH_HOP))
    out = np.zeros(len(padded) + size)
    for frame, gain in enumerate(gains):
        at = frame * SPEECH_HOP
        part = fft.rfft(padded[at : at + size] * window)
        out[at : at + size] += fft.irfft(part * gain, size) * window
    return out[SPEECH_HOP : SPEECH_HOP + len(y)]


def _room_tone(n: int, rate: int, rng: Rng) -> FloatArray:
    """A quiet room: a rumble that falls with frequency, a fan or the mains, a far knock."""
    slope, knee = rng.uniform(-1.6, -0.4), rng.uniform(30, 400)
    y = _shaped(n, rate, lambda hz: (1 + hz / knee) ** slope, rng)
    y *= 1 + 0.2 * _slow(n, rate, 0.5, rng)
    y /= np.abs(y).max()
    for sound, level in ((_hum, -0.5), (_clicks, -0.3)):
        if rng.uniform() < 0.5:
            extra = sound(n, rate, rng)
            y += 10 ** rng.uniform(-2, level) * extra / np.abs(extra).max()
    return np.asarray(y)


KINDS: dict[str, Callable[[int, int, Rng], FloatArray]] = {
    "noise": _noise,
    "hum": _hum,
    "clicks": _clicks,
    "babble": _babble,
    "speech": _speech,
    "room tone": _room_tone,
}
"""How each kind is made, of n samples at a rate."""
