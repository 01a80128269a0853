"""Sound to log-mel frames, level-free: the same code live, offline and in training.

Only numpy and scipy here: the worker process, the training command and the tests share it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import fft, sparse

from models.summary_features import N_SUMMARY, summary_features

POWER_FLOOR = 1e-16  # -160 dB: far below any sound, so that quiet music keeps its shape
MAX_RATE = 192_000
MAX_WINDOW = 1 << 18  # values of one window: a minute in 64 bands is a third of it
DYNAMIC_RANGE_DB = 80.0  # what is further below the loudest point of a window is silence

# Coarse frames: one short look each 60 ms, its bands means of the log power and not of the power.
COARSE_N_FFT = 256
COARSE_COLUMN_S = 0.06048
COARSE_LOW_HZ, COARSE_HIGH_HZ = 60.0, 10900.0
COARSE_BANDS = 48
COARSE_FLOOR = 1e-12

FloatArray = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class FeatureSettings:
    """How sound becomes log-mel frames; written into a model's card.

    `fmin_hz` and `fmax_hz` bound the mel bands; `window_s` is the sound a model hears at a time.
    With `coarse`, it hears it a second time in coarse frames (see `coarse_frames`); with `summary`
    it is told a few numbers instead (see `models.summary_features`).
    """

    sample_rate: int = 22050
    n_fft: int = 2048
    hop_length: int = 512
    n_mels: int = 96
    fmin_hz: float = 30.0
    fmax_hz: float = 10500.0
    window_s: float = 3.0
    coarse: bool = False
    summary: bool = False

    def __post_init__(self) -> None:
        if not 8 <= self.hop_length <= self.n_fft <= 1 << 16:
            raise ValueError(f"{self.hop_length=} and {self.n_fft=} do not fit together")
        if not 0 <= self.fmin_hz < self.fmax_hz <= self.sample_rate / 2:
            raise ValueError(f"{self.fmin_hz=} to {self.fmax_hz=} at {self.sample_rate=}")
        if not 1 <= self.n_mels <= 512 or not 0.1 <= self.window_s <= 60:
            raise ValueError(f"{self.n_mels=}, {self.window_s=}")
        if self.sample_rate > MAX_RATE or self.n_mels * self.window_frames > MAX_WINDOW:
            raise ValueError("a window of more numbers than a model can hear")

    @property
    def window_samples(self) -> int:
        """The samples of one window."""
        return round(self.window_s * self.sample_rate)

    @property
    def window_frames(self) -> int:
        """The frames of one window."""
        return self.frames_in(self.window_samples)

    @property
    def window_shape(self) -> tuple[int, ...]:
        """The shape of what `window_features` makes."""
        if self.summary:
            return (N_SUMMARY,)
        shape = (self.n_mels, self.window_frames)
        return (2, *shape) if self.coarse else shape

    def frames_in(self, n_samples: int) -> int:
        """How many frames `log_mel` makes of `n_samples`, at least 1."""
        return 1 + max(0, n_samples - self.n_fft) // self.hop_length

    def to_json(self) -> dict[str, Any]:
        """The settings as a JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> FeatureSettings:
        """Raises TypeError or ValueError where `data` is not what `to_json` makes."""
        return cls(**{field.name: data[field.name] for field in fields(cls) if field.name in data})


def hz_to_mel(hz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Frequencies in mel, linear below 1 kHz and logarithmic above, any shape.

    Source
    ------
    Slaney 1998, Auditory Toolbox: 200/3 Hz to a mel below 1 kHz, a factor 6.4 in 27 mel above.
    """
    linear = hz * 3 / 200
    return np.where(hz < 1000, linear, 15 + 27 * np.log(np.maximum(hz, 1) / 1000) / np.log(6.4))


def mel_to_hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    """The inverse of `hz_to_mel`, any shape."""
    return np.where(mel < 15, mel * 200 / 3, 1000 * np.exp((mel - 15) * np.log(6.4) / 27))


def mel_centres_hz(settings: FeatureSettings) -> NDArray[np.float64]:
    """The frequency at the peak of each mel band in Hz, shape (n_mels,)."""
    return _mel_edges_hz(settings)[1:-1]


def _mel_edges_hz(settings: FeatureSettings) -> NDArray[np.float64]:
    ends = hz_to_mel(np.array([settings.fmin_hz, settings.fmax_hz]))
    return mel_to_hz(np.linspace(ends[0], ends[1], settings.n_mels + 2))


@lru_cache(maxsize=8)
def mel_filterbank(settings: FeatureSettings) -> FloatArray:
    """Triangular bands of equal area, shape (n_mels, n_fft // 2 + 1).

    A band lies between the centres of its neighbours; its height is 2 / width in Hz, so white
    noise has the same power in each.
    """
    bins = fft.rfftfreq(settings.n_fft, 1 / settings.sample_rate)
    edges = _mel_edges_hz(settings)
    low, centre, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    rising, falling = (bins - low) / (centre - low), (high - bins) / (high - centre)
    bank = np.maximum(0, np.minimum(rising, falling)) * (2 / (high - low))
    return np.asarray(bank, dtype=np.float32)


@lru_cache(maxsize=8)
def _sparse_filterbank(settings: FeatureSettings) -> Any:
    return sparse.csr_matrix(mel_filterbank(settings))


@lru_cache(maxsize=8)
def _window(n_fft: int) -> FloatArray:
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n_fft) / n_fft)
    return np.asarray(hann / hann.sum() * 2, dtype=np.float32)  # a full-scale sine has power 1


def log_mel(y: NDArray[np.floating[Any]], settings: FeatureSettings) -> FloatArray:
    """Power in mel bands, in dB.

    Frame t covers the samples from `t * hop_length` to `t * hop_length + n_fft`; nothing is
    padded, so frames of a part of `y` are a part of the frames of `y`. Sound shorter than
    `n_fft` is followed by silence.

    Parameters
    ----------
    y : array, shape (n_samples,)
        Mono sound at `settings.sample_rate`.
    settings : FeatureSettings

    Returns
    -------
    array, float32, shape (n_mels, frames)

    Raises
    ------
    ValueError
        If `y` is empty, has not one dimension, or has values that are not finite.
    """
    samples = _checked(y)
    if len(samples) < settings.n_fft:
        samples = np.pad(samples, (0, settings.n_fft - len(samples)))
    frames = np.lib.stride_tricks.sliding_window_view(samples, settings.n_fft)
    frames = frames[:: settings.hop_length]  # (frames, n_fft)
    spectrum = fft.rfft(frames * _window(settings.n_fft), axis=1)
    power = spectrum.real**2 + spectrum.imag**2  # (frames, n_fft // 2 + 1)
    mel = _sparse_filterbank(settings) @ power.T  # (n_mels, frames)
    decibels: FloatArray = (10 * np.log10(np.maximum(mel, POWER_FLOOR))).astype(np.float32)
    return decibels


def _checked(y: NDArray[np.floating[Any]]) -> FloatArray:
    if y.ndim != 1 or not len(y):
        raise ValueError(f"mono sound expected, got an array of shape {y.shape}")
    samples = np.asarray(y, dtype=np.float32)
    if not np.isfinite(samples).all():
        raise ValueError("the sound has values that are not finite")
    return samples


def fit_frames(frames: NDArray[Any], count: int) -> NDArray[Any]:
    """The first `count` frames, shape (n_mels, count); fewer are repeated from the beginning."""
    missing = count - frames.shape[1]
    if missing <= 0:
        return frames[:, :count]
    return np.pad(frames, ((0, 0), (0, missing)), mode="wrap")


def level_free(decibels: NDArray[Any]) -> FloatArray:
    """Frames without their level: zero mean and unit deviation over the window.

    Sound 20 dB quieter gives the same values; what lies more than 80 dB below the loudest point
    counts as silence, and a silent window is all zeros.

    Parameters
    ----------
    decibels : array, shape (n_mels, frames)

    Returns
    -------
    array, float32, shape (n_mels, frames)
    """
    values = np.maximum(decibels, decibels.max() - DYNAMIC_RANGE_DB).astype(np.float32)
    values -= values.mean()
    deviation = float(values.std())
    return values / deviation if deviation > 1e-3 else np.zeros_like(values)


def window_features(y: NDArray[np.floating[Any]], settings: FeatureSettings) -> FloatArray:
    """What a genre model hears in one window: level-free log-mel, shape (n_mels, window_frames).

    With `settings.coarse`, the same window in coarse frames follows: (2, n_mels, window_frames);
    with `settings.summary` it is `models.summary_features.summary_features` alone: (N_SUMMARY,).
    `y` has shape (n_samples,); a shorter sound is repeated, of a longer one the beginning counts.
    Raises ValueError as `log_mel` does.
    """
    y = y[: settings.window_samples]
    if settings.summary:
        return summary_features(
            _checked(y),
            sample_rate=settings.sample_rate,
            n_fft=settings.n_fft,
            hop_length=settings.hop_length,
        )
    frames = _fitted(log_mel(y, settings), settings)
    if not settings.coarse:
        return frames
    return np.stack([frames, _fitted(coarse_frames(y, settings), settings)])


def _fitted(decibels: FloatArray, settings: FeatureSettings) -> FloatArray:
    return level_free(fit_frames(decibels, settings.window_frames))


def coarse_frames(y: NDArray[np.floating[Any]], settings: FeatureSettings) -> FloatArray:
    """Sound heard coarsely, in dB, on the grid of `log_mel`.

    One frame of 256 samples in 60 ms; bands are the means of their bins' decibels.

    Parameters
    ----------
    y : array, shape (n_samples,)
        Mono sound at `settings.sample_rate`.
    settings : FeatureSettings

    Returns
    -------
    array, float32, shape (n_mels, frames)
    """
    samples = np.asarray(y, dtype=np.float32)
    if len(samples) < COARSE_N_FFT:
        samples = np.pad(samples, (0, COARSE_N_FFT - len(samples)))
    parts = np.lib.stride_tricks.sliding_window_view(samples, COARSE_N_FFT)
    parts = parts[:: round(COARSE_COLUMN_S * settings.sample_rate)]
    parts = parts - parts.mean(axis=1, keepdims=True)
    spectrum = fft.rfft(parts * _tapered(COARSE_N_FFT), axis=1)[:, : COARSE_N_FFT // 2]
    decibels = 10 * np.log10(spectrum.real**2 + spectrum.imag**2 + COARSE_FLOOR)
    return refine(_band_means(settings.sample_rate) @ decibels.T, settings)


def refine(columns: NDArray[Any], settings: FeatureSettings) -> FloatArray:
    """Coarse columns on the grid of `log_mel`, (bands, columns) -> (n_mels, frames), by lines."""
    edges = _coarse_edges_hz(len(columns))
    wanted = np.interp(
        mel_centres_hz(settings), (edges[1:] + edges[:-1]) / 2, np.arange(len(columns))
    )
    seconds = columns.shape[1] * COARSE_COLUMN_S
    n_frames = settings.frames_in(round(seconds * settings.sample_rate))
    times = np.arange(n_frames) * settings.hop_length / settings.sample_rate / COARSE_COLUMN_S
    by_band = _between(np.asarray(columns, np.float32), wanted)
    return np.ascontiguousarray(_between(by_band.T, times).T)


def _between(rows: FloatArray, places: NDArray[np.float64]) -> FloatArray:
    """Rows at places between them, shape (places, n)."""
    low = np.clip(places.astype(int), 0, len(rows) - 1)
    high = np.minimum(low + 1, len(rows) - 1)
    share = np.clip(places - low, 0, 1).astype(np.float32)[:, None]
    return np.asarray(rows[low] * (1 - share) + rows[high] * share)


def _coarse_edges_hz(n_bands: int) -> NDArray[np.float64]:
    low, high = 1127 * np.log1p(np.array([COARSE_LOW_HZ, COARSE_HIGH_HZ]) / 700)
    return np.asarray(700 * np.expm1(np.linspace(low, high, n_bands + 1) / 1127))


@lru_cache(maxsize=2)
def _tapered(n: int) -> FloatArray:
    """A window that is flat but for an eighth at each end (Tukey, 0.25), shape (n,)."""
    place = np.minimum(np.arange(n), n - np.arange(n)) / (n / 8)
    return np.asarray(0.5 - 0.5 * np.cos(np.pi * np.minimum(place, 1)), dtype=np.float32)


@lru_cache(maxsize=2)
def _band_means(sample_rate: int) -> FloatArray:
    """The matrix that averages bins in coarse bands, shape (COARSE_BANDS, COARSE_N_FFT // 2)."""
    edges = _coarse_edges_hz(COARSE_BANDS)
    bins = np.arange(COARSE_N_FFT // 2) * sample_rate / COARSE_N_FFT
    rows = np.zeros((COARSE_BANDS, len(bins)), dtype=np.float32)
    for row, low, high in zip(rows, edges, edges[1:], strict=False):
        row[(bins >= low) & (bins < high)] = 1
        if not row.any():
            row[min(len(bins) - 1, round((low + high) / 2 / bins[1]))] = 1
    return np.asarray(rows / rows.sum(axis=1, keepdims=True))
