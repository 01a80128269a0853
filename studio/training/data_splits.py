"""Which split each group of a data set is in, as the panel shows and changes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import resources
from models.split_file import SPLITS, read_splits, splits_path, splits_table
from studio.errors import StudioError
from studio.file_errors import why_not_written
from studio.settings import write_atomically


@dataclass(frozen=True, slots=True)
class Group:
    """What stays together: the files of an artist, an album, a piece. `split` is '' if mixed."""

    name: str
    label: str  # the class
    n_items: int
    seconds: float
    split: str


class DataSplits:
    """The splits in the report of `studio inspect`; changes are made in the report, too."""

    def __init__(self, report: dict[str, Any]) -> None:
        self._report = report
        self._data = Path(report["path"])
        self._items: list[dict[str, Any]] = report.get("items", [])

    def groups(self) -> list[Group]:
        """The groups by class and name."""
        members: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for item in self._items:
            members.setdefault((item["class"], item["group"]), []).append(item)
        return [
            Group(
                name,
                label,
                len(items),
                sum(item["seconds"] or 0.0 for item in items),
                items[0]["split"] if len({item["split"] for item in items}) == 1 else "",
            )
            for (label, name), items in sorted(members.items())
        ]

    def counts(self) -> dict[str, Counter[str]]:
        """How many files of each class are in each split."""
        found: dict[str, Counter[str]] = {}
        for item in self._items:
            found.setdefault(item["class"], Counter())[item["split"]] += 1
        return dict(sorted(found.items()))

    def move(self, groups: Iterable[tuple[str, str]], split: str) -> None:
        """Put groups, each of class and name, into a split, and write that down beside the data.

        Raises StudioError, with all as it was, if it can't be written.
        """
        chosen = set(groups)
        moved = [item for item in self._items if (item["class"], item["group"]) in chosen]
        self._write({**read_splits(self._data), **{item["path"]: split for item in moved}})
        for item in moved:
            item["split"] = split
        counts = Counter(item["split"] for item in self._items)
        self._report["splits"] = {name: counts[name] for name in SPLITS}
        self._report["is_edited"] = True

    def forget(self) -> None:
        """Have the splits as they were drawn or given, from the next look on.

        Raises StudioError if that can't be done.
        """
        path = splits_path(self._data)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise StudioError(f"{path} can't be removed: {error.strerror or error}.") from error

    def leaks(self) -> list[list[str]]:
        """Recordings that are in several files whose splits differ: the paths of each."""
        split_of = {item["path"]: item["split"] for item in self._items}
        shared: list[list[str]] = self._report.get("same_recordings", [])
        return [paths for paths in shared if len({split_of.get(path) for path in paths}) > 1]

    def _write(self, splits: Mapping[str, str]) -> None:
        path = splits_path(self._data)
        if resources.path("demo") in path.parents:
            raise StudioError(
                "The demo's splits stay as they are. Copy its folder, or choose your own music, "
                "to change them."
            )
        try:
            write_atomically(path, splits_table(splits))
        except OSError as error:
            raise StudioError(why_not_written(path, error)) from error
