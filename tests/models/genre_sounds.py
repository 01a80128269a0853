"""Made-up genres for tests: 'beeps' are high sine notes, 'thumps' low noise bursts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

RATE = 22050


def beeps(seconds: float, seed: int, rate: int = RATE) -> NDArray[np.float32]:
    """Sine notes between 800 and 2000 Hz, four a second."""
    rng = np.random.default_rng(seed)
    t = np.arange(round(seconds * rate)) / rate
    hz = rng.uniform(800, 2000, int(seconds * 4) + 1)[(t * 4).astype(int)]
    y = 0.3 * np.sin(2 * np.pi * np.cumsum(hz) / rate) * np.exp(-4 * (t * 4 % 1))
    return np.asarray(y + 1e-3 * rng.standard_normal(len(t)), dtype=np.float32)


def thumps(seconds: float, seed: int, rate: int = RATE) -> NDArray[np.float32]:
    """Bursts of low-passed noise, twice a second."""
    rng = np.random.default_rng(seed)
    t = np.arange(round(seconds * rate)) / rate
    noise = np.convolve(rng.standard_normal(len(t)), np.ones(64) / 8, mode="same")
    return np.asarray(0.2 * noise * np.exp(-6 * (t * 2 % 1)), dtype=np.float32)


SOUNDS = {"beeps": beeps, "thumps": thumps}


def write_genres(folder: Path, n_files: int = 4, seconds: float = 3.0) -> Path:
    """A folder per genre with `n_files` WAVs each."""
    for genre, sound in SOUNDS.items():
        (folder / genre).mkdir(parents=True)
        for i in range(n_files):
            soundfile.write(folder / genre / f"{i}.wav", sound(seconds, i), RATE)
    return folder


def write_manifest(folder: Path, rows: Sequence[str]) -> Path:
    """A manifest.csv of `rows` under the columns path, genre, split, group."""
    path = folder / "manifest.csv"
    path.write_text("\n".join(["path,genre,split,group", *rows]) + "\n", encoding="utf-8")
    return path
