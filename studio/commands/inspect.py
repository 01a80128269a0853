"""`studio inspect`: look a data set over before training."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from studio.commands.output import print_json, print_line, print_progress
from studio.commands.scheduler import add_scheduler

MOST_LISTED = 10


def configure(parser: argparse.ArgumentParser) -> None:
    """The one argument of `studio inspect`."""
    parser.add_argument(
        "data", type=Path, metavar="DATA", help="a folder of sound or MIDI files, or a zip of one"
    )
    add_scheduler(parser)
    parser.epilog = "Nothing is changed. --json gives every file that is named here in part."


def run(args: argparse.Namespace) -> int:
    """Look at DATA and print what was found."""
    from models.data.inspect import inspect
    from models.spread import spread_over

    def progress(done: int, total: int) -> None:
        print_progress(f"{done} of {total} files")

    with spread_over(args.scheduler):
        report = inspect(args.data, progress)
    print_progress("")
    if args.json:
        print_json(report)
    else:
        _print_report(report)
    return 0


def _print_report(report: dict[str, Any]) -> None:
    minutes = report["seconds"] / 60
    what = "sound files" if report["kind"] == "genre" else "MIDI files"
    print_line(f"{report['n_items']} {what}, {minutes:.1f} minutes in {report['path']}")
    for name, row in report["classes"].items():
        print_line(f"  {name:20} {row['items']:6} files {row['seconds'] / 60:8.1f} min")
    by = "as given" if report["has_own_split"] else "ours, by piece or group"
    by += ", changed by hand" if report["is_edited"] else ""
    splits = ", ".join(f"{name} {count}" for name, count in report["splits"].items())
    print_line(f"Splits ({by}): {splits}")
    for key in ("sample_rates", "metres"):
        if report.get(key):
            words = ", ".join(f"{name}: {count}" for name, count in report[key].items())
            print_line(f"{key.replace('_', ' ').capitalize()}: {words}")
    if report["other_files"]:
        print_line(f"Other files, which are left alone: {report['other_files']}")
    unusual = [f"{row['path']} ({row['class']})" for row in report["items"] if row["unusual"]]
    _print_list("unlike its class", unusual)
    for key in ("broken", "silent", "clipped", "outliers", "duplicates"):
        _print_list(key, report[key])
    pairs = [" = ".join(pair["paths"]) for pair in report.get("near_duplicates", [])]
    _print_list("same recordings", pairs)
    for warning in report["warnings"]:
        print_line(f"! {warning}")


def _print_list(title: str, rows: list[Any]) -> None:
    for row in rows[:MOST_LISTED]:
        if isinstance(row, dict):
            text = row.get("error") or f"{row['path']}: {row['value']:.1f} {row['unit']}"
        else:
            text = " = ".join(row) if isinstance(row, list) else row
        print_line(f"  {title}: {text}")
    if len(rows) > MOST_LISTED:
        print_line(f"  … and {len(rows) - MOST_LISTED} more {title}; --json names them all")
