"""The same recording known again, louder, filtered, compressed, or cut out of the middle."""

from __future__ import annotations

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
FEWEST_ONES = 8  # of the 32 bits of a print that tells something, and as many zeros
MOST_CANDIDATES = 8
MOST_ALIKE = 256  # clips with the same print that are looked at
MOST_KEPT = 1 << 24  # prints, 200 MB: all of 54 hours, or one in 16 of 860
_MIDDLE = 1 << 31  # added to a shift, which may be negative

Prints = NDArray[np.uint32]
_NO_SHIFTS = np.zeros(0, np.int64)


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
    """Clips added one by one; each is compared with those before it.

    Prints are kept as sorted arrays, twelve bytes each, merged as they grow. Where there are too
    many, half of the values are looked up no longer, then a quarter is left, and so on: the
    memory stays bounded, and in long recordings enough of them remain.
    """

    def __init__(self) -> None:
        self._prints: dict[str, Prints] = {}
        self._names: list[str] = []
        self._parts: list[_Part] = []  # from large to small
        self._one_in = 1  # of the values is looked up

    def add(self, name: str, prints: Prints) -> list[Match]:
        """Take a clip in; the clips before it that have the same recording in them."""
        places = np.flatnonzero(_are_telling(prints) & _are_chosen(prints, self._one_in))
        values = prints[places]
        matches = [
            Match(other, name, difference)
            for other, shift in self._candidates(values, places)
            if (difference := self._difference(prints, self._prints[other], shift)) < SAME_BELOW
        ]
        where = np.uint64(len(self._names)) << np.uint64(32) | places.astype(np.uint64)
        self._names.append(name)
        self._prints[name] = prints
        self._take_in(_Part(values, where))
        return list({match.one: match for match in matches}.values())

    def _take_in(self, part: _Part) -> None:
        self._parts.append(part.sorted())
        while len(self._parts) > 1 and len(self._parts[-2].values) < 2 * len(
            self._parts[-1].values
        ):
            last = self._parts.pop()
            self._parts[-1] = self._parts[-1].merged(last)
        if sum(each.size for each in self._parts) > MOST_KEPT:
            self._one_in *= 2
            self._parts = [each.thinned(self._one_in) for each in self._parts]

    def _candidates(self, values: Prints, places: NDArray[np.intp]) -> list[tuple[str, int]]:
        """Clips with which several prints agree at one shift in time, and the shift."""
        found = [part.shifts(values, places) for part in self._parts]
        keys, counts = np.unique(np.concatenate([_NO_SHIFTS, *found]), return_counts=True)
        best = np.argsort(-counts, kind="stable")[:MOST_CANDIDATES]
        return [
            (self._names[int(keys[at]) >> 32], (int(keys[at]) & 0xFFFFFFFF) - _MIDDLE)
            for at in best
            if counts[at] >= MIN_HITS
        ]

    def _difference(self, prints: Prints, other: Prints, shift: int) -> float:
        """The share of bits that differ where both are; 1 if that is too short.

        All of it counts: loops and samples are in many a piece, a recording in its copies only.
        """
        start, end = max(0, -shift), min(len(prints), len(other) - shift)
        if end - start < COMPARED:
            return 1.0
        apart = prints[start:end] ^ other[start + shift : end + shift]
        return float(np.unpackbits(apart.view(np.uint8)).mean())


@dataclass(frozen=True, slots=True)
class _Part:
    """Prints in order, and where each is: the number of the clip and the place in it."""

    values: Prints
    where: NDArray[np.uint64]

    @property
    def size(self) -> int:
        return len(self.values)

    def sorted(self) -> _Part:
        order = np.argsort(self.values, kind="stable")
        return _Part(self.values[order], self.where[order])

    def merged(self, other: _Part) -> _Part:
        values = np.concatenate([self.values, other.values])
        return _Part(values, np.concatenate([self.where, other.where])).sorted()

    def thinned(self, one_in: int) -> _Part:
        is_chosen = _are_chosen(self.values, one_in)
        return _Part(self.values[is_chosen], self.where[is_chosen])

    def shifts(self, values: Prints, places: NDArray[np.intp]) -> NDArray[np.int64]:
        """For each print that is here, too: clip and shift in one number."""
        first = np.searchsorted(self.values, values, "left")
        counts = np.minimum(np.searchsorted(self.values, values, "right") - first, MOST_ALIKE)
        run = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        where = self.where[np.repeat(first, counts) + run].astype(np.int64)
        shift = (where & 0xFFFFFFFF) - np.repeat(places, counts)
        keys: NDArray[np.int64] = (where >> 32 << 32) | (shift + _MIDDLE)
        return keys


def _are_telling(prints: Prints) -> NDArray[np.bool_]:
    ones = np.bitwise_count(prints)
    return np.asarray((ones >= FEWEST_ONES) & (ones <= 32 - FEWEST_ONES))


def _are_chosen(values: Prints, one_in: int) -> NDArray[np.bool_]:
    """One in so many of the values, a power of two: those chosen of more are chosen of fewer."""
    mixed = values * np.uint32(2654435761) >> np.uint32(12)
    return np.asarray(mixed & np.uint32(one_in - 1) == 0)


def is_telling(value: int) -> bool:
    """Silence and steady tones make prints of few ones or few zeros, which all clips share."""
    return FEWEST_ONES <= value.bit_count() <= 32 - FEWEST_ONES
