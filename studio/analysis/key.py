"""Which key it is in: how strongly each pitch class sounds, compared with keys' profiles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.analysis.frame_cutter import FrameCutter

FRAMES_PER_S = 10
LOWEST_HZ, HIGHEST_HZ = 60.0, 1500.0
RANGE_DB = 50.0  # peaks this far below a frame's strongest do not count
FLOOR_DB = -65.0  # frames whose strongest peak is below are silence
N_HARMONICS, HARMONIC_DECAY = 4, 0.6
SHARPNESS = 20.0  # so that on average the confidence is the share of keys told rightly
TONICS = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
MINOR_TONICS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B")

# How much each degree sounds in a key. Albrecht & Shanahan 2013, The Use of Large Corpora to
# Train a New Type of Key-Finding Algorithm, table 1.
MAJOR = np.array(
    [0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081]
)
MINOR = np.array(
    [0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052]
)


@dataclass(frozen=True, slots=True)
class KeyReading:
    """A key as MIDI spells it ('C', 'F#m', 'Bb', …), and how likely it is, 0 to 1."""

    key: str
    confidence: float


class Chroma:
    """How strongly each pitch class sounds, ten times a second, from the peaks of the spectrum.

    Parameters
    ----------
    sample_rate : int
        In Hz.

    Source
    ------
    Gómez 2006, Tonal Description of Music Audio Signals: each peak speaks for the pitches of
    which it may be a harmonic, less for the higher ones.
    """

    def __init__(self, sample_rate: int) -> None:
        self._n_fft = 1 << max(6, round(np.log2(0.35 * sample_rate)))
        self._cutter = FrameCutter(self._n_fft, max(1, round(sample_rate / FRAMES_PER_S)))
        self._window = (np.hanning(self._n_fft + 1)[:-1] * 4 / self._n_fft).astype(np.float32)
        self._hz_per_bin = sample_rate / self._n_fft
        self._first = max(1, int(LOWEST_HZ / self._hz_per_bin))
        self._last = min(self._n_fft // 2 - 1, int(HIGHEST_HZ / self._hz_per_bin))

    def reset(self) -> None:
        """Sound was lost: begin anew."""
        self._cutter.reset()

    def push(self, block: NDArray[np.float32]) -> NDArray[np.float64]:
        """Take the next samples.

        Parameters
        ----------
        block : array of float32, shape (n,)

        Returns
        -------
        array of float64, shape (n_new, 12)
            A row for each tenth of a second, from C; it sums to 1, or to 0 in silence.
        """
        rows = [self._row(frame * self._window) for frame in self._cutter.push(block)]
        return np.array(rows).reshape(-1, 12)

    def _row(self, frame: NDArray[np.float32]) -> NDArray[np.float64]:
        first, last = self._first, self._last
        db = 20 * np.log10(np.abs(np.fft.rfft(frame))[first - 1 : last + 2] + 1e-9)
        here = db[1:-1]
        limit = max(FLOOR_DB, float(here.max()) - RANGE_DB)
        peaks = 1 + np.flatnonzero((here > db[:-2]) & (here >= db[2:]) & (here > limit))
        if len(peaks) == 0:
            return np.zeros(12)
        before, at, after = db[peaks - 1], db[peaks], db[peaks + 1]
        shift = 0.5 * (before - after) / (before - 2 * at + after)
        pitches = 69 + 12 * np.log2((peaks + shift + first - 1) * self._hz_per_bin / 440)
        return _spread(pitches, 10 ** (at / 40))  # the root of the amplitude: soft notes count


def _spread(pitches: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """The share of each pitch class, shape (12,), of peaks at fractional MIDI `pitches`."""
    row = np.zeros(12)
    for harmonic in range(1, N_HARMONICS + 1):
        sources = pitches - 12 * np.log2(harmonic)
        nearest = np.round(sources)
        fit = np.square(np.cos(np.pi * (sources - nearest)))  # 0 half-way between two semitones
        amounts = weights * fit * HARMONIC_DECAY ** (harmonic - 1)
        np.add.at(row, nearest.astype(np.int64) % 12, amounts)
    return np.asarray(row / max(float(row.sum()), 1e-12))


def estimate_key(chroma: NDArray[np.float64]) -> KeyReading | None:
    """The key that fits best.

    Parameters
    ----------
    chroma : array of float64, shape (12,)
        How strongly each pitch class sounded, from C.

    Returns
    -------
    KeyReading or None
        None if nothing sounded. The confidence is the share of the fits of all 24 keys, so that
        relative major and minor share it where they can't be told apart.

    Source
    ------
    Krumhansl 1990, Cognitive Foundations of Musical Pitch: correlation with each key's profile.
    """
    if np.ptp(chroma) <= 1e-9:
        return None
    fits = np.array(
        [
            np.corrcoef(np.roll(profile, tonic), chroma)[0, 1]
            for profile in (MAJOR, MINOR)
            for tonic in range(12)
        ]
    )
    shares = np.exp(SHARPNESS * (fits - fits.max()))
    best = int(np.argmax(fits))
    name = TONICS[best] if best < 12 else f"{MINOR_TONICS[best - 12]}m"
    return KeyReading(name, float(shares[best] / shares.sum()))
