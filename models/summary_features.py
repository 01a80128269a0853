"""Sound to a few numbers: what timbre, harmony and loudness are like on average in a window.

The classical way to tell genres, for a baseline. librosa is imported when it is first needed:
that takes a second, and the app's own process never does it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

N_MFCC = 20
N_CHROMA = 12
N_BANDS = 6  # of spectral contrast, which gives one more
N_STATISTICS = 5  # centroid, bandwidth, rolloff, flatness, zero crossings
N_ROWS = 2 * N_MFCC + N_CHROMA + N_BANDS + 1 + N_STATISTICS
N_SUMMARY = 2 * N_ROWS
PEAK_FLOOR = 1e-9

FloatArray = NDArray[np.float32]


def summary_features(
    y: NDArray[np.floating[Any]], *, sample_rate: int, n_fft: int, hop_length: int
) -> FloatArray:
    """Means and deviations over the frames of a window, shape (N_SUMMARY,).

    20 mel-frequency cepstral coefficients and their changes, 12 pitch classes, spectral contrast
    of 7 bands, spectral centroid, bandwidth, rolloff and flatness, zero crossings. The window is
    brought to a peak of 1 first, so its level does not count; silence gives zeros.

    Parameters
    ----------
    y : array, shape (n_samples,)
        Mono sound.
    sample_rate : int
        In Hz.
    n_fft, hop_length : int
        In samples.

    Source
    ------
    Tzanetakis & Cook 2002, Musical genre classification of audio signals; computed by librosa.
    """
    from librosa import feature

    samples = np.asarray(y, dtype=np.float32)
    samples = np.pad(samples, (0, max(0, 16 * hop_length - len(samples))), mode="wrap")
    peak = float(np.abs(samples).max())
    if peak < PEAK_FLOOR:
        return np.zeros(N_SUMMARY, np.float32)
    samples = samples / peak
    grid: dict[str, Any] = {"n_fft": n_fft, "hop_length": hop_length}
    both: dict[str, Any] = {"sr": sample_rate, **grid}
    mfcc = feature.mfcc(y=samples, n_mfcc=N_MFCC, **both)
    rows = [
        mfcc,
        feature.delta(mfcc),
        feature.chroma_stft(y=samples, tuning=0.0, **both),
        feature.spectral_contrast(y=samples, fmin=150.0, n_bands=N_BANDS, **both),
        feature.spectral_centroid(y=samples, **both) / 1000,
        feature.spectral_bandwidth(y=samples, **both) / 1000,
        feature.spectral_rolloff(y=samples, **both) / 1000,
        np.log10(feature.spectral_flatness(y=samples, **grid)),
        feature.zero_crossing_rate(samples, frame_length=n_fft, hop_length=hop_length),
    ]
    values = np.concatenate(rows)  # (N_ROWS, frames)
    return np.concatenate([values.mean(axis=1), values.std(axis=1)]).astype(np.float32)
