"""What there is to know of a folder of MIDI files before a score model learns from it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from models.data.content import content_hash
from models.data.data_zip import data_folder
from models.data.inspect import (
    Item,
    Progress,
    five_numbers,
    groups_of,
    outliers,
    placed,
    plural,
    problem_warnings,
    split_warnings,
    unusual_warnings,
)
from models.data.scores import ScoreFile, assign_splits, list_files, load_piece
from models.data.sound_map import Vector, score_features
from models.errors import ModelError
from models.protocol import Piece
from models.spread import map_all

GRID_PER_BEAT = 4  # sixteenths, what the models see
MIN_ON_GRID = 0.5
MIN_PIECES = 10


def inspect_scores(folder: Path, progress: Progress) -> dict[str, Any]:
    """Look a folder of MIDI files over; the keys are those of `models.data.inspect.inspect`.

    Raises ModelError if there is no MIDI file in `folder`.
    """
    files = list_files(folder)
    splits = assign_splits(files, 0)
    split_of = {str(file.path): split for split, part in splits.items() for file in part}
    look = _Look(folder, data_folder(folder))
    for done, (file, found) in enumerate(zip(files, map_all(_read, files), strict=True)):
        progress(done, len(files))
        look.add(file, found)
    progress(len(files), len(files))
    sizes = {split: len(part) for split, part in splits.items()}
    items = [
        Item(f.name, f.dataset or ".", split_of.get(str(f.path), ""), f.group or f.name)
        for f in files
    ]
    report = look.report(sizes, items, has_own_split=any(file.split for file in files))
    report["is_edited"] = any(file.moved for file in files)
    return report


def _read(file: ScoreFile) -> tuple[Piece, str] | str:
    """A piece and the hash of its file, or why it can't be read."""
    try:
        return load_piece(file.path), content_hash(file.path)
    except (ModelError, OSError) as error:
        return str(error)


class _Look:
    """What has been seen so far."""

    def __init__(self, path: Path, folder: Path) -> None:
        self._path, self._folder = path, folder
        self.n_files = 0
        self.sets: dict[str, dict[str, float]] = {}
        self.seconds: dict[str, float] = {}
        self.notes: list[int] = []
        self.polyphony: list[float] = []
        self.on_grid: list[float] = []
        self.metres: Counter[str] = Counter()
        self.pitches = (127, 0)
        self.hashes: dict[str, str] = {}
        self.features: dict[str, Vector] = {}  # of what has notes
        self.silent: list[str] = []
        self.broken: list[dict[str, str]] = []

    def add(self, file: ScoreFile, found: tuple[Piece, str] | str) -> None:
        self.n_files += 1
        name = file.name
        if isinstance(found, str):
            self.broken.append({"path": name, "error": found})
            return
        piece, self.hashes[name] = found
        seconds = piece.tempo_map.ticks_to_seconds(piece.end)
        row = self.sets.setdefault(file.dataset or ".", {"items": 0, "seconds": 0.0})
        row["items"] += 1
        row["seconds"] += seconds
        self.seconds[name] = seconds
        self.notes.append(len(piece.notes))
        if not piece.notes:
            self.silent.append(name)
            return
        self.features[name] = score_features(piece)
        self._add_notes(piece)

    def _add_notes(self, piece: Piece) -> None:
        pitches = [note.pitch for note in piece.notes]
        self.pitches = (min(self.pitches[0], *pitches), max(self.pitches[1], *pitches))
        self.polyphony.append(sum(note.duration for note in piece.notes) / max(1, piece.end))
        step = piece.ticks_per_beat / GRID_PER_BEAT
        starts = np.array([note.start for note in piece.notes]) / step
        self.on_grid.append(float(np.mean(np.abs(starts - np.rint(starts)) < 0.05)))
        for signature in piece.time_signatures[:1]:
            self.metres[f"{signature.numerator}/{signature.denominator}"] += 1

    def report(
        self, splits: dict[str, int], items: list[Item], *, has_own_split: bool
    ) -> dict[str, Any]:
        duplicates = groups_of(self.hashes)
        split_of = {item.path: item.split for item in items}
        rows = placed(items, self.seconds, self.features)
        n_left = sum(not item.split for item in items)
        report: dict[str, Any] = {
            "kind": "score",
            "path": str(self._path),
            "folder": str(self._folder),
            "n_items": self.n_files,
            "seconds": sum(self.seconds.values()),
            "classes": dict(sorted(self.sets.items())),
            "splits": splits,
            "has_own_split": has_own_split,
            "durations_s": five_numbers(self.seconds.values()),
            "notes": sum(self.notes),
            "pitch_range": list(self.pitches) if self.polyphony else None,
            "polyphony": five_numbers(self.polyphony),
            "metres": dict(self.metres.most_common()),
            "on_grid": float(np.mean(self.on_grid)) if self.on_grid else None,
            "silent": self.silent,
            "clipped": [],
            "broken": self.broken,
            "duplicates": duplicates,
            "outliers": outliers(self.seconds, "s"),
            "items": rows,
            "same_recordings": duplicates,
        }
        report["warnings"] = [
            *problem_warnings(report),
            *unusual_warnings(rows),
            *self._warnings(),
            *([f"{plural(n_left, 'piece')} without a split: left out."] if n_left else []),
            *split_warnings(duplicates, split_of, splits),
        ]
        return report

    def _warnings(self) -> list[str]:
        warnings = []
        if len(self.polyphony) < MIN_PIECES:
            pieces = plural(len(self.polyphony), "piece")
            warnings.append(f"{pieces} with notes are few to learn from: add more.")
        if self.on_grid and float(np.mean(self.on_grid)) < MIN_ON_GRID:
            warnings.append(
                "Most notes lie off the sixteenth grid, which the models see music on: "
                "quantise the files first."
            )
        return warnings
