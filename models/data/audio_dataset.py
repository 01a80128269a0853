"""A genre data set: which file is of which genre, and which split it belongs to."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from models.data.audio_files import find_audio, is_audio
from models.data.data_zip import data_folder
from models.errors import ModelError
from models.plain_file import file_size
from models.split_file import SPLITS, read_splits
from models.zip_members import is_outside

MAX_MANIFEST_ROWS = 1_000_000
MAX_MANIFEST_BYTES = 256 << 20


@dataclass(frozen=True, slots=True)
class Clip:
    """One file of music. `group` (artist or track) keeps what belongs together in one split."""

    path: Path
    name: str  # the path below the data set's folder, with forward slashes
    genre: str
    split: str
    group: str
    source: str = ""
    licence: str = ""


@dataclass(frozen=True)
class AudioDataset:
    """The clips of a folder. `has_split` says that its maker split it, not we.

    `is_edited` says that some clips were then moved to another split (see `models.split_file`).
    """

    folder: Path
    clips: tuple[Clip, ...]
    has_split: bool
    unlabelled: tuple[Clip, ...] = ()
    problems: tuple[str, ...] = field(default=())
    is_edited: bool = False

    @property
    def genres(self) -> tuple[str, ...]:
        """The genres, sorted."""
        return tuple(sorted({clip.genre for clip in self.clips}))

    def split(self, name: str) -> tuple[Clip, ...]:
        """The clips of one split, maybe none."""
        return tuple(clip for clip in self.clips if clip.split == name)

    def digest(self) -> str:
        """A hash of names, genres and sizes: it tells whether a folder is the one trained on."""
        rows = sorted(f"{c.name}\t{c.genre}\t{c.path.stat().st_size}" for c in self.clips)
        return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def load_audio_dataset(folder: Path, *, seed: int = 0) -> AudioDataset:
    """The clips of `folder`: by its `manifest.csv` if it has one, else a folder per genre.

    A manifest has the columns path, genre and, where known, split and group. Without splits, ours
    are drawn by group and genre, 80/10/10, the same for the same seed. A group, where none is
    named (group, else artist), is the folder below the genre's, else the file. Clips that a
    `splits.csv` names are in the split that it says.

    Parameters
    ----------
    folder : Path
        Or a zip of one.
    seed : int
        Of the split, where we make it.

    Returns
    -------
    AudioDataset

    Raises
    ------
    ModelError
        If there is no such folder, nothing to learn from in it, or its manifest is broken.
    """
    place = data_folder(folder)
    if not place.is_dir():
        raise ModelError(
            f"{folder} is no folder. Name one with a folder per genre in it, or a zip of it."
        )
    manifest = place / "manifest.csv"
    problems: list[str] = []
    if manifest.is_file():
        clips, unlabelled = _from_manifest(manifest, problems)
    else:
        clips, unlabelled = _from_folders(place, problems), []
    if not clips:
        raise ModelError(
            f"{folder} has no labelled music in it. Put audio files (WAV, FLAC, OGG, MP3) into "
            "one folder per genre, or list them in a manifest.csv with path and genre."
        )
    has_split = any(clip.split for clip in clips)
    if not has_split:
        clips = _draw_split(clips, seed)
    moved = read_splits(folder)
    clips = [replace(clip, split=moved.get(clip.name, clip.split)) for clip in clips]
    return AudioDataset(
        folder, tuple(clips), has_split, tuple(unlabelled), tuple(problems), bool(moved)
    )


def _from_folders(folder: Path, problems: list[str]) -> list[Clip]:
    clips, n_loose = [], 0
    for path in find_audio(folder):
        parts = path.relative_to(folder).parts
        if len(parts) == 1:
            n_loose += 1
            continue
        group = "/".join(parts[:2] if len(parts) > 2 else parts)
        clips.append(Clip(path, "/".join(parts), parts[0], "", group, folder.name))
    if n_loose:
        files = "1 file lies" if n_loose == 1 else f"{n_loose} files lie"
        problems.append(f"{files} beside the folders of the classes: left out.")
    return clips


def _from_manifest(manifest: Path, problems: list[str]) -> tuple[list[Clip], list[Clip]]:
    """Labelled and unlabelled clips; rows whose file is missing are told in `problems`."""
    labelled: list[Clip] = []
    unlabelled: list[Clip] = []
    for row in _rows(manifest):
        name = row["path"].replace("\\", "/")
        path = manifest.parent / name
        if is_outside(name):
            problems.append(f"{name}: outside the data set's folder")
        elif not is_audio(path) or not path.is_file():
            problems.append(f"{name}: in the manifest, but there is no such audio file")
        else:
            clip = _clip(path, name, row)
            is_known = clip.genre not in ("", "unlabelled") and clip.split in (*SPLITS, "")
            (labelled if is_known else unlabelled).append(clip)
    return labelled, unlabelled


def _clip(path: Path, name: str, row: dict[str, str]) -> Clip:
    def value(*columns: str) -> str:
        return next((row[c].strip() for c in columns if row.get(c)), "")

    split = {"val": "valid", "validation": "valid"}.get(value("split"), value("split"))
    source = value("dataset") or path.parent.name
    return Clip(
        path,
        name,
        value("genre"),
        split,
        value("group", "artist") or name,
        source,
        value("licence"),
    )


def _rows(manifest: Path) -> list[dict[str, str]]:
    try:
        if file_size(manifest) > MAX_MANIFEST_BYTES:
            raise ModelError(f"{manifest} is larger than {MAX_MANIFEST_BYTES >> 20} MB.")
        with manifest.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            missing = {"path", "genre"} - set(reader.fieldnames or ())
            if missing:
                raise ModelError(f"{manifest} has no column named {' or '.join(sorted(missing))}.")
            listed = (row for row in reader if row["path"])
            rows = list(islice(listed, MAX_MANIFEST_ROWS + 1))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ModelError(f"{manifest} can't be read as a table: {error}.") from error
    if len(rows) > MAX_MANIFEST_ROWS:
        raise ModelError(f"{manifest} has more than {MAX_MANIFEST_ROWS} rows.")
    return rows


def _draw_split(clips: Iterable[Clip], seed: int) -> list[Clip]:
    """Give every clip a split, whole groups at a time, each genre 80/10/10 as far as it goes."""
    by_genre: dict[str, dict[str, list[Clip]]] = defaultdict(lambda: defaultdict(list))
    for clip in clips:
        by_genre[clip.genre][clip.group].append(clip)
    drawn: list[Clip] = []
    taken: dict[str, str] = {}  # a group may have clips in two genres
    for genre in sorted(by_genre):
        groups = sorted(by_genre[genre])
        order = np.random.default_rng([seed, len(groups)]).permutation(len(groups))
        for rank, index in enumerate(order):
            group = groups[index]
            split = taken.setdefault(group, _split_of(rank, len(groups)))
            drawn += [replace(clip, split=split) for clip in by_genre[genre][group]]
    return sorted(drawn, key=lambda clip: clip.name)


def _split_of(rank: int, n_groups: int) -> str:
    """Of few groups: one for validation from two on, one for the test from three on."""
    n_held = max(1, round(n_groups / 10))
    if rank < n_held and n_groups >= 2:
        return "valid"
    if rank < 2 * n_held and n_groups >= 3:
        return "test"
    return "train"


def limit_clips(clips: Iterable[Clip], limit: int | None, *, seed: int = 0) -> list[Clip]:
    """At most `limit` clips of each genre (None: all), drawn with `seed`."""
    by_genre: dict[str, list[Clip]] = defaultdict(list)
    for clip in clips:
        by_genre[clip.genre].append(clip)
    kept: list[Clip] = []
    for genre in sorted(by_genre):
        members = by_genre[genre]
        order = np.random.default_rng(seed).permutation(len(members))[:limit]
        kept += [members[index] for index in sorted(order)]
    return kept


def describe_sources(dataset: AudioDataset) -> list[dict[str, Any]]:
    """What a card says of the data: name, licence, items, hash and split, one entry a source."""
    entries = []
    digest = dataset.digest()
    for source in sorted({clip.source for clip in dataset.clips}):
        members = [clip for clip in dataset.clips if clip.source == source]
        licences = sorted({clip.licence for clip in members if clip.licence})
        splits = Counter(clip.split for clip in members)
        entries.append(
            {
                "name": source,
                "licence": "; ".join(licences) or "not stated",
                "items": len(members),
                "hash": digest,
                "split": ", ".join(f"{split} {splits[split]}" for split in SPLITS if splits[split]),
            }
        )
    return entries
