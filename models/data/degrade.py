"""Sound as a microphone, a bad line or a small player would give it, to measure models on."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import scipy.signal
import soundfile
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
Change = Callable[[FloatArray, int, np.random.Generator], FloatArray]

LOW_PASS_HZ = 4000.0
NOISE_BELOW_DB = 15.0  # white noise, below the music
ROOM_S = 0.5  # until the reverberation has fallen by 60 dB
QUIETER_DB = 20.0
MP3_LEVEL = 0.9  # of compression, 0 to 1: about 32 kbit/s in mono at 22 kHz
_BLOCK = 65_536


def low_pass(y: FloatArray, sample_rate: int, rng: np.random.Generator) -> FloatArray:
    """Without what lies above 4 kHz."""
    if sample_rate <= 2 * LOW_PASS_HZ:
        return y
    filters = scipy.signal.butter(8, LOW_PASS_HZ, fs=sample_rate, output="sos")
    return np.asarray(scipy.signal.sosfilt(filters, y), dtype=np.float32)


def noise(y: FloatArray, sample_rate: int, rng: np.random.Generator) -> FloatArray:
    """With white noise 15 dB below it."""
    hiss = rng.standard_normal(len(y)) * y.std() / 10 ** (NOISE_BELOW_DB / 20)
    return np.asarray(y + hiss, dtype=np.float32)


def room(y: FloatArray, sample_rate: int, rng: np.random.Generator) -> FloatArray:
    """In a room of half a second, where as much comes back as comes straight.

    Source
    ------
    Noise that decays exponentially: Moorer 1979, About this reverberation business.
    """
    t = np.arange(int(ROOM_S * sample_rate))
    tail = rng.standard_normal(len(t)) * 10 ** (-3 * t / len(t))
    tail[0] = np.sqrt(np.square(tail).sum())
    return np.asarray(scipy.signal.fftconvolve(y, tail)[: len(y)], dtype=np.float32)


def mp3(y: FloatArray, sample_rate: int, rng: np.random.Generator) -> FloatArray:
    """Through MP3 at a low rate."""
    peak = max(1.0, float(np.abs(y).max(initial=0.0)))
    file = io.BytesIO()
    with soundfile.SoundFile(
        file, "w", sample_rate, 1, format="MP3", compression_level=MP3_LEVEL
    ) as out:
        for start in range(0, len(y), _BLOCK):
            out.write(y[start : start + _BLOCK] / peak)
    file.seek(0)
    back, _ = soundfile.read(file, dtype="float32")
    return np.asarray(back * peak, dtype=np.float32)


def quieter(y: FloatArray, sample_rate: int, rng: np.random.Generator) -> FloatArray:
    """20 dB quieter."""
    return y * np.float32(10 ** (-QUIETER_DB / 20))


DEGRADATIONS: dict[str, Change] = {
    "low_pass": low_pass,
    "noise": noise,
    "room": room,
    "mp3": mp3,
    "quieter": quieter,
}
