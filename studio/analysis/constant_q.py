"""The constant-Q transform: every band as wide in pitch as any other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.analysis.scales import ROWS_PER_SEMITONE
from studio.analysis.spectrogram import FloatArray, SpectrogramSettings
from studio.analysis.windows import Window, window_samples

THRESHOLD = 3e-3  # of a kernel's peak: leaving out what is below moves no level by 0.1 dB
QUALITY = 1 / (2 ** (1 / (12 * ROWS_PER_SEMITONE)) - 1)  # centre frequency over bandwidth


class ConstantQ:
    """One sparse kernel on one FFT.

    A band at frequency f is seen through a window of Q periods, in the middle of the FFT's
    samples; where that is longer than the FFT (below some 150 Hz) the window is the whole of it,
    and the band as wide as that allows.

    Source
    ------
    Brown and Puckette, "An efficient algorithm for the calculation of a constant Q transform",
    JASA 92 (1992): the kernels are multiplied in the frequency domain, where each is a few bins.
    """

    def __init__(self, settings: SpectrogramSettings) -> None:
        self._n_fft = settings.n_fft
        bins: list[NDArray[np.intp]] = []
        weights: list[NDArray[np.complex64]] = []
        for hz in settings.row_hz:
            kernel = _kernel(float(hz), settings)
            strong = np.flatnonzero(np.abs(kernel) > THRESHOLD * np.abs(kernel).max())
            chosen = np.arange(strong[0], strong[-1] + 1)
            bins.append(chosen)
            weights.append(kernel[chosen].astype(np.complex64))
        self._bins = np.concatenate(bins)
        self._weights = np.concatenate(weights)
        self._starts = np.cumsum([0, *(len(part) for part in bins)][:-1])

    def power(self, samples: FloatArray) -> FloatArray:
        """Power of each row, shape (n_rows,), of samples of shape (n_fft,); 1 is a full sine."""
        spectrum = np.fft.rfft(samples).astype(np.complex64, copy=False)
        bands = np.add.reduceat(spectrum[self._bins] * self._weights, self._starts)
        power: FloatArray = bands.real**2 + bands.imag**2
        return power


def _kernel(hz: float, settings: SpectrogramSettings) -> NDArray[np.complex128]:
    """The band's window and wave as weights of the FFT's bins, shape (n_fft // 2 + 1,)."""
    n_fft, window = settings.n_fft, settings.window
    length = min(n_fft, max(16, round(QUALITY * settings.sample_rate / hz)))
    shape = window_samples(_soft(window), length).astype(np.float64)
    start = (n_fft - length) // 2
    wave = np.zeros(n_fft, dtype=np.complex128)
    phase = 2j * np.pi * hz / settings.sample_rate * np.arange(length)
    wave[start : start + length] = shape / shape.sum() * np.exp(phase)
    # A real sine of amplitude 1 holds half of it at +hz: hence 2; Parseval's theorem: hence 1/n.
    return 2 / n_fft * np.fft.fft(wave)[: n_fft // 2 + 1].conj()


def _soft(window: Window) -> Window:
    """A rectangle's kernels would be as long as the FFT: Hann stands in for it."""
    return "hann" if window == "rectangular" else window
