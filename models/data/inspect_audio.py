"""What there is to know of a folder of sound before a genre model learns from it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.data.audio_dataset import AudioDataset, Clip, load_audio_dataset
from models.data.audio_files import read_native
from models.data.content import content_hash
from models.data.data_zip import data_folder
from models.data.feature_cache import prints_cache
from models.data.fingerprint import FingerprintIndex, Match, Prints, fingerprint
from models.data.inspect import (
    BALANCE_LIMIT,
    Item,
    Progress,
    five_numbers,
    groups_of,
    groups_of_links,
    outliers,
    placed,
    plural,
    problem_warnings,
    split_warnings,
    unusual_warnings,
)
from models.data.label_check import likelier_classes, timbre_features
from models.data.sound_map import Vector, sound_features
from models.errors import ModelError
from models.spread import map_all

SILENCE_RMS = 1e-4  # -80 dB of full scale
CLIP_LEVEL = 0.999
CLIP_SHARE = 1e-3  # of the samples: a few touch full scale in any mastered recording
MIN_CLASS_ITEMS = 5
REFUSED = "Training refuses that: give them one split in manifest.csv, or remove one of each."
MENDED = "Training keeps them in one split; better remove one of each."


def inspect_audio(folder: Path, progress: Progress) -> dict[str, Any]:
    """Look a genre data set over; the keys are those of `models.data.inspect.inspect`.

    Raises ModelError if there is nothing labelled in `folder`.
    """
    dataset = load_audio_dataset(folder)
    look = _Look()
    seen = zip(dataset.clips, map_all(_look_at, dataset.clips), strict=True)
    for done, (clip, found) in enumerate(seen):
        progress(done, len(dataset.clips))
        look.add(clip, found)
    progress(len(dataset.clips), len(dataset.clips))
    return look.report(dataset)


@dataclass(frozen=True, slots=True)
class _Clip:
    """What there is to know of one clip."""

    seconds: float
    rate: int
    content: str
    is_silent: bool
    is_clipped: bool
    prints: Prints
    features: Vector
    timbre: Vector


def _look_at(clip: Clip) -> _Clip | str:
    """One clip, or why it can't be read."""
    try:
        samples, rate = read_native(clip.path)
        content = content_hash(clip.path)
    except (ModelError, OSError) as error:
        return str(error)
    rms = float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))
    is_clipped = _clipped_share(samples) > CLIP_SHARE
    prints, _ = prints_cache().recall(content, lambda: fingerprint(samples, rate))
    features = sound_features(samples, rate)
    seconds = len(samples) / rate
    timbre = timbre_features(samples, rate)
    return _Clip(seconds, rate, content, rms < SILENCE_RMS, is_clipped, prints, features, timbre)


class _Look:
    """What has been seen so far."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.rates: Counter[str] = Counter()
        self.hashes: dict[str, str] = {}
        self.silent: list[str] = []
        self.clipped: list[str] = []
        self.broken: list[dict[str, str]] = []
        self.near: list[Match] = []
        self.features: dict[str, Vector] = {}  # of what is not silent
        self.timbres: dict[str, Vector] = {}
        self._prints = FingerprintIndex()

    def add(self, clip: Clip, found: _Clip | str) -> None:
        if isinstance(found, str):
            self.broken.append({"path": clip.name, "error": found})
            return
        self.hashes[clip.name] = found.content
        self.seconds[clip.name] = found.seconds
        self.rates[str(found.rate)] += 1
        if found.is_silent:
            self.silent.append(clip.name)
        else:
            self.features[clip.name] = found.features
            self.timbres[clip.name] = found.timbre
        if found.is_clipped:
            self.clipped.append(clip.name)
        self.near += self._prints.add(clip.name, found.prints)

    def report(self, dataset: AudioDataset) -> dict[str, Any]:
        duplicates = groups_of(self.hashes)
        splits = dict(Counter(clip.split for clip in dataset.clips))
        report: dict[str, Any] = {
            "kind": "genre",
            "path": str(dataset.folder),
            "folder": str(data_folder(dataset.folder)),
            "n_items": len(dataset.clips),
            "seconds": sum(self.seconds.values()),
            "classes": self._classes(dataset),
            "splits": splits,
            "has_own_split": dataset.has_split,
            "is_edited": dataset.is_edited,
            "durations_s": five_numbers(self.seconds.values()),
            "sample_rates": dict(self.rates),
            "silent": self.silent,
            "clipped": self.clipped,
            "broken": self.broken,
            "duplicates": duplicates,
            "near_duplicates": [
                {"paths": [m.one, m.other], "difference": m.difference}
                for m in self._near(duplicates)
            ],
            "outliers": outliers(self.seconds, "s"),
            "unlabelled": len(dataset.unlabelled),
        }
        split_of = {clip.name: clip.split for clip in dataset.clips}
        shared = groups_of_links([*duplicates, *self._pairs(duplicates)])
        of = {clip.name: clip for clip in dataset.clips}
        rows = [Item(c.name, c.genre, c.split, c.group) for c in dataset.clips]
        report["items"] = placed(rows, self.seconds, self.features, self._rather(dataset))
        report["same_recordings"] = shared
        report["leaks"] = [g for g in shared if len({of[name].split for name in g}) > 1]
        report["label_conflicts"] = [g for g in shared if len({of[name].genre for name in g}) > 1]
        report["warnings"] = [
            *dataset.problems,
            *problem_warnings(report),
            *unusual_warnings(report["items"]),
            *_class_warnings(report["classes"]),
            *conflict_warnings(report["label_conflicts"], of),
            *split_warnings(
                report["leaks"], split_of, splits, REFUSED if dataset.has_split else MENDED
            ),
        ]
        return report

    def _rather(self, dataset: AudioDataset) -> dict[str, str]:
        """Of each clip that is like another genre than its own, that genre."""
        clips = [clip for clip in dataset.clips if clip.name in self.timbres]
        told = likelier_classes(
            [self.timbres[clip.name] for clip in clips],
            [clip.genre for clip in clips],
            [clip.group for clip in clips],
        )
        return {clip.name: genre for clip, genre in zip(clips, told, strict=True) if genre}

    def _near(self, duplicates: list[list[str]]) -> list[Match]:
        """The same recording in files that are not the same byte for byte."""
        exact = {name: names[0] for names in duplicates for name in names}
        return [m for m in self.near if exact.get(m.one, m.one) != exact.get(m.other, m.other)]

    def _pairs(self, duplicates: list[list[str]]) -> list[list[str]]:
        return [[match.one, match.other] for match in self._near(duplicates)]

    def _classes(self, dataset: AudioDataset) -> dict[str, dict[str, float]]:
        classes: dict[str, dict[str, float]] = {}
        for clip in dataset.clips:
            row = classes.setdefault(clip.genre, {"items": 0, "seconds": 0.0})
            row["items"] += 1
            row["seconds"] += self.seconds.get(clip.name, 0.0)
        return dict(sorted(classes.items()))


def conflict_warnings(conflicts: list[list[str]], of: dict[str, Clip]) -> list[str]:
    """A sentence about recordings that are filed under two genres."""
    if not conflicts:
        return []
    first = " and ".join(f"{name} ({of[name].genre})" for name in _two_genres(conflicts[0], of))
    is_one = len(conflicts) == 1
    return [
        f"{plural(len(conflicts), 'recording')} {'is' if is_one else 'are'} filed under two "
        f"genres (such as {first}): the model can't be right about both. Decide for one."
    ]


def _two_genres(names: list[str], of: dict[str, Clip]) -> tuple[str, str]:
    """The first name, and the first of another genre."""
    return names[0], next(name for name in names if of[name].genre != of[names[0]].genre)


def _clipped_share(samples: NDArray[np.float32]) -> float:
    return float(np.mean(np.abs(samples) >= CLIP_LEVEL))


def _class_warnings(classes: dict[str, dict[str, float]]) -> list[str]:
    warnings = []
    if len(classes) < 2:
        warnings.append("There is only one genre: a model needs at least two to tell apart.")
    for name, row in classes.items():
        if row["items"] < MIN_CLASS_ITEMS:
            warnings.append(f"{name} has only {plural(int(row['items']), 'file')}.")
    lengths = {name: row["seconds"] for name, row in classes.items() if row["seconds"] > 0}
    if lengths and max(lengths.values()) > BALANCE_LIMIT * min(lengths.values()):
        longest, shortest = (
            max(lengths, key=lengths.__getitem__),
            min(lengths, key=lengths.__getitem__),
        )
        ratio = lengths[longest] / lengths[shortest]
        warnings.append(
            f"There is {ratio:.0f} times as much {longest} as {shortest}: add to the smaller one."
        )
    return warnings
