"""The option of commands that can work on a cluster."""

from __future__ import annotations

import argparse


def add_scheduler(parser: argparse.ArgumentParser) -> None:
    """Add `--scheduler`."""
    parser.add_argument(
        "--scheduler",
        metavar="tcp://HOST:PORT",
        help="have the workers of a Dask cluster read and hear the files; all machines must see "
        "them by the same paths",
    )
