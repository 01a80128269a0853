"""`studio continue`: new bars after the end of a score."""

from __future__ import annotations

import argparse

from studio.commands import suggest

MOST_NOTES = 10_000  # a cap on a runaway model, far above what any bars hold


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `studio continue`."""
    suggest.add_common_arguments(parser)
    parser.add_argument("--bars", type=int, required=True, metavar="N", help="how many bars to add")


def run(args: argparse.Namespace) -> int:
    """Continue, print the events and, with -o, write the longer score."""
    song = suggest.read_song(args.score)
    piece = song.to_piece()
    conditions = suggest.make_conditions(args, song, max_add=MOST_NOTES, max_remove=0)
    name, model = suggest.load_model(args.model, "lstm")
    events = model.continue_piece(piece, conditions, args.bars)
    return suggest.finish(args, song, piece, name, events)
