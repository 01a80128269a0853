"""`studio suggest`: edit events for a score, from a model."""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.commands.output import print_json, print_line, print_progress
from studio.errors import StudioError

if TYPE_CHECKING:
    from models.inference.score import ScoreModel
    from models.notes import EditEvent
    from models.protocol import Conditions, Piece
    from studio.score.song import Song

PITCH_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `studio suggest`."""
    add_common_arguments(parser)
    parser.add_argument(
        "--add", type=int, default=8, metavar="N", help="most notes to add, exact (8)"
    )
    parser.add_argument(
        "--remove", type=int, default=8, metavar="N", help="most notes to remove, exact (8)"
    )
    parser.add_argument(
        "--iterations", type=int, default=100, metavar="N", help="most model passes (100)"
    )
    parser.add_argument("--bars", metavar="A-B", help="only these bars, counted from 1 (all)")
    parser.add_argument(
        "--pitches", metavar="A-B", help="only these MIDI pitches, such as 48-72 (the piece's own)"
    )
    parser.add_argument(
        "--density", type=int, metavar="N", help="add no note to bars in which N start (no limit)"
    )
    parser.add_argument(
        "--keep-rhythm", action="store_true", help="every track keeps the times its notes start at"
    )


def add_common_arguments(parser: argparse.ArgumentParser) -> None:
    """What `suggest` and `continue` have in common."""
    parser.add_argument("score", type=Path, metavar="IN.mid", help="a MIDI file")
    parser.add_argument("--model", metavar="N", help="a model's name or folder (ar-cnn)")
    parser.add_argument(
        "--temperature",
        type=float,
        default=1.0,
        metavar="T",
        help="creative risk, 0 to 2; at 0 only what the model finds most likely (1)",
    )
    parser.add_argument(
        "--seed", type=int, default=0, metavar="S", help="same seed, same edits (0)"
    )
    parser.add_argument("--tracks", metavar="1,2", help="only these tracks, counted from 1 (all)")
    parser.add_argument(
        "--key", default="auto", metavar="KEY", help="auto, off, or a key such as C:maj or A:min"
    )
    parser.add_argument("-o", "--out", type=Path, metavar="OUT.mid", help="write the new score")


def run(args: argparse.Namespace) -> int:
    """Suggest, print the events and, with -o, write the score that they make."""
    song = read_song(args.score)
    piece = song.to_piece()
    start, end = bar_range(args.bars, piece)
    low, high = pitch_range(args.pitches)
    if args.density is not None and args.density < 0:
        raise StudioError(f"--density {args.density}: must be 0 or more.")
    conditions = make_conditions(
        args,
        song,
        pitch_min=low,
        pitch_max=high,
        max_per_bar=args.density,
        keep_rhythm=args.keep_rhythm,
        max_add=args.add,
        max_remove=args.remove,
        iterations=args.iterations,
        start_tick=start,
        end_tick=end,
    )
    name, model = load_model(args.model, "ar-cnn")
    return finish(args, song, piece, name, model.suggest(piece, conditions))


def read_song(path: Path) -> Song:
    """The score of a MIDI file."""
    from studio.score.midi_file import read_midi

    return read_midi(path)


def load_model(name: str | None, architecture: str) -> tuple[str, ScoreModel]:
    """The model called `name`, or the shipped one of `architecture`."""
    from models.inference import score
    from studio.training.registry import default_model, find_model

    folder = find_model(name, "score") if name else default_model("score", architecture)
    return folder.name, score.load(folder)


def make_conditions(args: argparse.Namespace, song: Song, **more: Any) -> Conditions:
    """The conditions that the arguments ask for, checked."""
    from models.protocol import Conditions

    for name in ("max_add", "max_remove", "iterations"):
        if more.get(name, 0) < 0:
            raise StudioError(f"--{name.removeprefix('max_')} {more[name]}: must be 0 or more.")
    if args.seed < 0:
        raise StudioError(f"--seed {args.seed}: must be 0 or more.")
    if not 0 <= args.temperature <= 2:
        raise StudioError(f"--temperature {args.temperature}: must be from 0 to 2.")
    tracks = track_numbers(args.tracks, len(song.tracks))
    if tracks is not None and all(song.tracks[index].is_drums for index in tracks):
        raise StudioError(f"--tracks {args.tracks}: models leave drums alone; choose others.")
    return Conditions(
        temperature=args.temperature, seed=args.seed, tracks=tracks, key=args.key, **more
    )


def track_numbers(text: str | None, n_tracks: int) -> tuple[int, ...] | None:
    """Tracks counted from 0, None for all. Raises StudioError for what is no track."""
    if text is None:
        return None
    words = [word.strip() for word in text.split(",")]
    numbers = [int(word) for word in words if word.isdecimal()]
    if len(numbers) < len(words) or not all(1 <= number <= n_tracks for number in numbers):
        raise StudioError(
            f"--tracks {text}: write numbers from 1 to {n_tracks}, separated by commas."
        )
    return tuple(sorted({number - 1 for number in numbers}))


def bar_range(text: str | None, piece: Piece) -> tuple[int, int | None]:
    """The ticks of bars 'A-B' (or 'A'), counted from 1, both included."""
    from models.tempo_map import Metre

    if text is None:
        return 0, None
    match = re.fullmatch(r"(\d{1,9})(?:-(\d{1,9}))?", text.strip())
    first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
    if not 1 <= first <= last:
        raise StudioError(f"--bars {text}: write the first and the last bar, for example 1-4.")
    metre = Metre(piece.ticks_per_beat, piece.time_signatures)
    n_bars = metre.bar_of(max(0, piece.end - 1)) + 1
    if first > n_bars:
        raise StudioError(f"--bars {text}: the piece has {n_bars} bars.")
    return metre.bar_start(first - 1), metre.bar_start(min(last, n_bars))


def pitch_range(text: str | None) -> tuple[int, int]:
    """The pitches 'A-B', both included; all of them where nothing is asked."""
    if text is None:
        return 0, 127
    match = re.fullmatch(r"(\d{1,3})-(\d{1,3})", text.strip())
    low, high = (int(match[1]), int(match[2])) if match else (1, 0)
    if not low <= high <= 127:
        raise StudioError(f"--pitches {text}: write the lowest and the highest, such as 48-72.")
    return low, high


def finish(
    args: argparse.Namespace, song: Song, piece: Piece, model: str, events: Iterator[EditEvent]
) -> int:
    """Take the events as they come, write the score, print what was done."""
    from models.protocol import edit_to_json
    from studio.score.edits import edit_from_events
    from studio.score.midi_file import write_midi

    started = time.perf_counter()
    taken = []
    for event in events:
        taken.append(event)
        print_progress(f"{len(taken)} edit events")
    seconds = time.perf_counter() - started
    print_progress("", end=False)
    song.score.apply(edit_from_events(taken, "Suggestion"))
    if args.out is not None:
        write_midi(song, args.out)
    report = {
        "model": model,
        "seed": args.seed,
        "seconds": seconds,
        "edits": [edit_to_json(event, piece.ticks_per_beat) for event in taken],
        "notes_before": len(piece.notes),
        "notes_after": len(song.score),
    }
    if args.json:
        print_json(report)
    else:
        print_table(report, args.out)
    return 0


def print_table(report: dict[str, Any], out: Path | None) -> None:
    """The events for people, a line each."""
    for edit in report["edits"]:
        sign = "+" if edit["action"] == "add" else "-"
        name = PITCH_NAMES[edit["pitch"] % 12] + str(edit["pitch"] // 12 - 1)
        print_line(
            f"{sign} {name:4} track {edit['track']:<2} beat {edit['start_beat']:<8.3f} "
            f"length {edit['duration_beats']:<6.3f} velocity {edit['velocity']:<3} "
            f"p {edit['probability']:.2f}"
        )
    print_line(
        f"{len(report['edits'])} edits by {report['model']} in {report['seconds']:.2f} s "
        f"(seed {report['seed']}): {report['notes_before']} notes before, "
        f"{report['notes_after']} after."
    )
    if out is not None:
        print_line(f"Written: {out}")
