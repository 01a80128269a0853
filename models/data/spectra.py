"""Coarse log spectra: more tracks to learn from where only their spectra could be had.

A file of spectra is an `.npz` with `X` (tracks, bands, columns), `genre`, `split` and `track_id`:
mel-spaced bands of the log power of 256-sample frames, one frame a column, each track on a scale
of its own. `models.features.coarse_frames` hears sound in the same way.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from models.data.audio_dataset import AudioDataset, Clip
from models.data.audio_features import HeardClip
from models.data.audio_files import read_audio
from models.errors import ModelError
from models.features import FeatureSettings, coarse_frames, refine

RANGE_DB = 70.0  # what 255 steps are taken to span; a window's scale is lost anyway
COARSE = "coarse"  # marks the source of a clip heard in this way
Log = Callable[[str], None]


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
