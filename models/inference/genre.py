"""A genre model at work: windows of sound to probabilities, the same live and from files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray

from models.card import ONNX_FILE, Card, refusal
from models.data.audio_files import read_native
from models.errors import ModelError
from models.features import FeatureSettings, FloatArray, window_features

HOP_SHARE = 0.5  # a file's windows overlap by half
SILENCE_PEAK = 1e-5  # -100 dB of full scale: nothing is playing
Network = Callable[[FloatArray], FloatArray]  # (1, *window_shape) -> (1, classes)


class GenreModel:
    """Names the genre of windows of sound. One thread at a time."""

    def __init__(self, card: Card, network: Network) -> None:
        if card.labels is None or card.features is None:
            raise ModelError(f"The model '{card.name}' is no genre model: its card has no labels.")
        self.card = card
        self.labels: tuple[str, ...] = tuple(card.labels)
        try:
            self.features = FeatureSettings.from_json(card.features)
        except (TypeError, ValueError) as error:
            message = f"The card of '{card.name}' has features that can't be made: {error}."
            raise ModelError(message) from error
        self._network = network

    @classmethod
    def load(cls, folder: Path) -> GenreModel:
        """Load a model folder; its `model.onnx` runs where there is one, else torch.

        Raises ModelError if the card, a hash or a shape does not fit.
        """
        folder = Path(folder)
        card = Card.load(folder)
        if card.kind != "genre":
            raise refusal(folder, f"it is of kind '{card.kind}', not 'genre'")
        model = cls(card, _network(folder))
        model._check_output(folder)
        return model

    @property
    def window_s(self) -> float:
        """The sound that one answer is about, in seconds."""
        return self.features.window_s

    def classify(self, y: NDArray[np.floating[Any]], sample_rate: int) -> dict[str, float]:
        """The probability of each label for one window.

        Parameters
        ----------
        y : array, shape (n_samples,)
            Mono sound, `window_s` long; of a longer one the beginning counts, a shorter one is
            repeated.
        sample_rate : int
            Of `y`, in Hz.

        Returns
        -------
        dict of float
            By label, adding up to 1; all alike if `y` is silent.

        Raises
        ------
        ValueError
            If `y` is empty, has not one dimension, or has values that are not finite.
        """
        return dict(zip(self.labels, self._window(y, sample_rate).tolist(), strict=True))

    def _window(self, y: NDArray[np.floating[Any]], sample_rate: int) -> NDArray[np.float64]:
        y = y[: self._samples(sample_rate)]
        if y.ndim == 1 and len(y) and np.abs(y).max() < SILENCE_PEAK:
            return np.full(len(self.labels), 1 / len(self.labels))
        if sample_rate != self.features.sample_rate and len(y):
            y = soxr.resample(np.asarray(y, np.float32), sample_rate, self.features.sample_rate)
            y = y if len(y) else np.zeros(1, np.float32)  # less than one sample at the new rate
        logits = self._network(window_features(y, self.features)[None])[0].astype(np.float64)
        odds = np.exp(logits - logits.max())
        return np.asarray(odds / odds.sum())

    def classify_file(self, path: Path) -> dict[str, Any]:
        """The entry of `studio classify` for a file: windows each half a window, and their mean.

        Raises ModelError if the file can't be read.
        """
        return {"path": str(path), **self.classify_sound(*read_native(path))}

    def classify_sound(self, y: FloatArray, sample_rate: int) -> dict[str, Any]:
        """What `classify_file` gives, but `path`, for the samples of a file: mono, its own rate."""
        size = self._samples(sample_rate)
        starts = window_starts(len(y), size)
        windows = [self._window(y[at : at + size], sample_rate) for at in starts]
        mean = dict(zip(self.labels, np.mean(windows, axis=0).tolist(), strict=True))
        genre = max(mean, key=lambda label: mean[label])
        return {
            "genre": genre,
            "confidence": mean[genre],
            "probabilities": mean,
            "seconds": len(y) / sample_rate,
            "windows": [
                {
                    "start_s": at / sample_rate,
                    "end_s": min(at + size, len(y)) / sample_rate,
                    "probabilities": dict(zip(self.labels, window.tolist(), strict=True)),
                }
                for at, window in zip(starts, windows, strict=True)
            ],
            "error": None,
        }

    def _samples(self, sample_rate: int) -> int:
        return max(1, round(self.window_s * sample_rate))

    def _check_output(self, folder: Path) -> None:
        """Run the network once: a card that promises other labels is refused at once."""
        frames = np.zeros((1, *self.features.window_shape), np.float32)
        try:
            found = self._network(frames).shape
        except Exception as error:
            raise refusal(folder, "its network can't hear what its card says") from error
        if found != (1, len(self.labels)):
            reason = f"its network gives {found[-1]} genres and its card {len(self.labels)}"
            raise refusal(folder, reason)


def window_starts(n_samples: int, size: int) -> list[int]:
    """Where the windows of a file begin: each half a window, and one that ends with the file."""
    hop = max(1, round(size * HOP_SHARE))
    last = max(0, n_samples - size)
    starts = list(range(0, last + 1, hop))
    return starts if starts[-1] == last else [*starts, last]


def _network(folder: Path) -> Network:
    return _onnx_network(folder) if (folder / ONNX_FILE).is_file() else _torch_network(folder)


def _onnx_network(folder: Path) -> Network:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 4
    path = str(folder / ONNX_FILE)
    try:
        onnxruntime.disable_telemetry_events()  # on Windows it is on
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise refusal(folder, f"{ONNX_FILE} can't be run ({str(error)[:120]})") from error
    name = session.get_inputs()[0].name
    return lambda x: np.asarray(session.run(None, {name: x})[0])


def _torch_network(folder: Path) -> Network:
    import torch

    from models.model_folder import load_network

    torch.set_num_threads(1)
    _, network = load_network(folder)
    return run_by_torch(network)


def run_by_torch(network: Any) -> Network:
    """A torch network as a function of arrays."""
    import torch

    def run(x: FloatArray) -> FloatArray:
        with torch.inference_mode():
            return np.asarray(network(torch.from_numpy(x)).numpy())

    return run
