"""Made-up genres for tests: 'beeps' are high sine notes, 'thumps' low noise bursts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile
import torch
from numpy.typing import NDArray

from models.card import Card
from models.features import FeatureSettings
from models.model_folder import save_model_folder
from models.networks.genre_net import GenreNet
from models.training.genre import export_onnx

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


def write_model(folder: Path, *, onnx: bool = False, labels: Sequence[str] = tuple(SOUNDS)) -> Path:
    """A genre model with random weights."""
    torch.manual_seed(0)
    features = FeatureSettings(n_mels=32, window_s=1.0)
    config = {"n_classes": len(labels), "n_mels": 32, "width": 4}
    network = GenreNet(**config).eval()
    with torch.no_grad():  # far from indifferent, so that differences would show
        network.votes.weight *= 20
    card = Card(
        name="random",
        kind="genre",
        architecture="genre-cnn",
        config=config,
        labels=list(labels),
        features=features.to_json(),
    )
    content = export_onnx(network, features) if onnx else None
    save_model_folder(folder, network.state_dict(), card, content)
    return folder
