"""Samples to columns of a spectrogram, streaming and offline alike."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from studio.analysis.scales import ROWS_PER_SEMITONE, Scale, knows_notes, unwarp, warp
from studio.analysis.windows import Window, window_samples

FloatArray = NDArray[np.float32]
SILENCE_DB = -160.0
CONSTANT_Q_WINDOW_S = 0.34  # 16384 samples at 48 kHz: below some 150 Hz the bands get no narrower
LOWEST_HZ = 1.0  # of a picture whose scale never reaches 0 Hz


@dataclass(frozen=True, slots=True)
class Columns:
    """Consecutive columns of a spectrogram.

    `db`: shape (n, n_rows), lowest frequency first, dB below a full-scale sine.
    `positions`: shape (n,), the sample in the middle of each column's window.
    """

    db: FloatArray
    positions: NDArray[np.int64]


@dataclass(frozen=True)
class SpectrogramSettings:
    """How samples become columns.

    Parameters
    ----------
    sample_rate : int
        Hz.
    n_fft, hop_length : int
        Samples in a window, and between windows. A constant-Q picture has windows of its own:
        `n_fft` is then what they are cut from.
    n_rows : int
        Rows, spaced evenly on the scale between `fmin_hz` and `fmax_hz`, both included.
    fmin_hz, fmax_hz : float
        `fmax_hz` is lowered to half the sample rate where it is above.
    scale : Scale
        `note` and `constant-q` have three rows a semitone: the range becomes one of whole
        semitones, and `n_rows` and (constant-Q) `n_fft` follow from it.
    window : Window
    """

    sample_rate: int = 48_000
    n_fft: int = 4096
    hop_length: int = 512
    n_rows: int = 640
    fmin_hz: float = 27.5
    fmax_hz: float = 18_000.0
    scale: Scale = "log"
    window: Window = "hann"

    def __post_init__(self) -> None:
        lowest = 0.0 if self.scale in ("linear", "mel") else LOWEST_HZ
        if self.n_rows < 2 or not lowest <= self.fmin_hz < self.top_hz:
            raise ValueError(f"{self.n_rows=} from {self.fmin_hz} to {self.top_hz} Hz: no picture")
        if self.scale == "constant-q":
            n_fft = 2 ** round(np.log2(self.sample_rate * CONSTANT_Q_WINDOW_S))
            object.__setattr__(self, "n_fft", n_fft)
        if knows_notes(self.scale):
            self._keep_to_semitones()
        if self.n_fft < 16 or not 1 <= self.hop_length <= self.n_fft:
            raise ValueError(f"{self.n_fft=} and {self.hop_length=} do not fit together")

    def _keep_to_semitones(self) -> None:
        lowest = int(np.ceil(warp(self.scale, LOWEST_HZ)))
        low = max(lowest, int(np.floor(warp(self.scale, self.fmin_hz) + 1e-6)))
        high = max(low + 1, int(np.floor(warp(self.scale, self.top_hz) + 1e-6)))
        object.__setattr__(self, "n_rows", (high - low) * ROWS_PER_SEMITONE + 1)
        object.__setattr__(self, "fmin_hz", float(unwarp(self.scale, low)))
        object.__setattr__(self, "fmax_hz", float(unwarp(self.scale, high)))

    def at_rate(self, sample_rate: int) -> SpectrogramSettings:
        """The same picture of a sound of `sample_rate` Hz.

        Where that sound has none of the frequencies, as of 10 kHz at 16 000 samples a second, it
        begins as low as at first.
        """
        has_some = self.fmin_hz < 0.9 * sample_rate / 2
        fmin_hz = self.fmin_hz if has_some else type(self).fmin_hz
        return replace(self, sample_rate=sample_rate, fmin_hz=fmin_hz)

    @property
    def top_hz(self) -> float:
        """The frequency of the highest row, in Hz."""
        return min(self.fmax_hz, self.sample_rate / 2)

    @cached_property
    def row_hz(self) -> NDArray[np.float64]:
        """The frequency of each row in Hz, shape (n_rows,)."""
        return self.hz_of(np.arange(self.n_rows, dtype=np.float64))

    def row_of(self, hz: float | NDArray[np.float64]) -> NDArray[np.float64]:
        """The (fractional) row of frequencies in Hz; outside 0..n_rows - 1 for others."""
        low, step = self._heights
        return (warp(self.scale, hz) - low) / step

    def hz_of(self, row: float | NDArray[np.float64]) -> NDArray[np.float64]:
        """The inverse of `row_of`, in Hz."""
        low, step = self._heights
        return unwarp(self.scale, low + np.asarray(row) * step)

    @cached_property
    def _heights(self) -> tuple[float, float]:
        """The lowest row on the scale, and the distance of two rows."""
        low, high = warp(self.scale, np.array([self.fmin_hz, self.top_hz]))
        return float(low), float(high - low) / (self.n_rows - 1)

    @property
    def hz_per_bin(self) -> float:
        """The distance of two FFT bins in Hz."""
        return self.sample_rate / self.n_fft

    @property
    def ms_per_column(self) -> float:
        """The time from one column to the next in milliseconds."""
        return 1000 * self.hop_length / self.sample_rate

    @property
    def columns_per_second(self) -> float:
        """How many columns a second of sound makes."""
        return self.sample_rate / self.hop_length


class Transform(Protocol):
    """Makes one column of one window of samples."""

    def power(self, samples: FloatArray) -> FloatArray:
        """Power of each row, shape (n_rows,), of samples of shape (n_fft,); 1 is a full sine."""


class Spectrogram:
    """A stream of samples in, columns out.

    Windows begin at multiples of the hop, counted from the start of the stream. However the
    stream is cut into blocks, and wherever one begins to read it, the columns of the same samples
    are the same bit for bit: each is computed by itself, never in a batch whose size could change
    the order of additions.
    """

    def __init__(self, settings: SpectrogramSettings) -> None:
        self.settings = settings
        self._transform = _transform(settings)
        self.reset(0)

    def reset(self, position: int) -> None:
        """Forget what was pushed; the next sample has position `position`."""
        hop = self.settings.hop_length
        self._start = -(-position // hop) * hop  # the position of the first sample in `_pending`
        self._skip = self._start - position
        self._pending: FloatArray = np.zeros(0, dtype=np.float32)

    def push(self, block: FloatArray) -> Columns:
        """Take the next samples, shape (n,), and give the columns that they complete."""
        n_fft, hop = self.settings.n_fft, self.settings.hop_length
        skipped = min(self._skip, len(block))
        self._skip -= skipped
        new = block[skipped:].astype(np.float32, copy=False)
        samples = np.concatenate((self._pending, new))
        count = max(0, (len(samples) - n_fft) // hop + 1)
        power = np.empty((count, self.settings.n_rows), dtype=np.float32)
        for index in range(count):
            power[index] = self._transform.power(samples[index * hop : index * hop + n_fft])
        positions = self._start + n_fft // 2 + hop * np.arange(count, dtype=np.int64)
        self._pending = samples[count * hop :].copy()
        self._start += count * hop
        return Columns(_decibels(power), positions)


def _decibels(power: FloatArray) -> FloatArray:
    floor = np.float32(10 ** (SILENCE_DB / 10))
    db: FloatArray = np.float32(10) * np.log10(np.maximum(power, floor))
    return db


@lru_cache(maxsize=4)  # without state, so live columns and those of the past can share one
def _transform(settings: SpectrogramSettings) -> Transform:
    if settings.scale == "constant-q":
        from studio.analysis.constant_q import ConstantQ  # its kernel takes a moment to make

        return ConstantQ(settings)
    return FourierRows(settings)


class FourierRows:
    """The short-time Fourier transform, spread over the rows of a scale.

    It is scaled so that a sine at full scale reads 1. Rows narrower than an FFT bin interpolate
    power between bins; wider ones show the strongest bin they hold, so that a partial keeps its
    level at every height of the picture.
    """

    def __init__(self, settings: SpectrogramSettings) -> None:
        window = window_samples(settings.window, settings.n_fft).astype(np.float64)
        self._window = (window * 2.0 / window.sum()).astype(np.float32)
        self._rows = _RowMap(settings)

    def power(self, samples: FloatArray) -> FloatArray:
        """Power of each row, shape (n_rows,), of samples of shape (n_fft,)."""
        spectrum = np.fft.rfft(samples * self._window)
        power = spectrum.real**2 + spectrum.imag**2
        return self._rows.take(power.astype(np.float32, copy=False))


class _RowMap:
    """Which bins each row shows."""

    def __init__(self, settings: SpectrogramSettings) -> None:
        last = settings.n_fft // 2
        at = np.clip(settings.row_hz / settings.hz_per_bin, 0, last)  # in bins
        rows = np.arange(settings.n_rows + 1, dtype=np.float64)
        edges = settings.hz_of(rows - 0.5) / settings.hz_per_bin
        first = np.clip(np.ceil(edges[:-1]), 0, last).astype(np.intp)
        after = np.clip(np.ceil(edges[1:]), 0, last + 1).astype(np.intp)
        is_wide = after - first >= 2
        self._split = int(np.argmax(is_wide)) if is_wide.any() else settings.n_rows
        narrow = at[: self._split]
        self._low = np.minimum(narrow.astype(np.intp), last - 1)
        self._high = self._low + 1
        self._share = (narrow - self._low).astype(np.float32)
        self._first = first[self._split :]
        self._end = int(after[-1])  # where the bins of the highest row end

    def take(self, power: FloatArray) -> FloatArray:
        """Power of each row, shape (n_rows,), from that of each bin, shape (n_fft // 2 + 1,)."""
        rows = np.empty(self._split + len(self._first), dtype=np.float32)
        low = power[self._low]
        rows[: self._split] = low + self._share * (power[self._high] - low)
        if len(self._first):
            np.maximum.reduceat(power[: self._end], self._first, out=rows[self._split :])
        return rows
