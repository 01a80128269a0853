"""Training of genre models: log-mel windows of clips, changed at random, to genres."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType
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
    load_audio_dataset,
)
from models.data.audio_features import HeardClip, hear
from models.data.leakage import choose_clips
from models.data.not_music import NOT_MUSIC, hear_not_music
from models.data.spectra import describe_spectra, hear_coarsely, load_spectra
from models.data.teacher import Heard, describe_teacher, load_teacher
from models.errors import ModelError
from models.inference.genre import GenreModel, run_by_torch
from models.training.cautions import Seen
from models.training.genre_augment import Augmentation, augment, mix
from models.training.genre_base import begin_from, fitted_to_base, hold_norms
from models.training.genre_batches import Part, cut_windows, pool, window_cutter
from models.training.genre_checks import CheckedClips, count_said
from models.training.genre_export import export_onnx
from models.training.genre_norms import check, norm_windows
from models.training.genre_settings import PRESETS, SCHEDULES, Settings
from models.training.genre_teacher import Teaching
from models.training.lineage import join_data
from models.training.row_draws import RowDraws
from models.training.shares import WHOLE, Share, mean_over_processes

__all__ = ["PRESETS", "GenreTask", "Settings", "make_task"]

Batch = dict[str, Tensor]
Log = Callable[[str], None]
NOT_MUSIC_CLIPS = 240
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


class GenreTask:
    """Learns the genre of random windows of clips."""

    kind = "genre"
    forward_methods = ("apart",)
    files: Mapping[str, bytes] = MappingProxyType({})  # to be kept beside the weights
    _said: Mapping[str, int] = MappingProxyType({})
    _norm_windows: Tensor | None = None

    def __init__(
        self,
        heard: dict[str, list[HeardClip]],
        sources: list[dict[str, Any]],
        settings: Settings,
        seed: int,
        extra: Sequence[Part] = (),
        teacher: Heard | None = None,
    ) -> None:
        self.heard = heard
        self.sources = sources
        self.settings = settings
        self.seed = seed
        self.labels = sorted({h.clip.genre for h in heard["train"]})
        share = 1 - sum(share for _, share in extra)
        self._train, self._chances = pool([(heard["train"], share), *extra], settings.balance)
        self._targets = self._targets_of(self._train)
        self._is_music = np.array([h.clip.genre != NOT_MUSIC for h in self._train])
        self._teaching = None
        if teacher is not None:
            self._teaching = Teaching(
                self._train,
                teacher,
                self.labels,
                strength=settings.teacher_strength,
                size=settings.teacher_size,
            )
        network = begin_from(settings, self.labels, self._config())
        # Channels last: convolutions on the CPU take half the time.
        self.network: nn.Module = cast("Any", network).to(memory_format=torch.channels_last)
        self._valid = self._checked(heard["valid"])
        self._norm_windows = norm_windows(heard["train"], settings, seed)
        self._augmentation = Augmentation().scaled(
            settings.augmentation, degraded=settings.degraded, mixup=settings.mixup
        )

    def _architecture(self) -> str:
        return "genre-ensemble" if self.settings.members > 1 else "genre-cnn"

    def _config(self) -> dict[str, Any]:
        settings = self.settings
        together = {"members": settings.members} if settings.members > 1 else {}
        return {
            **together,
            "n_classes": len(self.labels),
            "n_mels": settings.n_mels,
            "width": settings.width,
            "relative": settings.relative,
            "dropout": settings.dropout,
            "embedding": self._teaching.n_outputs if self._teaching else 0,
        }

    def _targets_of(self, heard: Sequence[HeardClip]) -> NDArray[np.int64]:
        places = {label: index for index, label in enumerate(self.labels)}
        return np.array([places.get(h.clip.genre, -1) for h in heard], dtype=np.int64)

    def n_batches(self) -> int:
        """Batches an epoch."""
        return max(1, self.settings.crops_per_epoch // self.settings.batch_size)

    def train_batches(self, epoch: int, share: Share = WHOLE, first: int = 0) -> Iterator[Batch]:
        """The batches of an epoch, the same for the same seed and epoch."""
        frames = self.settings.features.window_frames
        for draws in self._draws(epoch, share, first):
            drawn = draws.choose(self._chances)
            x, starts = cut_windows([self._train[i] for i in drawn], frames, draws)
            targets = self._aims(drawn, starts + frames / 2)
            x = augment(x, frames, draws, self._augmentation)
            yield mix({"x": x, **targets}, draws, self._augmentation.mixup)

    def _draws(self, epoch: int, share: Share, first: int) -> Iterator[RowDraws]:
        """The random numbers of this process's rows, batch by batch."""
        rows = share.rows(self.settings.batch_size)
        for batch in range(first, self.n_batches()):
            yield RowDraws.of([self.seed, epoch], batch, rows)

    def _aims(self, drawn: NDArray[np.int64], middles: NDArray[Any]) -> Batch:
        """What is to be said of windows of the clips `drawn`, whose middles are at these frames.

        `y` are the genres' shares, rows that add up to 1 or, where nothing is known, to 0; `said`
        what the teacher says and `is_taught` where it says something.
        """
        settings = self.settings
        n_classes, smoothing = len(self.labels), settings.label_smoothing
        known = torch.from_numpy(self._targets[drawn])
        y = F.one_hot(known.clamp(min=0), n_classes) * (1 - smoothing) + smoothing / n_classes
        is_music = torch.from_numpy(self._is_music[drawn])[:, None]
        y = torch.where(is_music, y, 1 / n_classes)
        if self._teaching is None:
            return {"y": y}
        features = settings.features
        seconds = middles * features.hop_length / features.sample_rate
        rows = self._teaching.rows(drawn, seconds)
        is_taught = torch.from_numpy(rows >= 0)[:, None].float()
        soft = torch.from_numpy(self._teaching.genres[rows])
        share = settings.soft_share * is_taught
        has_genre = ((known >= 0)[:, None] | ~is_music).float()
        y = has_genre * ((1 - share) * y + share * soft) + (1 - has_genre) * is_taught * soft
        said = torch.from_numpy(self._teaching.values[rows]) * is_taught
        return {"y": y, "said": said, "is_taught": is_taught}

    def loss(self, network: nn.Module, batch: Batch) -> Tensor:
        """Cross-entropy with the smoothed, mixed targets; what the teacher says by squares."""
        x, y = batch["x"], batch["y"]
        if self.settings.head_only:
            hold_norms(network)
        with torch.autocast(x.device.type, torch.bfloat16, enabled=is_fast_in_half(x.device)):
            logits, said = cast("Any", network).apart(x)  # (members, batch, …)
        members, n = len(logits), y.new_tensor(len(y))
        own = n / mean_over_processes(n)  # what this process's mean weighs among the others
        loss = F.cross_entropy(logits.float().flatten(0, 1), y.repeat(members, 1)) * members
        if said is not None and "said" in batch:
            weight = batch["is_taught"]  # (batch, 1)
            wrong = (said.float() - batch["said"] / weight.clamp(min=1e-3)).square().mean(2)
            loss = loss + self.settings.teacher_weight * members * (weight[:, 0] * wrong).mean()
        return own * loss

    def _checked(self, heard: Sequence[HeardClip]) -> CheckedClips:
        """Those of the clips that are of a genre there is, to check the network on."""
        known = [h for h in heard if h.clip.genre in self.labels]
        return CheckedClips(*self._cutter(known), self._targets_of(known))

    def _cutter(
        self, heard: Sequence[HeardClip]
    ) -> tuple[NDArray[np.int64], Callable[[int], Tensor]]:
        """The number of each clip's windows, and what cuts them as the network hears them."""
        return window_cutter(heard, self.settings.features)

    @property
    def valid_targets(self) -> NDArray[np.int64]:
        """The class of each validation clip."""
        return self._valid.targets

    def validate(self, network: nn.Module) -> dict[str, float]:
        """Loss and accuracy of whole clips; sets the network's norms and temperature for use."""
        answers = check(network, self._valid, self._norm_windows)
        chosen = answers.probabilities.argmax(1)
        self._said = count_said(chosen, self.labels)
        return {
            "valid_loss": answers.loss,
            "accuracy": float((chosen == self.valid_targets).mean()),
            "temperature": answers.temperature,
        }

    def seen(self) -> Seen:
        """What the last validation was made on, and what it said."""
        return Seen(len(self.valid_targets), "clips", dict(self._said))

    def compare(self, network: nn.Module) -> tuple[float, float]:
        """The loss of as many training clips, and of the validation clips, heard alike."""
        drawn = np.random.default_rng(self.seed).permutation(len(self.heard["train"]))
        clips = [self.heard["train"][i] for i in drawn[: len(self.valid_targets)]]
        train = self._checked(clips)
        return train.loss(train.logits(network)), self._valid.loss(self._valid.logits(network))

    def valid_probabilities(self, network: nn.Module) -> NDArray[np.float64]:
        """What it says of the validation clips, (clips, classes), beside `valid_targets`."""
        return self._valid.by_clip(self._valid.logits(network))

    def card_fields(self) -> dict[str, Any]:
        """What the model card says besides numbers."""
        features = self.settings.features
        return {
            "architecture": self._architecture(),
            "config": self._config(),
            "labels": self.labels,
            "features": features.to_json(),
            "data": self.sources,
            "notes": notes_on(self.sources, features.window_s),
            "settings": asdict(self.settings),
            "files": self.files,
        }

    def optimizer(self, network: nn.Module) -> tuple[Optimizer, LRScheduler | None]:
        """AdamW, its rate by `warm_up` and `schedule`."""
        settings = self.settings
        learning = [weight for weight in network.parameters() if weight.requires_grad]
        optimizer = AdamW(learning, lr=settings.learning_rate, weight_decay=settings.weight_decay)
        return optimizer, LambdaLR(optimizer, self._rate)

    def _rate(self, step: int) -> float:
        progress = min(1.0, (step + 1) / (self.settings.epochs * self.n_batches()))
        warm_up = self.settings.warm_up
        if progress < warm_up:
            return progress / warm_up
        left = (1 - progress) / max(1 - warm_up, 1e-9)
        return SCHEDULES[self.settings.schedule](left)

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
        return export_onnx(network, self.settings.features, half=self.settings.half)


def notes_on(sources: list[dict[str, Any]], window_s: float) -> str:
    """What a card says in words, with a warning where licences restrict the use of the data."""
    known = [(str(e.get("name", "?")), str(e.get("licence", "not stated"))) for e in sources]
    names = [name for name, licence in known if RESTRICTED.search(licence)]
    warning = RESTRICTED_NOTES.format(names=", ".join(names)) if names else ""
    return NOTES.format(window_s=window_s) + warning


def is_fast_in_half(device: torch.device) -> bool:
    """Whether convolutions are faster in bfloat16 there."""
    return device.type == "cuda" or bool(torch.cpu._is_avx512_bf16_supported())


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
    fitted = fitted_to_base(settings)
    if settings.architecture == "mlp":
        from models.training.genre_mlp import make_mlp_task

        return make_mlp_task(data, settings, seed=seed, limit_per_class=limit_per_class, log=log)
    settings = fitted
    dataset = load_audio_dataset(data, seed=seed)
    for problem in dataset.problems:
        log(f"Left out: {problem}")
    chosen = choose_clips(dataset, limit_per_class, seed, log)
    heard = {split: hear(clips, settings.features, log) for split, clips in chosen.splits.items()}
    check_genres(data, heard)
    counts = Counter(h.clip.genre for h in heard["train"])
    log("Clips to learn from: " + ", ".join(f"{g} {n}" for g, n in sorted(counts.items())) + ".")
    base = Card.load(Path(settings.base), check_hash=False) if settings.base else None
    sources = join_data(describe_sources(dataset), base)
    extra: list[Part] = []
    teacher = None
    if settings.spectra:
        path = _beside(data, settings.spectra)
        tracks = _hear_spectra(path, dataset, heard, settings)
        sources.append(describe_spectra(path, tracks, dataset))
        extra.append((tracks, settings.spectra_share))
    share = 1 - settings.spectra_share * bool(extra)
    if settings.spectra or settings.coarse:
        coarse = hear_coarsely(heard["train"], settings.features)
        extra.append((coarse, share * settings.coarse_share))
    if settings.teacher:
        path = _beside(data, settings.teacher)
        teacher = load_teacher(path)
        unlabelled = [clip for clip in dataset.unlabelled if clip.name in teacher]
        share *= settings.unlabelled_share
        extra.append((hear(unlabelled, settings.features, log), share))
        names = [h.clip.name for h in [*heard["train"], *extra[-1][0]] if h.clip.name in teacher]
        sources.append(describe_teacher(path, names))
    if settings.not_music:
        extra = [(part, part_share * (1 - settings.not_music)) for part, part_share in extra]
        made = hear_not_music(NOT_MUSIC_CLIPS, settings.features, seed)
        extra.append((made, settings.not_music))
    torch.manual_seed(seed)
    task = GenreTask(heard, sources, settings, seed, extra, teacher)
    task.files = chosen.files()
    return task


def _beside(data: Path, name: str) -> Path:
    """A file in the data's folder or elsewhere."""
    inside = data / name
    return inside if inside.is_file() else Path(name)


def _hear_spectra(
    path: Path, dataset: AudioDataset, heard: dict[str, list[HeardClip]], settings: Settings
) -> list[HeardClip]:
    """The tracks of a file of spectra that are of the clips' genres."""
    labels = {h.clip.genre for h in heard["train"]}
    tracks = [h for h in load_spectra(path, dataset, settings.features) if h.clip.genre in labels]
    if not tracks:
        raise ModelError(f"{path} has no training tracks of the genres of the clips.")
    return tracks


def check_genres(data: Path, heard: dict[str, list[HeardClip]]) -> None:
    """Raise ModelError if there is too little to learn from or to check with."""
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
