"""The constant-Q transform: every band as wide in pitch as any other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.analysis.scales import ROWS_PER_SEMITONE
from studio.analysis.spectrogram import FloatArray, SpectrogramSettings
from studio.analysis.windows import Window, window_samples

THRESHOLD = 3e-3  # of a kernel's peak: leaving out what is below moves no level by 0.1 dB
STEP = 8  # from one FFT's size to the next shorter one's
SMALLEST_FFT = 256
PARTS = 8  # of a long FFT whose lowest bins are asked for
QUALITY = 1 / (2 ** (1 / (12 * ROWS_PER_SEMITONE)) - 1)  # centre frequency over bandwidth


class ConstantQ:
    """Sparse kernels on the FFTs of the middle of a window.

    A band at frequency f is seen through a window of Q periods, in the middle of the samples; where
    that is longer than they are (below some 150 Hz) the window is the whole of them, and the band
    as wide as that allows. Short windows are seen in short FFTs, where they are fewer bins wide.

    Source
    ------
    Brown and Puckette, "An efficient algorithm for the calculation of a constant Q transform",
    JASA 92 (1992): the kernels are multiplied in the frequency domain, where each is a few bins.
    """

    def __init__(self, settings: SpectrogramSettings) -> None:
        kernels = [_kernel(float(hz), settings) for hz in settings.row_hz]
        sizes = sorted({kernel.size for kernel in kernels}, reverse=True)
        self._spectra: list[_LowSpectrum] = []
        bins, before = [], 0
        for size in sizes:
            ours = [kernel for kernel in kernels if kernel.size == size]
            count = max(kernel.after for kernel in ours)
            self._spectra.append(_LowSpectrum(settings.n_fft, size, count))
            bins += [before + np.arange(kernel.first, kernel.after) for kernel in ours]
            before += count
        self._bins = np.concatenate(bins)
        self._weights = np.concatenate([kernel.weights for kernel in kernels])
        self._starts = np.cumsum([0, *(len(part) for part in bins)][:-1])

    def power(self, samples: FloatArray) -> FloatArray:
        """Power of each row, shape (n_rows,), of samples of shape (n_fft,); 1 is a full sine."""
        spectra = np.concatenate([spectrum.of(samples) for spectrum in self._spectra])
        products = spectra[self._bins]
        products *= self._weights
        bands = np.add.reduceat(products, self._starts)
        power: FloatArray = bands.real**2 + bands.imag**2
        return power


class _LowSpectrum:
    """The lowest `count` bins of the FFT of the middle `size` of `n_fft` samples.

    Where these are few of many, the FFTs of every eighth sample hold them all, and only what is
    asked for is put together: half the work.
    """

    def __init__(self, n_fft: int, size: int, count: int) -> None:
        start = (n_fft - size) // 2
        self._middle, self._count = slice(start, start + size), count
        turns = np.exp(-2j * np.pi / size * np.outer(np.arange(PARTS), np.arange(count)))
        self._turns = turns.astype(np.complex64) if count <= size // PARTS // 2 else None

    def of(self, samples: FloatArray) -> NDArray[np.complex64]:
        """The bins, shape (count,), of samples of shape (n_fft,)."""
        middle = samples[self._middle]
        if self._turns is None:
            return np.fft.rfft(middle)[: self._count].astype(np.complex64, copy=False)
        parts = np.fft.rfft(middle.reshape(-1, PARTS).T)[:, : self._count]
        whole: NDArray[np.complex64] = (parts * self._turns).sum(axis=0, dtype=np.complex64)
        return whole


@dataclass(frozen=True, slots=True)
class _Kernel:
    """A band's window and wave as weights of the bins from `first` on of an FFT of `size`."""

    size: int
    first: int
    weights: NDArray[np.complex64]

    @property
    def after(self) -> int:
        return self.first + len(self.weights)


def _kernel(hz: float, settings: SpectrogramSettings) -> _Kernel:
    length = min(settings.n_fft, max(16, round(QUALITY * settings.sample_rate / hz)))
    size = settings.n_fft
    while size >= STEP * length and size >= STEP * SMALLEST_FFT:
        size //= STEP
    shape = window_samples(_soft(settings.window), length).astype(np.float64)
    start = (size - length) // 2
    wave = np.zeros(size, dtype=np.complex128)
    phase = 2j * np.pi * hz / settings.sample_rate * np.arange(length)
    wave[start : start + length] = shape / shape.sum() * np.exp(phase)
    # A real sine of amplitude 1 holds half of it at +hz: hence 2; Parseval's theorem: hence 1/n.
    weights = 2 / size * np.fft.fft(wave)[: size // 2 + 1].conj()
    strong = np.flatnonzero(np.abs(weights) > THRESHOLD * np.abs(weights).max())
    first, after = int(strong[0]), int(strong[-1]) + 1
    return _Kernel(size, first, weights[first:after].astype(np.complex64))


def _soft(window: Window) -> Window:
    """A rectangle's kernels would be as long as the FFT: Hann stands in for it."""
    return "hann" if window == "rectangular" else window
