"""`studio classify`: the genre of audio files and folders."""

from __future__ import annotations

import argparse
import csv
import io
import os
from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from models.errors import ModelError
from models.spread import map_all, spread_over
from studio.commands.classify_journal import ClassifyJournal, go_on
from studio.commands.output import print_json, print_line, print_progress
from studio.commands.scheduler import add_scheduler
from studio.errors import StudioError
from studio.file_errors import why_not_written

Entry = dict[str, Any]
MAX_JOBS = 64


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.epilog = (
        "A file that can't be read gets an entry with 'error'; exit 0 if at least one file was "
        "classified. Windows of a few seconds overlap by half; a file's answer is their mean. "
        "With --out, a run that was interrupted goes on where it stopped when it is called again."
    )
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="audio file or folder")
    parser.add_argument("--model", metavar="N", help="a model's name or folder (default: shipped)")
    parser.add_argument(
        "--jobs", type=_jobs, default=1, metavar="N", help="processes at work at once (default 1)"
    )
    add_scheduler(parser)
    parser.add_argument("--out", type=Path, metavar="FILE.csv", help="write a table as well")


def _jobs(text: str) -> int:
    value = int(text) if text.isdecimal() else 0
    if not 1 <= value <= MAX_JOBS:
        raise argparse.ArgumentTypeError(f"{text}: a number from 1 to {MAX_JOBS} is needed")
    return value


def run(args: argparse.Namespace) -> int:
    """Classify the files and print the answers."""
    folder = _model_folder(args.model)
    files = find_files(args.paths)
    journal = ClassifyJournal(args.out, folder) if args.out else None
    with spread_over(args.scheduler, args.jobs):
        entries = _classify(folder, files, journal)
    worked = [entry for entry in entries if entry["error"] is None]
    if len(entries) == 1 and not worked:
        raise StudioError(entries[0]["error"])
    if args.out:
        _write_csv(args.out, entries)
    if journal:
        journal.remove()
    if args.json:
        print_json(entries)
    else:
        for entry in entries:
            print_line(describe(entry))
    if not worked:
        raise StudioError(f"None of the {len(entries)} files could be classified.")
    return 0


def _classify(folder: Path, files: Sequence[Path], journal: ClassifyJournal | None) -> list[Entry]:
    """The entry of each file, in order; those of an interrupted run are not made anew."""
    known, left = go_on(journal, files) if journal else ({}, list(files))
    made = classify_all(folder, left)
    new = journal.add_all(zip(left, made, strict=True)) if journal and left else made
    for path, entry in zip(left, new, strict=True):
        known[path] = entry
        print_progress(f"{len(known)} of {len(files)} files", end=len(known) == len(files))
    return [known[path] for path in files]


def _model_folder(name: str | None) -> Path:
    from studio.training.registry import default_model, find_model

    return find_model(name, "genre") if name else default_model("genre")


def find_files(paths: Sequence[Path]) -> list[Path]:
    """The files named and the audio files in the folders named, each once.

    Raises StudioError if a path is not there or a folder has no audio in it.
    """
    from models.data.audio_files import find_audio

    files: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            found = find_audio(path)
            if not found:
                raise StudioError(f"{path} has no audio files in it (WAV, FLAC, OGG, MP3).")
            files |= dict.fromkeys(found)
        elif path.exists():
            files[path] = None
        else:
            raise StudioError(f"{path}: there is no such file or folder.")
    return list(files)


def classify_all(folder: Path, files: Sequence[Path]) -> Iterator[Entry]:
    """The entry of each file, in order. Raises ModelError if the model can't be used."""
    _model(folder)  # a model that is refused is told once, before any file
    return map_all(partial(classify_one, folder), files)


def classify_one(folder: Path, path: Path) -> Entry:
    """The entry of one file, with `error` in words if it can't be read."""
    try:
        entry: Entry = _model(folder).classify_file(path)
    except ModelError as error:
        entry = {
            "path": str(path),
            "genre": None,
            "confidence": None,
            "probabilities": {},
            "seconds": None,
            "windows": [],
            "error": str(error),
        }
    return entry


@lru_cache(maxsize=1)
def _model(folder: Path) -> Any:
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    from models.inference.genre import GenreModel

    return GenreModel.load(folder)


def describe(entry: Entry) -> str:
    """One line for people."""
    if entry["error"] is not None:
        return f"{entry['path']}: {entry['error']}"
    ranked = sorted(entry["probabilities"].items(), key=lambda item: -item[1])[:3]
    named = ", ".join(f"{label} {share:.0%}" for label, share in ranked)
    return f"{entry['path']}: {named}"


def _write_csv(path: Path, entries: Sequence[Entry]) -> None:
    from studio.settings import write_atomically

    labels = sorted({label for entry in entries for label in entry["probabilities"]})
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(["path", "genre", "confidence", "seconds", *labels, "error"])
    for entry in entries:
        shares = [entry["probabilities"].get(label) for label in labels]
        row = [entry[name] for name in ("path", "genre", "confidence", "seconds")]
        table.writerow([*row, *shares, entry["error"]])
    try:
        write_atomically(path, text.getvalue().encode())
    except OSError as error:
        raise StudioError(why_not_written(path, error)) from error
