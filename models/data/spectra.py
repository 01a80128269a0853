"""Coarse log spectra: more tracks to learn from where only their spectra could be had.

A file of spectra is an `.npz` with `X` (tracks, bands, columns), `genre`, `split` and `track_id`:
mel-spaced bands of the log power of 256-sample frames, one frame a column, each track on a scale
of its own. `coarse_frames` hears sound in the same way, so that a network learns both from clips.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import fft, signal

from models.data.audio_dataset import AudioDataset, Clip
from models.data.audio_features import HeardClip
from models.data.audio_files import read_audio
from models.errors import ModelError
from models.features import FeatureSettings, FloatArray, mel_centres_hz

N_FFT = 256
COLUMN_S = 0.06048
LOW_HZ, HIGH_HZ = 60.0, 10900.0
N_BANDS = 48
RANGE_DB = 70.0  # what 255 steps are taken to span; a window's scale is lost anyway
COARSE = "coarse"  # marks the source of a clip heard in this way
Log = Callable[[str], None]


def _band_edges_hz(n_bands: int) -> NDArray[np.float64]:
    low, high = 1127 * np.log1p(np.array([LOW_HZ, HIGH_HZ]) / 700)
    return np.asarray(700 * np.expm1(np.linspace(low, high, n_bands + 1) / 1127))


@lru_cache(maxsize=2)
def _band_means(sample_rate: int) -> FloatArray:
    """The matrix that averages bins in bands, shape (N_BANDS, N_FFT // 2)."""
    edges = _band_edges_hz(N_BANDS)
    bins = np.arange(N_FFT // 2) * sample_rate / N_FFT
    rows = np.zeros((N_BANDS, len(bins)), dtype=np.float32)
    for row, low, high in zip(rows, edges, edges[1:], strict=False):
        row[(bins >= low) & (bins < high)] = 1
        if not row.any():
            row[min(len(bins) - 1, round((low + high) / 2 / bins[1]))] = 1
    return np.asarray(rows / rows.sum(axis=1, keepdims=True))


def coarse_frames(y: FloatArray, settings: FeatureSettings) -> FloatArray:
    """Sound heard coarsely, in dB, shape (settings.n_mels, frames), frames as `log_mel` has them.

    `y` is mono, shape (n_samples,), at `settings.sample_rate`.
    """
    if len(y) < N_FFT:
        y = np.pad(y, (0, N_FFT - len(y)))
    parts = np.lib.stride_tricks.sliding_window_view(y, N_FFT)
    parts = parts[:: round(COLUMN_S * settings.sample_rate)]
    parts = parts - parts.mean(axis=1, keepdims=True)
    window = signal.get_window(("tukey", 0.25), N_FFT).astype(np.float32)
    power = np.abs(fft.rfft(parts * window, axis=1)[:, : N_FFT // 2]) ** 2
    columns = _band_means(settings.sample_rate) @ (10 * np.log10(power.T + 1e-12))
    return refine(columns, settings)


def refine(columns: NDArray[Any], settings: FeatureSettings) -> FloatArray:
    """Coarse columns on the grid of `log_mel`, (bands, columns) -> (n_mels, frames), by lines."""
    edges = _band_edges_hz(len(columns))
    wanted = np.interp(
        mel_centres_hz(settings), (edges[1:] + edges[:-1]) / 2, np.arange(len(columns))
    )
    seconds = columns.shape[1] * COLUMN_S
    n_frames = settings.frames_in(round(seconds * settings.sample_rate))
    times = np.arange(n_frames) * settings.hop_length / settings.sample_rate / COLUMN_S
    by_band = _between(np.asarray(columns, np.float32), wanted)
    return _between(by_band.T, times).T


def _between(rows: FloatArray, places: NDArray[np.float64]) -> FloatArray:
    """Rows at places between them, shape (places, n)."""
    low = np.clip(places.astype(int), 0, len(rows) - 1)
    high = np.minimum(low + 1, len(rows) - 1)
    share = np.clip(places - low, 0, 1).astype(np.float32)[:, None]
    return np.asarray(rows[low] * (1 - share) + rows[high] * share)


def hear_coarsely(heard: Sequence[HeardClip], settings: FeatureSettings) -> list[HeardClip]:
    """The same clips as a file of spectra would have them."""
    frames = (coarse_frames(read_audio(h.clip.path, settings.sample_rate), settings) for h in heard)
    return [HeardClip(h.clip, f.astype(np.float16)) for h, f in zip(heard, frames, strict=True)]


def load_spectra(path: Path, dataset: AudioDataset, settings: FeatureSettings) -> list[HeardClip]:
    """The training tracks of a file of spectra, without those that `dataset` keeps for checking.

    Raises ModelError if the file is not one of spectra.
    """
    held = {clip.group for clip in dataset.clips if clip.split != "train"}
    try:
        with np.load(path, allow_pickle=False) as arrays:
            names = ("X", "genre", "split", "track_id")
            spectra, genres, splits, tracks = (arrays[name] for name in names)
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise ModelError(f"{path} is no file of spectra: {error}.") from error
    if spectra.ndim != 3 or not len(spectra) == len(genres) == len(splits) == len(tracks):
        raise ModelError(f"{path} is no file of spectra: its arrays do not fit together.")
    heard = []
    for spectrum, genre, split, track in zip(spectra, genres, splits, tracks, strict=True):
        if split == "train" and str(track) not in held:
            clip = Clip(path, str(track), str(genre), "train", str(track), path.stem)
            frames = refine(spectrum * np.float32(RANGE_DB / 255), settings)
            heard.append(HeardClip(clip, frames.astype(np.float16)))
    return heard


def describe_spectra(
    path: Path, heard: Sequence[HeardClip], dataset: AudioDataset
) -> dict[str, Any]:
    """What a card says of a file of spectra; its licence is that of the clips of its tracks."""
    tracks = {h.clip.group for h in heard}
    licences = sorted({c.licence for c in dataset.clips if c.group in tracks and c.licence})
    return {
        "name": path.stem,
        "licence": "; ".join(licences) or "not stated",
        "items": len(heard),
        "hash": hashlib.sha256(path.read_bytes()).hexdigest(),
        "split": f"train {len(heard)}",
    }
