"""A data set looked over before training: what is there, what is broken, what to know."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.cluster.hierarchy import DisjointSet

from models.data.audio_files import find_audio, is_audio
from models.data.data_zip import data_folder
from models.data.scores import SUFFIXES
from models.data.sound_map import Vector, make_map
from models.errors import ModelError
from models.split_file import SPLITS_FILE

Progress = Callable[[int, int], None]  # done, of how many
MANIFEST_FILE = "manifest.csv"
BALANCE_LIMIT = 5.0
OUTLIER_SPREAD = 5.0  # interquartile ranges beyond the quartiles


def inspect(path: Path, progress: Progress = lambda done, total: None) -> dict[str, Any]:
    """Look a data set over.

    Parameters
    ----------
    path : Path
        A folder of sound files (one folder a genre, or a manifest) or of MIDI files, or a zip of
        such a folder.
    progress : callable
        Called with the number of files looked at and their number.

    Returns
    -------
    dict
        `kind` ('genre' or 'score'), `path`, `folder` (where the files are), `n_items`, `seconds`,
        `classes`, `splits`,
        `durations_s`, `silent`, `clipped`, `broken`, `duplicates`, `outliers`, `warnings`,
        `other_files` (neither sound nor MIDI), `is_edited` (splits were changed by hand), `items`
        (a row each: path, class, split, group, seconds, place on a map, whether it is unusual,
        which other class it is rather like);
        `sample_rates`, `near_duplicates`, `leaks` (the same recording in two splits) and
        `label_conflicts` (filed under two genres), groups of paths (genre), or `notes`,
        `pitch_range`, `polyphony`, `metres`, `on_grid` (score).

    Raises
    ------
    ModelError
        If there is no such folder or nothing in it to train on.
    """
    folder = data_folder(path)
    if not folder.is_dir():
        raise ModelError(
            f"{path} is no folder. Name a folder of sound files or of MIDI files, or a zip of one."
        )
    n_scores = sum(1 for file in folder.rglob("*") if file.suffix.lower() in SUFFIXES)
    n_sounds = len(find_audio(folder))
    if not n_scores and not n_sounds:
        raise ModelError(
            f"{path} has neither sound files (WAV, FLAC, OGG, MP3) nor MIDI files in it."
        )
    if n_sounds >= n_scores:
        from models.data.inspect_audio import inspect_audio as look_over
    else:
        from models.data.inspect_scores import inspect_scores as look_over
    report = look_over(path, progress)
    report["other_files"] = _count_others(folder)
    return report


def _count_others(folder: Path) -> int:
    """Files that are neither sound, MIDI nor tables of ours."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name[0] != ".")
    return sum(
        not is_audio(path)
        and path.suffix.lower() not in SUFFIXES
        and path.name not in (MANIFEST_FILE, SPLITS_FILE)
        for path in files
    )


@dataclass(frozen=True, slots=True)
class Item:
    """A file of a data set: its path below the folder, class, split and group."""

    path: str
    label: str
    split: str
    group: str


def placed(
    items: Sequence[Item],
    seconds: Mapping[str, float],
    features: Mapping[str, Vector],
    rather: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:
    """The rows of a report's `items`, with their places on a map of what is alike.

    Parameters
    ----------
    items : sequence of Item
    seconds : mapping
        By path, of what could be read.
    features : mapping
        By path, of what has a place: silence has none.
    rather : mapping, optional
        By path, of what is like another class than its own: that class.
    """
    rather = rather or {}
    on_map = [item for item in items if item.path in features]
    data_map = make_map([features[i.path] for i in on_map], [i.label for i in on_map])
    places = np.round(data_map.places, 4).tolist()
    where = dict(zip((i.path for i in on_map), places, strict=True))
    unusual = {i.path for i, is_so in zip(on_map, data_map.is_unusual, strict=True) if is_so}
    return [
        {
            "path": item.path,
            "class": item.label,
            "split": item.split,
            "group": item.group,
            "seconds": seconds.get(item.path),
            "x": where.get(item.path, (None, None))[0],
            "y": where.get(item.path, (None, None))[1],
            "unusual": item.path in unusual or item.path in rather,
            "like": rather.get(item.path),
        }
        for item in items
    ]


def unusual_warnings(items: Sequence[Mapping[str, Any]]) -> list[str]:
    """A sentence about items that are unlike the others of their class."""
    found = [item for item in items if item["unusual"]]
    if not found:
        return []
    are, it = ("is", "it") if len(found) == 1 else ("are", "they")
    like = f", rather like {found[0]['like']}" if found[0]["like"] else ""
    return [
        f"{plural(len(found), 'item')} {are} unlike the others of the same class (such as "
        f"{found[0]['path']}{like}): listen whether {it} may be in the wrong place."
    ]


def five_numbers(values: Iterable[float]) -> dict[str, float] | None:
    """Minimum, quartiles and maximum; None of nothing."""
    sorted_values = np.sort(np.fromiter(values, dtype=float))
    if not len(sorted_values):
        return None
    names = ("min", "q1", "median", "q3", "max")
    quantiles = np.quantile(sorted_values, (0, 0.25, 0.5, 0.75, 1))
    return dict(zip(names, map(float, quantiles), strict=True))


def outliers(values: Mapping[str, float], unit: str) -> list[dict[str, Any]]:
    """Items whose value lies far outside the others': more than five spreads from the quartiles."""
    numbers = five_numbers(values.values())
    if numbers is None or len(values) < 8:
        return []
    spread = OUTLIER_SPREAD * max(numbers["q3"] - numbers["q1"], 0.05 * numbers["median"])
    low, high = numbers["q1"] - spread, numbers["q3"] + spread
    return [
        {"path": name, "value": value, "unit": unit}
        for name, value in sorted(values.items())
        if not low <= value <= high
    ]


def groups_of(hashes: Mapping[str, str]) -> list[list[str]]:
    """Names that share a hash, in groups of two and more."""
    groups: dict[str, list[str]] = defaultdict(list)
    for name, value in hashes.items():
        groups[value].append(name)
    return sorted(sorted(names) for names in groups.values() if len(names) > 1)


def split_warnings(
    duplicates: Iterable[list[str]],
    split_of: Mapping[str, str],
    splits: Mapping[str, int],
    advice: str = "Remove one of each.",
) -> list[str]:
    """What is wrong with the splits, in sentences.

    `advice` is what to do about a recording in two of them.
    """
    warnings = []
    across = [names for names in duplicates if len({split_of.get(name) for name in names}) > 1]
    if across:
        first = " and ".join(across[0][:2])
        warnings.append(
            f"{plural(len(across), 'recording')} {'is' if len(across) == 1 else 'are'} in more "
            f"than one split (such as {first}): the "
            f"measured quality would be too good. {advice}"
        )
    for split in ("train", "valid"):
        if splits and not splits.get(split):
            warnings.append(f"The {split} split is empty.")
    if splits and not splits.get("test"):
        warnings.append("There is no test split: quality is measured on the validation split.")
    return warnings


def groups_of_links(links: Iterable[list[str]]) -> list[list[str]]:
    """Names that are linked, directly or by others, in sorted groups.

    Source
    ------
    Tarjan 1975, Efficiency of a good but not linear set union algorithm.
    """
    sets = DisjointSet()
    for names in links:
        for name in names:
            sets.add(name)
            sets.merge(names[0], name)
    return sorted(sorted(group) for group in sets.subsets())


def plural(n: int, thing: str) -> str:
    """'1 file', '2 files'."""
    return f"{n} {thing}" if n == 1 else f"{n} {thing}s"


def problem_warnings(report: Mapping[str, Any]) -> list[str]:
    """Sentences about what the lists of the report hold."""
    texts = {  # of one, of several
        "broken": ("can't be read and will be left out", "can't be read and will be left out"),
        "silent": ("holds nothing but silence", "hold nothing but silence"),
        "clipped": ("is clipped", "are clipped"),
        "duplicates": ("appears more than once", "appear more than once"),
        "near_duplicates": (
            "is the same recording as another one",
            "are the same recordings as others",
        ),
        "outliers": (
            "is far longer or shorter than the others",
            "are far longer or shorter than the others",
        ),
    }
    return [
        f"{plural(len(report[key]), 'item')} {one if len(report[key]) == 1 else several}"
        f"{_such_as(report[key][0])}."
        for key, (one, several) in texts.items()
        if report.get(key)
    ]


def _such_as(found: Any) -> str:
    """Where to look first: the path in an entry of a report's list, which is one or has one."""
    if isinstance(found, dict):
        found = found.get("path") or found.get("paths")
    path = found if isinstance(found, str) else found[0]
    return f" (such as {path})"
