"""`studio evaluate`: measure a model honestly on files it has not seen."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.commands.genre_words import genre_lines
from studio.commands.output import print_json, print_line, print_progress
from studio.errors import StudioError
from studio.file_errors import why_not_written

if TYPE_CHECKING:
    from models.card import Card
    from models.evaluation.predictions import Predictions

Report = dict[str, Any]


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `studio evaluate`."""
    parser.add_argument("model", metavar="MODEL", help="a model's name or its folder")
    parser.add_argument(
        "data",
        metavar="DATA",
        type=Path,
        help="a folder, one with a manifest, a zip of one, or a frames file (.npz) with an array "
        "per split",
    )
    parser.add_argument("--split", metavar="NAME", default="test", help="which split (test)")
    parser.add_argument(
        "--degraded",
        action="store_true",
        help="genre models: measure the clips low-passed, noisy, in a room, as MP3 and quiet, too",
    )
    parser.add_argument(
        "-o", "--out", metavar="DIR", type=Path, help="write report.json and figures there"
    )


def run(args: argparse.Namespace) -> int:
    """Measure, print and, with -o, write the report."""
    from models.card import Card
    from studio.training.registry import find_model

    folder = find_model(args.model)
    card = Card.load(folder)
    if not args.data.exists():
        raise StudioError(f"{args.data}: there is no such file or folder.")
    report, predictions = measure(folder, card.kind, args)
    if args.out is not None:
        write_report(args.out, report)
        if predictions is not None:
            write_figures(args.out, card, args.data, report, predictions)
        elif args.data.suffix != ".npz":
            write_examples(args.out, folder, args.data, args.split)
    if args.json:
        print_json(report)
        return 0
    for line in genre_lines(report) if card.kind == "genre" else lines(report):
        print_line(line)
    if args.out is not None:
        print_line(f"The report is in {args.out}")
    return 0


def measure(folder: Path, kind: str, args: argparse.Namespace) -> tuple[Report, Predictions | None]:
    """The report on a model, and what a genre model said of each clip.

    Raises ModelError if the data can't be used.
    """
    import torch

    from models.training.events import finite

    torch.set_num_threads(1)
    if kind == "genre":
        from models.evaluation.genre import evaluate_genre

        report = evaluate_genre(
            folder, args.data, args.split, _tell_progress, degraded=args.degraded
        )
    else:
        from models.evaluation.score import evaluate_score

        report = evaluate_score(folder, args.data, args.split)
    predictions = report.pop("predictions", None)
    return dict(finite(report)), predictions


def _tell_progress(done: int, n_clips: int) -> None:
    print_progress(f"{done} of {n_clips} files", end=done == n_clips)


def write_report(out: Path, report: Report) -> None:
    """Write `report.json`; raises StudioError."""
    from studio.settings import write_atomically

    try:
        out.mkdir(parents=True, exist_ok=True)
        text = json.dumps(report, indent=1, ensure_ascii=False, allow_nan=False)
        write_atomically(out / "report.json", (text + "\n").encode())
    except OSError as error:
        raise StudioError(why_not_written(out, error)) from error


def write_figures(
    out: Path, card: Card, data: Path, report: Report, predictions: Predictions
) -> None:
    """Write what was said of each clip, and the figures; raises StudioError."""
    from models.evaluation.genre_report import write_genre_report

    try:
        write_genre_report(out, card, data.resolve().name, report, predictions, "")
    except OSError as error:
        raise StudioError(why_not_written(out, error)) from error


def write_examples(out: Path, folder: Path, data: Path, split: str) -> None:
    """Write `figures/repairs.png`, ten windows before and after repair; raises StudioError."""
    from models.evaluation.score import draw_examples

    try:
        (out / "figures").mkdir(exist_ok=True)
        draw_examples(folder, data, split, out / "figures" / "repairs.png")
    except OSError as error:
        raise StudioError(why_not_written(out, error)) from error


def lines(report: Report, prefix: str = "") -> list[str]:
    """The figures for people, nested ones after their names."""
    found = []
    for name, value in report.items():
        if isinstance(value, dict):
            found += lines(value, f"{prefix}{name}.")
        elif isinstance(value, float):
            found.append(f"{prefix}{name}: {value:.4f}")
        elif isinstance(value, list):
            found.append(f"{prefix}{name}: {', '.join(map(_short, value))}")
        else:
            found.append(f"{prefix}{name}: {'-' if value is None else value}")
    return found


def _short(value: Any) -> str:
    return f"{value:.4f}" if isinstance(value, float) else str(value)
