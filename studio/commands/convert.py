"""`studio convert IN OUT`: a score from one format into another."""

from __future__ import annotations

import argparse
from pathlib import Path

from studio.commands.output import print_json, print_line

KINDS = "MIDI (.mid), project (.studio) or MusicXML (.musicxml, .mxl)"


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("file", type=Path, metavar="IN", help=KINDS)
    parser.add_argument("out", type=Path, metavar="OUT", help="the same; its name says which")
    parser.epilog = "OUT is replaced only when all of it has been written."


def run(args: argparse.Namespace) -> int:
    """Convert, and say what was written."""
    from studio.score.formats import read_score, write_score

    song = read_score(args.file)
    write_score(song, args.out)
    n_notes, n_tracks = len(song.score), len(song.tracks)
    if args.json:
        print_json(
            {
                "path": str(args.out),
                "notes": n_notes,
                "tracks": n_tracks,
                "warnings": song.warnings,
            }
        )
    else:
        print_line(f"{args.out}: {n_notes} notes on {n_tracks} tracks.")
    return 0
