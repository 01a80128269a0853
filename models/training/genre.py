"""Training of genre models: log-mel windows of clips, changed at random, to genres."""

from __future__ import annotations

import copy
import logging
import math
import re
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim import AdamW, Optimizer
from torch.optim.lr_scheduler import LambdaLR, LRScheduler

from models.card import Card
from models.data.audio_dataset import (
    AudioDataset,
    describe_sources,
    limit_clips,
    load_audio_dataset,
)
from models.data.audio_features import HeardClip, hear
from models.data.spectra import describe_spectra, hear_coarsely, load_spectra
from models.errors import ModelError
from models.features import FeatureSettings
from models.inference.genre import GenreModel, run_by_torch
from models.networks.genre_net import GenreNet
from models.training.genre_augment import Augmentation, augment, mix
from models.training.genre_batches import Part, cut_windows, file_windows, pool

Batch = dict[str, Tensor]
Log = Callable[[str], None]
VALID_BATCH = 64
WARM_UP = 0.15  # share of the run
MIN_TO_CALIBRATE = 20  # clips: fewer say nothing about confidence
TEMPERATURES = np.geomspace(0.25, 4, 49)
RESTRICTED = re.compile(r"research|no licence|not stated|\bNC\b", re.IGNORECASE)
NOTES = (
    "Hears windows of {window_s:g} s at any level. The validation clips chose the best epoch and "
    "the temperature, so the figures on them are a little hopeful. What the data set groups "
    "(artists where it knows them, else tracks) is in one split only."
)
RESTRICTED_NOTES = (
    " Recordings of {names} are under licences for research or non-commercial use, or under none "
    "that is stated: a commercial user should train on their own music (studio train genre FOLDER)."
)


@dataclass(frozen=True, slots=True)
class Settings:
    """What `--set name=value` changes.

    An epoch is `crops_per_epoch` random windows of clips; the learning rate rises to
    `learning_rate` and falls to nothing over all `epochs`. `balance` is between 0, drawing clips
    as often as they are, and 1, every genre equally often. `augmentation` scales every change
    made to the sound (1: as far as rooms and players go), `mixup` blends windows (0: not).
    `width` sets the network's size, `n_mels` and `window_s` what it hears. Training ends early
    after `patience` epochs without a better model (0: never).

    `spectra` names a file of coarse spectra (see `models.data.spectra`) in the data's folder or
    elsewhere: `spectra_share` of the windows then come from it, and of the clips' windows
    `coarse_share` are heard as coarsely, so that what is learned there holds for sound.
    """

    epochs: int = 60
    patience: int = 25
    batch_size: int = 32
    crops_per_epoch: int = 1024
    learning_rate: float = 3e-3
    weight_decay: float = 0.02
    width: int = 24
    dropout: float = 0.2
    label_smoothing: float = 0.1
    mixup: float = 0.2
    balance: float = 0.7
    augmentation: float = 0.6
    n_mels: int = 96
    window_s: float = 3.0
    spectra: str = ""
    spectra_share: float = 0.45
    coarse_share: float = 0.35

    def __post_init__(self) -> None:
        if min(self.epochs, self.batch_size, self.width) < 1 or self.crops_per_epoch < 2:
            raise ValueError("epochs, batch_size, crops_per_epoch and width must be at least 1")
        shares = (self.balance, self.label_smoothing, self.spectra_share, self.coarse_share)
        if not all(0 <= share <= 1 for share in shares) or self.label_smoothing == 1:
            raise ValueError("balance, label_smoothing and the shares must be between 0 and 1")

    @property
    def features(self) -> FeatureSettings:
        """How the network hears."""
        return FeatureSettings(n_mels=self.n_mels, window_s=self.window_s)


PRESETS: dict[str, dict[str, Any]] = {
    "default": {},
    "tiny": {
        "epochs": 4,
        "batch_size": 16,
        "crops_per_epoch": 128,
        "width": 8,
        "n_mels": 48,
        "learning_rate": 1e-2,
        "window_s": 1.5,
        "mixup": 0.0,
    },
}


class GenreTask:
    """Learns the genre of random windows of clips."""

    kind = "genre"

    def __init__(
        self,
        heard: dict[str, list[HeardClip]],
        sources: list[dict[str, Any]],
        settings: Settings,
        seed: int,
        extra: Sequence[Part] = (),
    ) -> None:
        self.heard = heard
        self.sources = sources
        self.settings = settings
        self.seed = seed
        self.labels = sorted({h.clip.genre for h in heard["train"]})
        network = GenreNet(**self._config())
        # Channels last: convolutions on the CPU take half the time.
        self.network: nn.Module = cast("Any", network).to(memory_format=torch.channels_last)
        share = 1 - sum(share for _, share in extra)
        self._train, self._chances = pool([(heard["train"], share), *extra], settings.balance)
        self._targets = self._targets_of(self._train)
        known = [h for h in heard["valid"] if h.clip.genre in self.labels]
        self._valid_targets = self._targets_of(known)
        self._valid_windows, self._valid_owners = file_windows(known, settings.features)
        strength = settings.augmentation
        self._augmentation = Augmentation().scaled(strength, mixup=settings.mixup)

    def _config(self) -> dict[str, Any]:
        settings = self.settings
        return {
            "n_classes": len(self.labels),
            "n_mels": settings.n_mels,
            "width": settings.width,
            "dropout": settings.dropout,
        }

    def _targets_of(self, heard: Sequence[HeardClip]) -> NDArray[np.int64]:
        return np.array([self.labels.index(h.clip.genre) for h in heard], dtype=np.int64)

    def n_batches(self) -> int:
        """Batches an epoch."""
        return max(1, self.settings.crops_per_epoch // self.settings.batch_size)

    def train_batches(self, epoch: int) -> Iterator[Batch]:
        """The batches of an epoch, the same for the same seed and epoch."""
        generator = np.random.default_rng([self.seed, epoch])
        frames = self.settings.features.window_frames
        for _ in range(self.n_batches()):
            drawn = generator.choice(
                len(self._train), self.settings.batch_size, p=self._chances
            ).astype(int)
            x = cut_windows([self._train[i] for i in drawn], frames, generator)
            y = F.one_hot(torch.from_numpy(self._targets[drawn]), len(self.labels)).float()
            smoothing = self.settings.label_smoothing
            y = y * (1 - smoothing) + smoothing / len(self.labels)
            x = augment(x, frames, generator, self._augmentation)
            x, y = mix(x, y, generator, self._augmentation.mixup)
            yield {"x": x, "y": y}

    def loss(self, network: nn.Module, batch: Batch) -> Tensor:
        """Cross-entropy with the smoothed, mixed targets."""
        x = batch["x"]
        with torch.autocast(x.device.type, torch.bfloat16, enabled=is_fast_in_half(x.device)):
            logits = network(x)
        return F.cross_entropy(logits.float(), batch["y"])

    def validate(self, network: nn.Module) -> dict[str, float]:
        """Loss and accuracy of whole clips; sets the network's temperature to what fits best."""
        temperature: Tensor = network.get_buffer("temperature")
        temperature.fill_(1.0)
        logits = self._valid_logits(network)
        candidates = TEMPERATURES if len(self._valid_targets) >= MIN_TO_CALIBRATE else np.ones(1)
        losses = [self._clip_loss(logits / t) for t in candidates]
        best = int(np.argmin(losses))
        accuracy = self._by_clip(logits / candidates[best]).argmax(1) == self._valid_targets
        temperature.fill_(float(candidates[best]))
        return {
            "valid_loss": float(losses[best]),
            "accuracy": float(accuracy.mean()),
            "temperature": float(candidates[best]),
        }

    def _valid_logits(self, network: nn.Module) -> NDArray[np.float64]:
        device = next(network.parameters()).device
        was_training = network.training
        network.eval()
        with torch.inference_mode():
            parts = [
                network(part.to(device)).cpu()
                for part in torch.split(self._valid_windows, VALID_BATCH)
            ]
        network.train(was_training)
        return torch.cat(parts).double().numpy()

    def _by_clip(self, logits: NDArray[np.float64]) -> NDArray[np.float64]:
        """Mean probabilities of each clip's windows, (windows, classes) -> (clips, classes)."""
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        odds /= odds.sum(axis=1, keepdims=True)
        sums = np.zeros((len(self._valid_targets), logits.shape[1]))
        np.add.at(sums, self._valid_owners, odds)
        return sums / np.bincount(self._valid_owners)[:, None]

    def _clip_loss(self, logits: NDArray[np.float64]) -> float:
        probabilities = self._by_clip(logits)
        picked = probabilities[np.arange(len(probabilities)), self._valid_targets]
        return float(-np.log(np.maximum(picked, 1e-12)).mean())

    def card_fields(self) -> dict[str, Any]:
        """What the model card says besides numbers."""
        features = self.settings.features
        return {
            "architecture": "genre-cnn",
            "config": self._config(),
            "labels": self.labels,
            "features": features.to_json(),
            "data": self.sources,
            "notes": notes_on(self.sources, features.window_s),
            "settings": asdict(self.settings),
        }

    def optimizer(self, network: nn.Module) -> tuple[Optimizer, LRScheduler | None]:
        """AdamW; the rate rises over a seventh of the run and falls along a cosine."""
        settings = self.settings
        optimizer = AdamW(
            network.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay
        )
        return optimizer, LambdaLR(optimizer, self._rate)

    def _rate(self, step: int) -> float:
        progress = min(1.0, (step + 1) / (self.settings.epochs * self.n_batches()))
        if progress < WARM_UP:
            return progress / WARM_UP
        return 0.5 + 0.5 * math.cos(math.pi * (progress - WARM_UP) / (1 - WARM_UP))

    def final_metrics(self, network: nn.Module) -> dict[str, dict[str, Any]]:
        """All figures of whole files, as `studio evaluate` measures them, by split."""
        from models.evaluation.genre import measure_clips

        card = Card(labels=self.labels, features=self.settings.features.to_json())
        model = GenreModel(card, run_by_torch(network.eval()))
        clips = {
            split: [h.clip for h in heard if h.clip.genre in self.labels]
            for split, heard in self.heard.items()
        }
        return {s: measure_clips(model, clips[s]) for s in ("valid", "test") if clips[s]}

    def export_onnx(self, network: nn.Module) -> bytes | None:
        """The network for ONNX Runtime, for one window at a time."""
        return export_onnx(network, self.settings.features)


def notes_on(sources: list[dict[str, Any]], window_s: float) -> str:
    """What a card says in words, with a warning where licences restrict the use of the data."""
    names = [entry["name"] for entry in sources if RESTRICTED.search(entry["licence"])]
    warning = RESTRICTED_NOTES.format(names=", ".join(names)) if names else ""
    return NOTES.format(window_s=window_s) + warning


def is_fast_in_half(device: torch.device) -> bool:
    """Whether convolutions are faster in bfloat16 there."""
    return device.type == "cuda" or bool(torch.cpu._is_avx512_bf16_supported())


def export_onnx(network: nn.Module, features: FeatureSettings) -> bytes:
    """A network as the content of `model.onnx`, (1, n_mels, frames) -> (1, classes)."""
    example = torch.zeros(1, features.n_mels, features.window_frames)
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)  # it misses packages we don't need
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        warnings.simplefilter("ignore")  # of the exporter about itself
        path = Path(folder) / "model.onnx"
        torch.onnx.export(
            copy.deepcopy(network).eval().cpu(),
            (example,),
            path,
            input_names=["frames"],
            output_names=["logits"],
            external_data=False,
            dynamo=True,
            verbose=False,
        )
        return path.read_bytes()


def make_task(
    data: Path, settings: Settings, *, seed: int, limit_per_class: int | None, log: Log
) -> GenreTask:
    """Read and hear the data and build the network.

    Parameters
    ----------
    data : Path
        A folder per genre or one with a manifest.
    settings : Settings
    seed : int
        Of the network's first weights, the windows and, where none is given, the split.
    limit_per_class : int, optional
        At most so many clips of each genre in each split.
    log : callable
        Takes lines fit to show.

    Raises
    ------
    ModelError
        If the folder has fewer than two genres with music that can be read.
    """
    dataset = load_audio_dataset(data, seed=seed)
    for problem in dataset.problems:
        log(f"Left out: {problem}")
    heard = {}
    for split in ("train", "valid", "test"):
        clips = limit_clips(dataset.split(split), limit_per_class, seed=seed)
        heard[split] = hear(clips, settings.features, log)
    _check(data, heard)
    counts = Counter(h.clip.genre for h in heard["train"])
    log("Clips to learn from: " + ", ".join(f"{g} {n}" for g, n in sorted(counts.items())) + ".")
    sources = describe_sources(dataset)
    extra: list[Part] = []
    if settings.spectra:
        extra = _hear_spectra(_spectra_file(data, settings), dataset, heard, sources, settings)
    torch.manual_seed(seed)
    return GenreTask(heard, sources, settings, seed, extra)


def _spectra_file(data: Path, settings: Settings) -> Path:
    inside = data / settings.spectra
    return inside if inside.is_file() else Path(settings.spectra)


def _hear_spectra(
    path: Path,
    dataset: AudioDataset,
    heard: dict[str, list[HeardClip]],
    sources: list[dict[str, Any]],
    settings: Settings,
) -> list[Part]:
    """The tracks of a file of spectra and the training clips heard as coarsely, with shares."""
    labels = {h.clip.genre for h in heard["train"]}
    tracks = [h for h in load_spectra(path, dataset, settings.features) if h.clip.genre in labels]
    if not tracks:
        raise ModelError(f"{path} has no training tracks of the genres of the clips.")
    sources.append(describe_spectra(path, tracks, dataset))
    clips = hear_coarsely(heard["train"], settings.features)
    share = settings.spectra_share
    return [(tracks, share), (clips, (1 - share) * settings.coarse_share)]


def _check(data: Path, heard: dict[str, list[HeardClip]]) -> None:
    genres = {h.clip.genre for h in heard["train"]}
    if len(genres) < 2:
        raise ModelError(
            f"{data} has music of {len(genres)} genre{'s' if not genres else ''} that can be "
            "read; at least two are needed, each in a folder of its own."
        )
    if not any(h.clip.genre in genres for h in heard["valid"]):
        raise ModelError(
            f"{data} has no music left to check the model with. Add files: two of a genre "
            "are the least, or a manifest.csv with split 'valid'."
        )
