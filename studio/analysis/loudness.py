"""Loudness as broadcasters measure it: momentary, short-term, integrated, and its range."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.analysis.k_weighting import KWeighting

STEPS_PER_S = 10
MOMENTARY_STEPS = 4  # 400 ms, the gating block as well
SHORT_TERM_STEPS = 30  # 3 s
ABSOLUTE_GATE = -70.0  # LUFS
RELATIVE_GATE = -10.0  # LU below the mean of what passes the absolute gate
RANGE_GATE = -20.0  # LU, for the loudness range
_OFFSET = -0.691  # dB: makes 997 Hz at 0 dBFS in one channel read -3.01 LUFS
# Left, right, centre, (low-frequency effects,) left and right surround; other counts are no 5.1.
_WEIGHTS = {5: (1.0, 1.0, 1.0, 1.41, 1.41), 6: (1.0, 1.0, 1.0, 0.0, 1.41, 1.41)}


@dataclass(frozen=True, slots=True)
class LoudnessReading:
    """Loudness in LUFS, the range in LU; None until enough was heard, or in silence."""

    momentary_lufs: float | None = None
    short_term_lufs: float | None = None
    integrated_lufs: float | None = None
    range_lu: float | None = None


class Loudness:
    """Measures loudness as the sound comes, in steps of 0.1 s, in bounded memory.

    Parameters
    ----------
    sample_rate : int
        In Hz.
    n_channels : int
        Two are left and right; five and six are taken for 5.0 and 5.1 surround.

    Source
    ------
    ITU-R BS.1770-4, EBU R 128, EBU Tech 3341 (the meter) and 3342 (the range).
    """

    def __init__(self, sample_rate: int, n_channels: int) -> None:
        self._rate = sample_rate
        self._weights = np.array(_WEIGHTS.get(n_channels, (1.0,) * n_channels))
        self._filter = KWeighting(sample_rate, n_channels)
        self._blocks, self._short_terms = _Distribution(), _Distribution()
        self._n_steps = 0  # complete ones since the last reset
        self._filled = 0  # samples of the step that is not complete
        self._energy = 0.0  # of that step
        self._recent = np.zeros(SHORT_TERM_STEPS)
        self.reading = LoudnessReading()

    def restart(self) -> None:
        """Forget all that was heard."""
        self._blocks, self._short_terms = _Distribution(), _Distribution()
        self.skip()
        self.reading = LoudnessReading()

    def skip(self) -> None:
        """Sound was lost: no block reaches across the gap; what was measured stays."""
        self._filter.reset()
        self._n_steps, self._filled, self._energy = 0, 0, 0.0

    def push(self, frames: NDArray[np.float32]) -> None:
        """Take the next samples.

        Parameters
        ----------
        frames : array of float32, shape (n, n_channels)
        """
        powers = np.square(self._filter.apply(frames)) @ self._weights  # (n,)
        n_before = self._n_steps
        at = 0
        while at < len(powers):
            take = min(self._step_size - self._filled, len(powers) - at)
            self._energy += float(powers[at : at + take].sum())
            self._filled += take
            at += take
            if self._filled == self._step_size:
                self._finish_step()
        if self._n_steps != n_before:
            self.reading = self._read()

    @property
    def _step_size(self) -> int:
        # 0.1 s is no whole number of samples at 11.025 kHz
        first = self._n_steps * self._rate // STEPS_PER_S
        return (self._n_steps + 1) * self._rate // STEPS_PER_S - first

    def _finish_step(self) -> None:
        self._recent[self._n_steps % SHORT_TERM_STEPS] = self._energy / self._step_size
        self._n_steps += 1
        self._filled, self._energy = 0, 0.0
        for steps, distribution in (
            (MOMENTARY_STEPS, self._blocks),
            (SHORT_TERM_STEPS, self._short_terms),
        ):
            power = self._power(steps)
            if power is not None:
                distribution.add(power)

    def _power(self, steps: int) -> float | None:
        """The mean of the last `steps` steps, shape (); None before there are as many."""
        if self._n_steps < steps:
            return None
        last = np.arange(self._n_steps - steps, self._n_steps) % SHORT_TERM_STEPS
        return float(self._recent[last].mean())

    def _read(self) -> LoudnessReading:
        return LoudnessReading(
            _audible(self._power(MOMENTARY_STEPS)),
            _audible(self._power(SHORT_TERM_STEPS)),
            self._blocks.gated_mean(RELATIVE_GATE),
            self._short_terms.spread(RANGE_GATE),
        )


def _lufs(power: float) -> float:
    return _OFFSET + 10 * float(np.log10(max(power, 1e-12)))


def _audible(power: float | None) -> float | None:
    lufs = None if power is None else _lufs(power)
    return lufs if lufs is not None and lufs >= ABSOLUTE_GATE else None


_BINS_PER_LU = 100
_N_BINS = 100 * _BINS_PER_LU  # from the absolute gate to +30 LUFS


class _Distribution:
    """How often each loudness occurred above the absolute gate, in bins of 0.01 LU.

    Means are exact, for a bin keeps the power of its blocks too; only where the gate cuts a bin in
    two may a block be on the wrong side. Hours cost no more memory than minutes.
    """

    def __init__(self) -> None:
        self._counts = np.zeros(_N_BINS, dtype=np.int64)
        self._powers = np.zeros(_N_BINS)

    def add(self, power: float) -> None:
        lufs = _lufs(power)
        if lufs >= ABSOLUTE_GATE:
            bin_ = min(_N_BINS - 1, int((lufs - ABSOLUTE_GATE) * _BINS_PER_LU))
            self._counts[bin_] += 1
            self._powers[bin_] += power

    def _first_bin(self, relative_gate: float) -> int | None:
        count = int(self._counts.sum())
        if count == 0:
            return None
        gate = _lufs(float(self._powers.sum()) / count) + relative_gate
        # the last bin holds all that is louder, and so may lie below its own gate
        return min(max(0, int((gate - ABSOLUTE_GATE) * _BINS_PER_LU)), _N_BINS - 1)

    def gated_mean(self, relative_gate: float) -> float | None:
        """The loudness of what is above both gates, in LUFS."""
        first = self._first_bin(relative_gate)
        if first is None:
            return None
        return _lufs(float(self._powers[first:].sum()) / int(self._counts[first:].sum()))

    def spread(self, relative_gate: float) -> float | None:
        """From the 10th to the 95th percentile of what is above both gates, in LU."""
        first = self._first_bin(relative_gate)
        if first is None:
            return None
        ranks = np.cumsum(self._counts[first:])
        low, high = np.searchsorted(ranks, np.array([0.1, 0.95]) * (ranks[-1] - 1), side="right")
        return float(high - low) / _BINS_PER_LU
