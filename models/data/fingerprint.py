"""The same recording known again, louder, filtered, compressed, or cut out of the middle."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import soxr
from numpy.typing import NDArray
from scipy import fft

RATE = 5512  # Hz; what fingerprints compare lies below 2 kHz
N_FFT, HOP = 2048, 64  # 0.37 s, every 11.6 ms: so much overlap that a shift changes few bits
N_BANDS = 33
LOW_HZ, HIGH_HZ = 300.0, 2000.0
COMPARED = 128  # prints, 1.5 s: so much both must have
SAME_BELOW = 0.32  # share of bits that differ; of different recordings it is about 0.5
MIN_HITS = 2
EACH = 4  # of a clip's prints every fourth looks for others: still some 20 a second

Prints = NDArray[np.uint32]


def fingerprint(y: NDArray[np.float32], sample_rate: int) -> Prints:
    """One 32-bit print a hop: whether the energy of a band, against its neighbour, rises.

    Parameters
    ----------
    y : array of float32, shape (n_samples,)
        Mono.
    sample_rate : int
        In Hz.

    Returns
    -------
    array of uint32, shape (n_prints,)
        Empty for less than 0.4 s.

    Source
    ------
    Haitsma and Kalker, "A highly robust audio fingerprinting system", ISMIR 2002.
    """
    sound = soxr.resample(y, sample_rate, RATE) if sample_rate != RATE else y
    if len(sound) < N_FFT + HOP:
        return np.zeros(0, dtype=np.uint32)
    energy = _band_energy(np.asarray(sound, dtype=np.float32))
    slope = energy[:, :-1] - energy[:, 1:]  # (frames, 32)
    rises = slope[1:] - slope[:-1] > 0
    prints: Prints = np.packbits(rises, axis=1, bitorder="little").view(np.uint32)[:, 0]
    return prints


def _band_energy(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """Energy in each band, shape (frames, 33)."""
    frames = np.lib.stride_tricks.sliding_window_view(sound, N_FFT)[::HOP]
    window = np.hanning(N_FFT).astype(np.float32)
    edges_hz = np.geomspace(LOW_HZ, HIGH_HZ, N_BANDS + 1)
    edges = np.rint(edges_hz * N_FFT / RATE).astype(np.intp)
    energy = np.empty((len(frames), N_BANDS), dtype=np.float32)
    for start in range(0, len(frames), 512):  # in portions: the frames overlap 32-fold
        spectrum = fft.rfft(frames[start : start + 512] * window)
        power = np.abs(spectrum[:, : edges[-1]]) ** 2
        energy[start : start + 512] = np.add.reduceat(power, edges[:-1], axis=1)
    return energy


@dataclass(frozen=True, slots=True)
class Match:
    """Two clips with the same recording in them; `difference` is the share of bits that differ."""

    one: str
    other: str
    difference: float


class FingerprintIndex:
    """Clips added one by one; each is compared with those before it."""

    def __init__(self) -> None:
        self._prints: dict[str, Prints] = {}
        self._where: dict[int, list[tuple[str, int]]] = {}  # print -> clips and places

    def add(self, name: str, prints: Prints) -> list[Match]:
        """Take a clip in; the clips before it that have the same recording in them."""
        matches = [
            Match(other, name, difference)
            for other, shift in self._candidates(prints)
            if (difference := self._difference(prints, self._prints[other], shift)) < SAME_BELOW
        ]
        self._prints[name] = prints
        for place in range(0, len(prints)):
            if is_telling(int(prints[place])):
                self._where.setdefault(int(prints[place]), []).append((name, place))
        return list({match.one: match for match in matches}.values())

    def _candidates(self, prints: Prints) -> list[tuple[str, int]]:
        """Clips with which several prints agree at one shift in time."""
        hits: Counter[tuple[str, int]] = Counter()
        for place in range(0, len(prints), EACH):
            value = int(prints[place])
            if is_telling(value):
                hits.update((name, at - place) for name, at in self._where.get(value, ()))
        return [candidate for candidate, count in hits.most_common(8) if count >= MIN_HITS]

    def _difference(self, prints: Prints, other: Prints, shift: int) -> float:
        """The share of bits that differ where both are; 1 if that is too short.

        All of it counts: loops and samples are in many a piece, a recording in its copies only.
        """
        start, end = max(0, -shift), min(len(prints), len(other) - shift)
        if end - start < COMPARED:
            return 1.0
        apart = prints[start:end] ^ other[start + shift : end + shift]
        return float(np.unpackbits(apart.view(np.uint8)).mean())


def is_telling(value: int) -> bool:
    """Silence and steady tones make prints of few ones or few zeros, which all clips share."""
    return 8 <= value.bit_count() <= 24
