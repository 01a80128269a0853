"""`studio tour`: listens, names the genre, suggests edits, trains a tiny model, by itself."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from studio.commands.output import print_json, print_line
from studio.errors import StudioError


def configure(parser: argparse.ArgumentParser) -> None:
    """The one argument of the tour."""
    parser.add_argument(
        "--out", type=Path, default=Path("tour"), metavar="DIR", help="where pictures go (tour)"
    )
    parser.epilog = (
        "Without a display Qt's offscreen platform is used. DIR gets a picture of each place and "
        "tour.json: what was heard, proposed and trained. Your own models and settings are not "
        "touched."
    )


def run(args: argparse.Namespace) -> int:
    """Take the tour and write what was seen to DIR."""
    from studio.commands.open_window import needs_display

    if needs_display():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    try:
        args.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StudioError(f"{args.out}: the folder can't be made ({error.strerror}).") from error
    with tempfile.TemporaryDirectory(prefix="studio-tour-", ignore_cleanup_errors=True) as home:
        os.environ["STUDIO_HOME"] = home
        from studio.commands.tour_guide import take_tour

        report = take_tour(args.out, say=lambda text: sys.stderr.write(f"{text}\n"))
    if args.json:
        print_json(report)
    else:
        print_line(f"The pictures and tour.json are in {args.out}.")
    return 0
