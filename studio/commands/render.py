"""`studio render IN.mid -o OUT.wav`: plays a score into a sound file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from studio.commands.output import print_json, print_line, print_progress

if TYPE_CHECKING:
    from studio.audio.render import Rendered


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("file", type=Path, metavar="IN.mid", help="a MIDI file or a project")
    parser.add_argument(
        "-o",
        "--out",
        type=Path,
        required=True,
        metavar="OUT",
        help="the sound file: .wav, .flac or .ogg",
    )
    parser.add_argument(
        "--soundfont", type=Path, metavar="FILE", help="an .sf2 or .sf3 file (default: built in)"
    )
    parser.add_argument(
        "--rate", type=_rate, default=44100, metavar="HZ", help="samples a second (44100)"
    )
    parser.add_argument(
        "--tracks", action="store_true", help="a file for each track, named after OUT"
    )
    parser.epilog = "OUT is replaced only when all of it has been written."


def _rate(text: str) -> int:
    rate = int(text)
    if not 8000 <= rate <= 192_000:
        raise argparse.ArgumentTypeError(f"{rate} is outside 8000..192000")
    return rate


def run(args: argparse.Namespace) -> int:
    """Render, and say what was written."""
    from studio.audio.render import render_song, render_tracks
    from studio.score.midi_file import read_midi
    from studio.score.project import is_project, read_project

    song = read_project(args.file).song if is_project(args.file) else read_midi(args.file)
    if args.tracks:
        return _tell_tracks(
            render_tracks(song, args.out, sample_rate=args.rate, soundfont=args.soundfont),
            as_json=args.json,
        )
    rendered = render_song(
        song,
        args.out,
        sample_rate=args.rate,
        soundfont=args.soundfont,
        on_progress=lambda seconds: print_progress(f"{seconds:.0f} s"),
    )
    print_progress("")
    if args.json:
        print_json(_row(rendered))
    else:
        _tell(rendered)
    return 0


def _tell_tracks(rendered: list[Rendered], *, as_json: bool) -> int:
    if as_json:
        print_json([_row(each) for each in rendered])
    else:
        for each in rendered:
            _tell(each)
    return 0


def _row(rendered: Rendered) -> dict[str, object]:
    return {
        "path": str(rendered.path),
        "seconds": round(rendered.seconds, 3),
        "notes": rendered.notes,
        "real_time_factor": round(rendered.real_time_factor, 1),
    }


def _tell(rendered: Rendered) -> None:
    print_line(
        f"{rendered.path}: {rendered.seconds:.1f} s, {rendered.notes} notes, "
        f"{rendered.real_time_factor:.0f} times faster than real time."
    )
