"""A data set looked over before training: what is there, what is broken, what to know."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from models.data.audio_files import find_audio
from models.data.data_zip import data_folder
from models.data.scores import SUFFIXES
from models.errors import ModelError

Progress = Callable[[int, int], None]  # done, of how many
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
        `kind` ('genre' or 'score'), `path`, `n_items`, `seconds`, `classes`, `splits`,
        `durations_s`, `silent`, `clipped`, `broken`, `duplicates`, `outliers`, `warnings`;
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
        from models.data.inspect_audio import inspect_audio

        return inspect_audio(path, progress)
    from models.data.inspect_scores import inspect_scores

    return inspect_scores(path, progress)


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
    """Names that are linked, directly or by others, in sorted groups."""
    groups: list[set[str]] = []
    for names in links:
        touched = [group for group in groups if not group.isdisjoint(names)]
        groups = [group for group in groups if group not in touched]
        groups.append(set(names).union(*touched))
    return sorted(sorted(group) for group in groups)


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
        f"{plural(len(report[key]), 'item')} {one if len(report[key]) == 1 else several}."
        for key, (one, several) in texts.items()
        if report.get(key)
    ]
