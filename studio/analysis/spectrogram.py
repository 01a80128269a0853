"""Samples to columns of a log-frequency spectrogram, streaming and offline alike."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
SILENCE_DB = -160.0


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
        Samples in a window, and between windows.
    n_rows : int
        Rows, spaced evenly in log frequency between `fmin_hz` and `fmax_hz`, both included.
    fmin_hz, fmax_hz : float
        `fmax_hz` is lowered to half the sample rate where it is above.
    """

    sample_rate: int = 48_000
    n_fft: int = 4096
    hop_length: int = 512
    n_rows: int = 640
    fmin_hz: float = 27.5
    fmax_hz: float = 18_000.0

    def __post_init__(self) -> None:
        if self.n_fft < 16 or not 1 <= self.hop_length <= self.n_fft:
            raise ValueError(f"{self.n_fft=} and {self.hop_length=} do not fit together")
        if self.n_rows < 2 or not 0 < self.fmin_hz < self.top_hz:
            raise ValueError(f"{self.n_rows=} from {self.fmin_hz} to {self.top_hz} Hz: no picture")

    @property
    def top_hz(self) -> float:
        """The frequency of the highest row, in Hz."""
        return min(self.fmax_hz, self.sample_rate / 2)

    @cached_property
    def row_hz(self) -> NDArray[np.float64]:
        """The frequency of each row in Hz, shape (n_rows,)."""
        return np.geomspace(self.fmin_hz, self.top_hz, self.n_rows)

    @property
    def hz_per_bin(self) -> float:
        """The distance of two FFT bins in Hz."""
        return self.sample_rate / self.n_fft

    @property
    def ms_per_column(self) -> float:
        """The time from one column to the next in milliseconds."""
        return 1000 * self.hop_length / self.sample_rate


class Spectrogram:
    """A stream of samples in, columns out.

    However the stream is cut into blocks, the columns are the same bit for bit: each is computed
    by itself, never in a batch whose size could change the order of additions.

    Source
    ------
    The short-time Fourier transform with a Hann window, scaled so that a sine at full scale reads
    0 dB. Rows narrower than an FFT bin interpolate power between bins; wider ones show the
    strongest bin they hold, so that a partial keeps its level at every height of the picture.
    """

    def __init__(self, settings: SpectrogramSettings) -> None:
        self.settings = settings
        n_fft = settings.n_fft
        self._window = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n_fft) / n_fft)).astype(np.float32)
        self._scale = np.float32((2.0 / self._window.sum()) ** 2)
        self._rows = _RowMap(settings)
        self.reset(0)

    def reset(self, position: int) -> None:
        """Forget what was pushed; the next sample has position `position`."""
        self._start = position  # the position of the first sample in `_pending`
        self._pending: FloatArray = np.zeros(0, dtype=np.float32)

    def push(self, block: FloatArray) -> Columns:
        """Take the next samples, shape (n,), and give the columns that they complete."""
        n_fft, hop = self.settings.n_fft, self.settings.hop_length
        samples = np.concatenate((self._pending, block.astype(np.float32, copy=False)))
        count = max(0, (len(samples) - n_fft) // hop + 1)
        db = np.empty((count, self.settings.n_rows), dtype=np.float32)
        for index in range(count):
            db[index] = self._column(samples[index * hop : index * hop + n_fft])
        positions = self._start + n_fft // 2 + hop * np.arange(count, dtype=np.int64)
        self._pending = samples[count * hop :].copy()
        self._start += count * hop
        return Columns(db, positions)

    def _column(self, samples: FloatArray) -> FloatArray:
        spectrum = np.fft.rfft(samples * self._window)
        power = ((spectrum.real**2 + spectrum.imag**2) * self._scale).astype(np.float32, copy=False)
        floor = np.float32(10 ** (SILENCE_DB / 10))
        db: FloatArray = np.float32(10) * np.log10(np.maximum(self._rows.take(power), floor))
        return db


class _RowMap:
    """Which bins each row shows."""

    def __init__(self, settings: SpectrogramSettings) -> None:
        last = settings.n_fft // 2
        at = np.minimum(settings.row_hz / settings.hz_per_bin, last)  # in bins
        ratio = (settings.top_hz / settings.fmin_hz) ** (0.5 / (settings.n_rows - 1))
        first = np.ceil(at / ratio).astype(np.intp)
        after = np.minimum(np.ceil(at * ratio).astype(np.intp), last + 1)
        is_wide = after - first >= 2
        self._split = int(np.argmax(is_wide)) if is_wide.any() else settings.n_rows
        narrow = at[: self._split]
        self._low = np.minimum(narrow.astype(np.intp), last - 1)
        self._share = (narrow - self._low).astype(np.float32)
        self._first = first[self._split :]
        # a last edge, so that `reduceat` ends the highest row too
        self._edges = np.append(self._first, after[-1]) if self._split < settings.n_rows else None

    def take(self, power: FloatArray) -> FloatArray:
        """Power of each row, shape (n_rows,), from that of each bin, shape (n_fft // 2 + 1,)."""
        low = power[self._low]
        narrow: FloatArray = low + self._share * (power[self._low + 1] - low)
        if self._edges is None:
            return narrow
        padded = np.append(power, np.float32(0))
        wide = np.maximum.reduceat(padded, self._edges)[:-1]
        return np.concatenate((narrow, wide))
