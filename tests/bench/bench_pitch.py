"""Measures our pitch tracker against librosa's pyin: what it hears, and what that costs.

    python tests/bench/bench_pitch.py [--quick]

Tones, plucked strings and a voice-like sound, clean and with noise 20 dB below, whose pitch is
known at every moment; rests between the notes hold silence or breath. pyin gets the sound at 22 050
Hz with its usual window and range, which is cheaper for it than the 48 kHz that we read. Within:
the share of voiced moments that are named within 50 cents. Octaves: the share that is wrong by a
whole number of octaves. Voicing: the share of all moments rightly called voiced or not.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", NUMBA_NUM_THREADS="1")

import librosa
import numpy as np
import scipy.signal
import soxr
from numpy.typing import NDArray

from studio.analysis.pitch import PitchTracker

RATE, PYIN_RATE = 48_000, 22_050
HOP_S, PYIN_WINDOW = 0.01, 2048
NOTE_S, REST_S, FADE_S = 1.0, 0.4, 0.02
EDGE_S = 0.1  # about a note's ends nobody can say whether it sounds
FAINT_DBFS = -45.0  # nor where it has died away
SCALE_HZ = (73.42, 98.0, 130.81, 174.61, 233.08, 311.13, 440.0, 622.25, 880.0, 1244.5, 1864.7)
VOICE_HZ = (98.0, 110.0, 146.83, 196.0, 246.94, 329.63, 440.0, 587.33)
FORMANTS_HZ = ((700, 1220, 2600), (300, 2200, 2900), (450, 800, 2830))  # Peterson and Barney 1952

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Sound:
    """Samples, and the pitch at each in Hz: 0 where there is none, NaN where none counts."""

    samples: Floats
    hz: Floats


def tone(hz: float) -> tuple[Floats, Floats]:
    """A dozen partials that fall by 6 dB an octave, in odd phases."""
    t = np.arange(round(NOTE_S * RATE)) / RATE
    partials = [k for k in range(1, 13) if k * hz < RATE / 2]
    return sum(np.sin(2 * np.pi * k * hz * t + k * k) / k for k in partials), np.full(len(t), hz)


def string(hz: float) -> tuple[Floats, Floats]:
    """Karplus and Strong's string (1983): its loop is half a sample longer than its store."""
    length = round(RATE / hz - 0.5)
    count = round(NOTE_S * RATE)
    samples = np.zeros(count + length + 1)
    samples[1 : length + 1] = np.random.default_rng(length).uniform(-1, 1, length)
    samples[1 : length + 1] -= samples[1 : length + 1].mean()
    for start in range(length + 1, count + length + 1, length):
        end = min(start + length, len(samples))
        before = samples[start - length - 1 : end - length]
        samples[start:end] = 0.4995 * (before[1:] + before[:-1])
    return samples[-count:], np.full(count, RATE / (length + 0.5))


def voice(hz: float) -> tuple[Floats, Floats]:
    """Pulses with vibrato and a slide up to the note, through the formants of a vowel."""
    t = np.arange(round(NOTE_S * RATE)) / RATE
    cents = 45 * np.sin(2 * np.pi * 5.5 * t) - 150 * np.exp(-t / 0.06)
    now_hz = hz * 2 ** (cents / 1200)
    phase = np.cumsum(now_hz) / RATE
    pulses = np.diff(np.floor(phase), prepend=0.0)
    # a glottal pulse is no click: its spectrum falls by 12 dB an octave
    sound = scipy.signal.lfilter([1.0], np.poly([0.97, 0.97]), pulses - pulses.mean())
    for formant_hz in FORMANTS_HZ[round(hz) % 3]:
        pole = 0.995 * np.exp(2j * np.pi * formant_hz / RATE)
        sound = scipy.signal.lfilter([1.0], np.poly([pole, pole.conj()]).real, sound)
    return np.diff(sound, prepend=0.0), now_hz


def melody(make: object, notes_hz: tuple[float, ...], noise_db: float | None, seed: int) -> Sound:
    """The notes one after another, with rests; every second rest holds a breath of noise."""
    rng = np.random.default_rng(seed)
    parts, truth = [], []
    edge, fade = round(EDGE_S * RATE), round(FADE_S * RATE)
    for number, hz in enumerate(notes_hz):
        samples, now_hz = make(hz)  # type: ignore[operator]
        ramp = np.minimum(
            1, np.minimum(np.arange(len(samples)), np.arange(len(samples))[::-1]) / fade
        )
        samples = 0.3 * samples / np.abs(samples).max() * ramp
        rest = 0.02 * (number % 2) * rng.standard_normal(round(REST_S * RATE))
        about = np.full(edge, np.nan)
        quiet = np.zeros(len(rest) - 2 * edge)
        parts += [samples, rest]
        truth += [about, now_hz[edge:-edge], about, about, quiet, about]
    sound, hz = np.concatenate(parts), np.concatenate(truth)
    power = scipy.signal.oaconvolve(np.square(sound), np.full(edge, 1 / edge), mode="same")
    faint = 10 ** (FAINT_DBFS / 10)
    if noise_db is not None:
        noise = np.mean(np.square(sound)) * 10 ** (noise_db / 10)
        faint = max(faint, noise)
        sound = sound + np.sqrt(noise) * rng.standard_normal(len(sound))
    hz[(hz > 0) & (power < faint)] = np.nan
    return Sound(sound, hz)


def sounds(quick: bool) -> Iterator[tuple[str, Sound]]:
    kinds = {"tones": (tone, SCALE_HZ), "strings": (string, SCALE_HZ), "voice": (voice, VOICE_HZ)}
    for name, (make, notes_hz) in kinds.items():
        for label, noise_db in (("", None), (", noise at -20 dB", -20.0)):
            yield name + label, melody(make, notes_hz[:: 3 if quick else 1], noise_db, 1)


def ours(sound: Sound) -> tuple[Floats, Floats, float]:
    """Times in seconds, Hz (0 for none), and processor seconds; block by block as it arrives."""
    tracker, samples = PitchTracker(RATE), sound.samples.astype(np.float32)
    start = time.process_time()
    readings = []
    for at in range(0, len(samples), 480):
        readings += tracker.push(samples[at : at + 480])
    took_s = time.process_time() - start
    hz = np.array([reading.hz or 0.0 for reading in readings])
    return np.array([reading.position / RATE for reading in readings]), hz, took_s


def pyin(sound: Sound) -> tuple[Floats, Floats, float]:
    """The same of librosa."""
    samples = soxr.resample(sound.samples, RATE, PYIN_RATE).astype(np.float32)
    low, high, hop = librosa.note_to_hz("C2"), librosa.note_to_hz("C7"), round(HOP_S * PYIN_RATE)
    start = time.process_time()
    hz, is_voiced, _ = librosa.pyin(
        samples, fmin=low, fmax=high, sr=PYIN_RATE, frame_length=PYIN_WINDOW, hop_length=hop
    )
    took_s = time.process_time() - start
    return np.arange(len(hz)) * hop / PYIN_RATE, np.where(is_voiced, hz, 0.0), took_s


def judge(sound: Sound, times_s: Floats, hz: Floats) -> tuple[str, float]:
    """The figures of one tracker as words, and the share within 50 cents."""
    at = np.minimum((times_s * RATE).astype(int), len(sound.hz) - 1)
    truth = sound.hz[at]
    counts = ~np.isnan(truth)
    truth, hz = truth[counts], hz[counts]
    both = (truth > 0) & (hz > 0)
    cents = 1200 * np.log2(hz[both] / truth[both])
    n_voiced = int((truth > 0).sum())
    within = float((np.abs(cents) < 50).sum() / n_voiced)
    octaves = np.round(cents / 1200)
    is_octave = (octaves != 0) & (np.abs(cents - 1200 * octaves) < 50)
    near = np.abs(cents[np.abs(cents) < 50])
    voicing = float(np.mean((truth > 0) == (hz > 0)))
    spread = " / ".join(f"{value:.2f}" for value in np.percentile(near, (50, 90, 99)))
    words = f"within {within:6.1%}  octaves {is_octave.sum() / n_voiced:5.1%}  "
    return words + f"voicing {voicing:6.1%}  |cents| 50/90/99 %: {spread}", within


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main(quick: bool) -> None:
    warm = Sound(np.sin(np.arange(RATE) / 20), np.zeros(RATE))
    pyin(warm)  # numba
    ours(warm)
    total_s = our_s = their_s = 0.0
    for name, sound in sounds(quick):
        total_s += len(sound.samples) / RATE
        times_s, hz, took_s = ours(sound)
        our_s += took_s
        say(f"{name:<24} ours  {judge(sound, times_s, hz)[0]}")
        times_s, hz, took_s = pyin(sound)
        their_s += took_s
        say(f"{'':<24} pyin  {judge(sound, times_s, hz)[0]}")
    say(f"ours {1e3 * our_s / total_s:.1f} ms CPU per second of sound at {RATE} Hz")
    say(f"pyin {1e3 * their_s / total_s:.1f} ms CPU per second of sound at {PYIN_RATE} Hz")
    say(f"ours / pyin {our_s / their_s:.4f} times")


if __name__ == "__main__":
    main("--quick" in sys.argv[1:])
