"""The same recording in two splits, or heard in training before it is measured on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from models.data.audio_dataset import AudioDataset, Clip, limit_clips
from models.data.audio_files import read_native
from models.data.content import content_hash
from models.data.feature_cache import prints_cache
from models.data.fingerprint import FingerprintIndex, Prints, fingerprint
from models.data.heard import heard_files
from models.data.inspect import groups_of, groups_of_links
from models.errors import ModelError
from models.split_file import SPLITS, SPLITS_FILE, splits_table
from models.spread import map_all

LOG_EVERY_S = 5.0
MOST_NAMED = 3
Log = Callable[[str], None]


@dataclass(frozen=True)
class ChosenClips:
    """The clips of each split, no recording in two of them, and the prints of each, by name."""

    splits: Mapping[str, Sequence[Clip]]
    prints: Mapping[str, Prints]

    def files(self) -> dict[str, bytes]:
        """What to keep beside the weights: a few prints, and which clip was in which split."""
        split_of = {clip.name: split for split, clips in self.splits.items() for clip in clips}
        return {**heard_files(self.prints_of("train")), SPLITS_FILE: splits_table(split_of)}

    def prints_of(self, split: str) -> list[Prints]:
        """The prints of the clips of a split that could be read."""
        return [self.prints[c.name] for c in self.splits[split] if c.name in self.prints]


def choose_clips(dataset: AudioDataset, limit: int | None, seed: int, log: Log) -> ChosenClips:
    """What to learn from, to validate with and to test with.

    Parameters
    ----------
    dataset : AudioDataset
        Where its maker split it, a recording in two splits is refused. Where we did, all of its
        clips go to the split that is held back most.
    limit : int, optional
        At most so many clips of each genre in each split.
    seed : int
    log : callable
        Takes lines fit to show.

    Raises
    ------
    ModelError
        If the data set's own splits share a recording, with the files and what to do.
    """
    chosen = [c for s in SPLITS for c in limit_clips(dataset.split(s), limit, seed=seed)]
    prints, hashes = _read(chosen, log)
    groups = same_recordings(prints, hashes)
    split_of = {clip.name: clip.split for clip in chosen}
    shared = [names for names in groups if len({split_of[name] for name in names}) > 1]
    if shared and dataset.has_split:
        raise ModelError(_refusal(dataset, shared, split_of))
    if shared:
        for names in shared:
            to = max((split_of[name] for name in names), key=SPLITS.index)
            split_of |= dict.fromkeys(names, to)
        log(
            f"{_recordings(len(shared))} in several files, such as {_named(shared[0])}: each is "
            "kept in one split."
        )
    moved = [replace(clip, split=split_of[clip.name]) for clip in chosen]
    return ChosenClips({s: [c for c in moved if c.split == s] for s in SPLITS}, prints)


def same_recordings(prints: Mapping[str, Prints], hashes: Mapping[str, str]) -> list[list[str]]:
    """Names of clips that hold the same recording, or parts of it, in groups of two and more.

    Parameters
    ----------
    prints, hashes : mapping
        By name: `fingerprint` of the sound and hash of the file (which tells sounds without
        features from each other).
    """
    index = FingerprintIndex()
    near = [
        [match.one, match.other]
        for name, marks in prints.items()
        for match in index.add(name, marks)
    ]
    return groups_of_links([*groups_of(hashes), *near])


def _read(clips: Iterable[Clip], log: Log) -> tuple[dict[str, Prints], dict[str, str]]:
    """Prints and hashes of the clips that can be read."""
    prints: dict[str, Prints] = {}
    hashes: dict[str, str] = {}
    told, every = time.monotonic(), list(clips)
    for done, (clip, found) in enumerate(zip(every, map_all(_marks, every), strict=True)):
        if found is not None:  # else whoever learns from it will say why it can't be read
            prints[clip.name], hashes[clip.name] = found
        if time.monotonic() - told > LOG_EVERY_S:
            told = time.monotonic()
            log(f"Compared {done + 1} of {len(every)} clips with each other.")
    return prints, hashes


def _marks(clip: Clip) -> tuple[Prints, str] | None:
    """Prints and hash of a clip; None if it can't be read."""
    try:
        content = content_hash(clip.path)
        return prints_cache().recall(content, partial(_prints_of, clip))[0], content
    except (ModelError, OSError):
        return None


def _prints_of(clip: Clip) -> Prints:
    return fingerprint(*read_native(clip.path))


def _refusal(dataset: AudioDataset, shared: list[list[str]], split_of: Mapping[str, str]) -> str:
    named = "; ".join(
        " and ".join(f"{name} ({split_of[name]})" for name in _two(names, split_of))
        for names in shared[:MOST_NAMED]
    )
    return (
        f"{dataset.folder}: {_recordings(len(shared))} in two splits, so that the model would be "
        f"measured on what it has learned: {named}. Give the files of a recording the same split "
        f"in manifest.csv, or take one out; 'studio inspect {dataset.folder}' lists them all."
    )


def _two(names: Sequence[str], split_of: Mapping[str, str]) -> tuple[str, str]:
    """The first name, and the first of another split."""
    return names[0], next(name for name in names if split_of[name] != split_of[names[0]])


def _recordings(n: int) -> str:
    return "1 recording is" if n == 1 else f"{n} recordings are"


def _named(names: Sequence[str]) -> str:
    return " and ".join(names[:2])
