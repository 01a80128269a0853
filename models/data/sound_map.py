"""A data set as points in a plane, alike beside alike, and which of them are unlike their class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from models.features import FeatureSettings, log_mel
from models.protocol import Piece

N_BANDS, N_COEFFICIENTS = 24, 13
LOW_HZ, HIGH_HZ = 60.0, 5000.0
FRAME_S = 0.046
MOST_SECONDS = 60.0  # of a file, from its middle, tell what it is like
COMPARED = 6  # principal components that say how far apart two items are
MIN_ITEMS = 8  # of a class: fewer have no typical member
FAR = 3.5  # times as far from the middle of the class as half of the class
TIGHT = 0.25  # of the median distance of all: copies of one sound are no measure

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class DataMap:
    """Where each item is, shape (n, 2), within -1 and 1; and which are unlike their class."""

    places: NDArray[np.float64]
    is_unusual: NDArray[np.bool_]


def cepstra(
    y: NDArray[np.float32],
    sample_rate: int,
    sizes: tuple[int, int],
    range_hz: tuple[float, float],
    *,
    hops: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The bands of the middle of a sound and their cepstra.

    Parameters
    ----------
    y : array of float32, shape (n_samples,)
        Mono, not empty.
    sample_rate : int
        In Hz.
    sizes : (int, int)
        Of bands and of coefficients.
    range_hz : (float, float)
        Lowest and highest frequency.
    hops : int
        Frames that begin within the length of one.

    Returns
    -------
    bands : array, shape (bands, n_frames)
        In dB, at least 80 below the loudest.
    cepstra : array, shape (coefficients, n_frames)
        Without the first, which is the level.
    """
    n_bands, n_coefficients = sizes
    low, high = range_hz
    extra = max(0, len(y) - round(MOST_SECONDS * sample_rate)) // 2
    n_fft = 1 << max(6, round(np.log2(FRAME_S * sample_rate)))
    high = min(high, 0.49 * sample_rate)
    settings = FeatureSettings(sample_rate, n_fft, n_fft // hops, n_bands, low, high, window_s=1.0)
    bands = log_mel(y[extra : len(y) - extra], settings).astype(np.float64)
    bands = np.maximum(bands, bands.max() - 80)  # what is so far below is silence
    return bands, fft.dct(bands, axis=0, norm="ortho")[1 : n_coefficients + 1]


def sound_features(y: NDArray[np.float32], sample_rate: int) -> Vector:
    """What a sound is like: means and deviations of 13 cepstral coefficients, shape (26,).

    Parameters
    ----------
    y : array of float32, shape (n_samples,)
        Mono, not empty. Its level does not count.
    sample_rate : int
        In Hz.

    Source
    ------
    Davis & Mermelstein 1980, Comparison of parametric representations for monosyllabic word
    recognition; as means and deviations: Tzanetakis & Cook 2002.
    """
    _, cepstrum = cepstra(y, sample_rate, (N_BANDS, N_COEFFICIENTS), (LOW_HZ, HIGH_HZ), hops=1)
    return np.concatenate([cepstrum.mean(axis=1), cepstrum.std(axis=1)])


def score_features(piece: Piece) -> Vector:
    """What a piece with notes is like: eight figures, shape (8,)."""
    beat = max(1, piece.ticks_per_beat)
    pitches = np.array([note.pitch for note in piece.notes], dtype=float)
    lengths = np.array([note.duration for note in piece.notes], dtype=float) / beat
    starts = np.array([note.start for note in piece.notes], dtype=float) / beat * 4
    share = np.bincount(pitches.astype(int) % 12, minlength=12) / len(pitches)
    used = share[share > 0]
    return np.array(
        [
            np.log2(len(pitches) / max(1.0, piece.end / beat) + 0.01),
            pitches.mean(),
            pitches.std(),
            np.ptp(pitches),
            np.log2(lengths.mean()),
            lengths.sum() / max(1.0, piece.end / beat),
            float(np.mean(np.abs(starts - np.rint(starts)) < 0.05)),
            -float((used * np.log2(used)).sum()),
        ]
    )


def make_map(features: Sequence[Vector], classes: Sequence[str]) -> DataMap:
    """Lay items out by the two directions in which they differ most.

    Parameters
    ----------
    features : sequence of array, each of shape (n_features,)
    classes : sequence of str
        Of each item.

    Returns
    -------
    DataMap
        An item is unusual if it lies 3.5 times as far from the middle of its class, along the
        first six principal components, as half of the class does. Of 141 clips of eleven genres
        one is.

    Source
    ------
    Jolliffe 2002, Principal Component Analysis, section 10.1 on outliers.
    """
    n = len(features)
    if n < 2:
        return DataMap(np.zeros((n, 2)), np.zeros(n, dtype=bool))
    values = np.stack(features)
    spread = values.std(axis=0)
    values = (values - values.mean(axis=0)) / np.where(spread > 1e-9, spread, 1.0)
    _, _, directions = np.linalg.svd(values.T @ values)  # (n_features, n_features), n may be large
    directions *= np.sign(directions.sum(axis=1, keepdims=True) + 1e-12)  # the same each time
    components = values @ directions[:COMPARED].T  # (n, 6)
    plane = components[:, :2]
    low, high = plane.min(axis=0), plane.max(axis=0)
    places = (2 * plane - low - high) / np.maximum(high - low, 1e-9)
    return DataMap(places, _unusual(components, np.array(classes)))


def _unusual(components: NDArray[np.float64], classes: NDArray[Any]) -> NDArray[np.bool_]:
    away, usual = np.zeros(len(classes)), np.full(len(classes), np.inf)
    for name in np.unique(classes):
        members = np.flatnonzero(classes == name)
        inside = components[members]
        away[members] = np.linalg.norm(inside - np.median(inside, axis=0), axis=1)
        if len(members) >= MIN_ITEMS:
            usual[members] = np.median(away[members])
    return np.asarray(away > FAR * np.maximum(usual, TIGHT * np.median(away)))
