"""The pitch of one voice or instrument, streaming: McLeod's method with an octave guard."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.analysis.level import FLOOR_DBFS, to_dbfs

LOWEST_HZ, HIGHEST_HZ = 27.5, 4200.0  # the piano's range
FRAMES_PER_SECOND = 100
WINDOW_S = 0.085  # more than two periods of the lowest note
ENOUGH_RATE = 48_000  # faster sound is thinned out first: pitch lies far below
FINE_RATE = 32_000  # the likeness of slower sound is computed between its samples, too
GATE_DBFS = -50.0
MIN_CONFIDENCE = 0.85  # for a note to begin; below, it is noise, or several notes
STAY_CONFIDENCE = 0.7  # for it to go on: vibrato and breath make two periods less alike
KEY_SHARE = 0.9  # of the highest peak: the first one that reaches it is the period
HILL_SHARE = 0.8  # of it: what is worth a closer look, for a peak may lie between two samples
OCTAVE_SHARE = 0.965  # of one that would be an octave (or a twelfth) above the note before
NEAR_SEMITONES = 0.6
PEAK_SHARE = 12  # of a period to each side: where a parabola is fitted

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class PitchReading:
    """What was sung or played about a sample position, the middle of a window.

    `hz` is None where there was no pitch. `confidence` is 0..1: how alike two periods are.
    """

    position: int
    hz: float | None = None
    confidence: float = 0.0
    rms_dbfs: float = FLOOR_DBFS


class PitchTracker:
    """A stream of samples in, a hundred readings a second out.

    The period is the lag at which the normalised square difference function has its first peak
    that is nearly as high as the highest, sharpened at the multiples of that lag.

    Parameters
    ----------
    sample_rate : int
        Hz.

    Source
    ------
    P. McLeod and G. Wyvill, "A smarter way to find pitch", ICMC 2005. The guard against octaves
    and the sharpening by multiples are ours.
    """

    def __init__(self, sample_rate: int) -> None:
        self._thin = max(1, sample_rate // ENOUGH_RATE)
        rate = sample_rate / self._thin
        self._n = round(WINDOW_S * rate)
        self.window = self._n * self._thin  # samples
        self.hop = max(1, round(sample_rate / FRAMES_PER_SECOND))
        self._n_fft = _fast_length(self._n + round(rate / LOWEST_HZ) + 2)
        self._fine = -(-FINE_RATE // round(rate))
        self._rate = rate * self._fine  # of lags
        self._shortest = int(self._rate / min(HIGHEST_HZ, 0.45 * rate))
        self._n_lags = round(self._rate / LOWEST_HZ) + 3
        self._lags = np.arange(self._n_lags) / self._fine  # in samples
        self.reset(0)

    def reset(self, position: int) -> None:
        """Forget what was pushed; the next sample has position `position`."""
        self._start = -(-position // self.hop) * self.hop
        self._skip = self._start - position
        self._pending: Floats = np.zeros(0, dtype=np.float32)
        self._before: float | None = None  # the pitch of the window before

    def push(self, block: Floats) -> list[PitchReading]:
        """Take the next samples and give the readings that they complete.

        However the stream is cut into blocks, the readings are the same bit for bit.

        Parameters
        ----------
        block : array of float32, shape (n,)

        Returns
        -------
        list of PitchReading
            In the order of their positions, `hop` samples apart.
        """
        skipped = min(self._skip, len(block))
        self._skip -= skipped
        samples = np.concatenate((self._pending, block[skipped:].astype(np.float32, copy=False)))
        at, readings = 0, []
        while at + self.window <= len(samples):
            reading = self._read(samples[at : at + self.window], self._start + at)
            self._before = reading.hz
            readings.append(reading)
            at += self.hop
        self._start += at
        self._pending = samples[at:].copy()
        return readings

    def _read(self, window: Floats, start: int) -> PitchReading:
        position = start + self.window // 2
        if self._thin > 1:
            window = window.reshape(-1, self._thin).mean(axis=1)
        window = window - window.mean()
        rms_dbfs = to_dbfs(float(np.sqrt(np.dot(window, window) / len(window))))
        if rms_dbfs < GATE_DBFS:
            return PitchReading(position, None, 0.0, rms_dbfs)
        likeness = self._likeness(window)
        lag, highest = self._period(likeness)
        confidence = min(1.0, highest)
        if lag is None or confidence < self._least_confidence(lag):
            return PitchReading(position, None, confidence, rms_dbfs)
        return PitchReading(position, self._rate / _sharpen(likeness, lag), confidence, rms_dbfs)

    def _least_confidence(self, lag: int) -> float:
        if self._before is None:
            return MIN_CONFIDENCE
        is_near = abs(12 * np.log2(self._rate / lag / self._before)) < NEAR_SEMITONES
        return STAY_CONFIDENCE if is_near else MIN_CONFIDENCE

    def _likeness(self, window: Floats) -> Floats:
        """The normalised square difference function at each lag, 1 for the same."""
        spectrum = np.fft.rfft(window, self._n_fft)
        power = spectrum.real**2 + spectrum.imag**2
        products = np.fft.irfft(power, self._n_fft * self._fine)[: self._n_lags] * self._fine
        squares = np.zeros(self._n + 1)
        np.cumsum(np.square(window, dtype=np.float64), out=squares[1:])
        if self._fine == 1:
            head, tail = squares[self._n - np.arange(self._n_lags)], squares[: self._n_lags]
        else:
            at = np.arange(self._n + 1)
            head, tail = (np.interp(x, at, squares) for x in (self._n - self._lags, self._lags))
        energy = np.maximum(head + squares[-1] - tail, 1e-12)
        return np.asarray(2 * products / energy, dtype=np.float32)

    def _period(self, likeness: Floats) -> tuple[int | None, float]:
        """The first lag at which the sound is nearly as like itself as it ever is, and that."""
        is_up = likeness > 0
        # each hill begins where the function rises above zero; the one about lag 0 is none
        starts = np.flatnonzero(is_up[1:] & ~is_up[:-1]) + 1
        if not len(starts):
            return None, 0.0
        heights = np.maximum.reduceat(likeness, starts)
        highest = float(heights.max())
        ends = np.append(starts[1:], len(likeness))
        for hill in np.flatnonzero(heights >= HILL_SHARE * highest):
            lag = int(starts[hill]) + int(np.argmax(likeness[starts[hill] : ends[hill]]))
            is_inside = self._shortest <= lag < len(likeness) - 1
            if is_inside and _top(likeness, lag) >= self._share(lag) * highest:
                return lag, highest
        return None, highest

    def _share(self, lag: int) -> float:
        """How much of the highest peak is enough: more where it looks like an overtone."""
        if self._before is None:
            return KEY_SHARE
        above = 12 * np.log2(self._rate / lag / self._before)
        is_overtone = min(abs(above - 12), abs(above - 19)) < NEAR_SEMITONES
        return OCTAVE_SHARE if is_overtone else KEY_SHARE


def _sharpen(likeness: Floats, lag: int) -> float:
    """The period in samples, the more exact the more periods the function holds."""
    period = _peak(likeness, lag, lag)
    height, times = likeness[lag], 2
    while times * period < len(likeness) - 2:
        near, reach = round(times * period), max(1, round(period / 4))
        first = near - reach
        at = first + int(np.argmax(likeness[first : near + reach + 1]))
        is_last = at > len(likeness) - 2  # what follows a peak must be known, too
        if is_last or likeness[at] < KEY_SHARE * height or abs(at - near) >= reach:
            break
        period, times = _peak(likeness, at, lag) / times, 2 * times
    return period


def _top(values: Floats, at: int) -> float:
    """How high a peak about index `at` is between the samples."""
    before, here, after = (float(value) for value in values[at - 1 : at + 2])
    curve = before - 2 * here + after
    return here - (after - before) ** 2 / (8 * curve) if curve < 0 else here


def _peak(values: Floats, at: int, lag: int) -> float:
    """Where about index `at` the top of a parabola through `values` lies."""
    reach = max(1, min(lag // PEAK_SHARE, at, len(values) - 1 - at))
    x = np.arange(-reach, reach + 1, dtype=np.float64)
    y = values[at - reach : at + reach + 1].astype(np.float64)
    # least squares on a grid about 0: slope and curvature by their own moments
    squares = x * x
    slope = np.dot(x, y) / squares.sum()
    spread = squares - squares.mean()
    curve = np.dot(spread, y) / np.dot(spread, spread)
    if curve >= 0:
        return float(at)
    return at + float(np.clip(-slope / (2 * curve), -reach, reach))


def _fast_length(least: int) -> int:
    """The shortest length from `least` up that an FFT is quick at."""
    return min(m << max(0, (-(-least // m) - 1).bit_length()) for m in (8, 9, 10, 12, 15))
