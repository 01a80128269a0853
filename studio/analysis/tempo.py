"""How fast it is: where notes begin, and the period in which they do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.analysis.frame_cutter import FrameCutter

SLOWEST_BPM, FASTEST_BPM = 40.0, 240.0
FRAMES_PER_S = 100
WINDOW_S = 12.0
N_BANDS = 40
FLOOR_DB = -70.0  # below, a band is silent: noise must not count as notes
CENTRE_BPM, SPREAD_OCTAVES = 105.0, 1.0
N_MULTIPLES = 4  # beats that must agree
_GRID = np.geomspace(SLOWEST_BPM, FASTEST_BPM, 400)


@dataclass(frozen=True, slots=True)
class TempoReading:
    """Beats a minute, and from 0 to 1 how clearly the sound repeats at that rate."""

    bpm: float
    confidence: float


class OnsetStrength:
    """How strongly notes begin, a hundred times a second: the rise of level, band by band.

    Parameters
    ----------
    sample_rate : int
        In Hz.

    Source
    ------
    Bello et al. 2005, A Tutorial on Onset Detection in Music Signals: spectral flux, here of
    levels in dB in logarithmic bands.
    """

    def __init__(self, sample_rate: int) -> None:
        hop = max(1, round(sample_rate / FRAMES_PER_S))
        n_fft = 1 << max(6, round(np.log2(0.04 * sample_rate)))
        self.frame_rate = sample_rate / hop  # values a second
        self._cutter = FrameCutter(n_fft, hop)
        self._window = (np.hanning(n_fft + 1)[:-1] * 4 / n_fft).astype(np.float32)
        self._bands = _bands(sample_rate, n_fft)
        self._before = np.zeros((0, N_BANDS), dtype=np.float32)

    def reset(self) -> None:
        """Sound was lost: begin anew."""
        self._cutter.reset()
        self._before = self._before[:0]

    def push(self, block: NDArray[np.float32]) -> NDArray[np.float32]:
        """Take the next samples.

        Parameters
        ----------
        block : array of float32, shape (n,)

        Returns
        -------
        array of float32, shape (n_new,)
            The mean rise in dB over all bands; each value needs two frames before it.
        """
        frames = self._cutter.push(block)
        spectra = np.abs(np.fft.rfft(frames * self._window))  # (n_new, n_bins)
        power = np.square(spectra, dtype=np.float32) @ self._bands  # (n_new, n_bands)
        levels = np.maximum(10 * np.log10(power + 1e-12), FLOOR_DB).astype(np.float32)
        levels = np.concatenate((self._before, levels))
        self._before = levels[-2:]
        return np.asarray(np.maximum(levels[2:] - levels[:-2], 0).mean(axis=1))


def _bands(sample_rate: int, n_fft: int) -> NDArray[np.float32]:
    """Triangles on a logarithmic axis, shape (n_bins, n_bands)."""
    hz = np.fft.rfftfreq(n_fft, 1 / sample_rate)
    edges = np.geomspace(40.0, min(10_000.0, 0.45 * sample_rate), N_BANDS + 2)
    # Low bands are narrower than a bin: each reaches a bin at least to either side.
    low = np.minimum(edges[:-2], edges[1:-1] - sample_rate / n_fft)
    high = np.maximum(edges[2:], edges[1:-1] + sample_rate / n_fft)
    rising = (hz[:, None] - low) / (edges[1:-1] - low)
    falling = (high - hz[:, None]) / (high - edges[1:-1])
    return np.asarray(np.maximum(0, np.minimum(rising, falling)), dtype=np.float32)


def estimate_tempo(strength: NDArray[np.float32], frame_rate: float) -> TempoReading | None:
    """The tempo of a stretch of sound.

    Parameters
    ----------
    strength : array of float32, shape (n,)
        The onset strength, from 4 s of sound on. Of more than 12 s, what stretches of 12 s have in
        common counts, so that a tempo that sways a little does not blur.
    frame_rate : float
        Values of `strength` a second.

    Returns
    -------
    TempoReading or None
        None for a stretch that is too short or in which nothing begins.

    Source
    ------
    Ellis 2007, Beat Tracking by Dynamic Programming: autocorrelation under a log-normal prior.
    The mean over several multiples of the lag is the comb of Scheirer 1998.
    """
    if len(strength) < 4 * frame_rate or float(strength.max()) < 0.5:
        return None
    stretches = _stretches(strength, round(WINDOW_S * frame_rate))
    likeness = np.mean([_autocorrelation(part, frame_rate) for part in stretches], axis=0)
    lags = 60 * frame_rate / _GRID
    score = _comb(likeness, lags)
    prior = np.exp(-0.5 * np.square(np.log2(_GRID / CENTRE_BPM) / SPREAD_OCTAVES))
    best = int(np.argmax(np.maximum(score, 0) * prior))
    confidence = float(np.clip(score[best], 0, 1))
    lag = _refined(likeness, float(lags[best]))
    return TempoReading(60 * frame_rate / lag, confidence)


def _stretches(strength: NDArray[np.float32], size: int) -> list[NDArray[np.float32]]:
    """Parts of `size` values, half overlapping, the last one at the end; fewer values are one."""
    last = max(0, len(strength) - size)
    return [strength[start : start + size] for start in {*range(0, last, size // 2), last}]


def _autocorrelation(strength: NDArray[np.float32], frame_rate: float) -> NDArray[np.float64]:
    """How like itself the strength is at each lag, 1 at lag 0; shape (n_lags,)."""
    smooth = np.convolve(strength, np.hanning(7) / np.hanning(7).sum(), "same")
    width = round(frame_rate)
    counts = np.convolve(np.ones(len(smooth)), np.ones(width), "same")
    flat = smooth - np.convolve(smooth, np.ones(width), "same") / counts  # what swells slowly
    flat = np.minimum(np.maximum(flat, 0), 4 * flat.std())  # one loud blow is no beat
    flat = flat - flat.mean()
    n = len(flat)
    size = 1 << (2 * n - 1).bit_length()
    products = np.fft.irfft(np.square(np.abs(np.fft.rfft(flat, size))), size)
    n_lags = min(n * 3 // 4, round(N_MULTIPLES * 60 / SLOWEST_BPM * frame_rate) + 3)
    unbiased = products[:n_lags] / (n - np.arange(n_lags))
    return np.asarray(unbiased / max(unbiased[0], 1e-12))


def _comb(likeness: NDArray[np.float64], lags: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean likeness at the multiples of each lag that there are, shape (n,)."""
    multiples = lags[:, None] * np.arange(1, N_MULTIPLES + 1)
    is_there = multiples <= len(likeness) - 2
    values = np.interp(multiples, np.arange(len(likeness)), likeness)
    weights = is_there * np.array([1.0, 1.0, 0.7, 1.0])
    return np.asarray((values * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1e-9))


def _refined(likeness: NDArray[np.float64], lag: float) -> float:
    """The lag by the peak at its highest multiple, where it is seen most exactly."""
    for multiple in range(1, 2 * N_MULTIPLES + 1):
        centre = lag * multiple
        reach = max(2, round(0.02 * centre))
        first, last = round(centre) - reach, round(centre) + reach + 1
        if first < 1 or last >= len(likeness) - 1:
            break
        peak = first + int(np.argmax(likeness[first:last]))
        before, here, after = likeness[peak - 1 : peak + 2]
        bend = before - 2 * here + after
        if bend < 0 and here > before and here > after:
            lag = (peak + 0.5 * (before - after) / bend) / multiple
    return lag
