"""Reads every MIDI file of a folder, writes it and reads it again: nothing may be lost.

    python tests/bench/bench_scores.py FOLDER [n_files]

Compared are the notes, every other event with its place and bytes, names, tempo, metre and key.
Beside it: how long reading takes against pretty_midi (where it is installed) and mido.
"""

from __future__ import annotations

import importlib.util
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import mido

from studio.errors import StudioError
from studio.score.midi_file import midi_bytes, parse_midi
from studio.score.song import Song

SUFFIXES = (".mid", ".midi", ".MID")


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def content(song: Song) -> object:
    """All of a song that a file can hold."""
    return (
        song.score.notes,
        [(e.tick, e.data) for chunk in song.chunks for e in chunk.events],
        song.tracks,
        song.tempo,
        song.time_signatures,
        song.key_signatures,
        song.file_type,
        song.ticks_per_beat,
        song.foreign_chunks,
    )


def differences(files: list[Path]) -> tuple[Counter[str], list[str], float]:
    """What became of each file, those that changed, and the seconds that reading took."""
    outcomes: Counter[str] = Counter()
    changed: list[str] = []
    seconds = 0.0
    for path in files:
        data = path.read_bytes()
        start = time.perf_counter()
        try:
            song = parse_midi(data, path.name)
        except StudioError:
            outcomes["refused"] += 1
            continue
        finally:
            seconds += time.perf_counter() - start
        written = midi_bytes(song)
        again = parse_midi(written)
        is_same = content(again) == content(song) and midi_bytes(again) == written
        outcomes["the same"] += is_same
        outcomes["told what was wrong"] += bool(song.warnings)
        if not is_same:
            changed.append(str(path))
    return outcomes, changed, seconds


def seconds_of(files: list[Path], read: Callable[[str], object]) -> float:
    start = time.perf_counter()
    for path in files:
        try:
            read(str(path))
        except Exception:  # noqa: BLE001 - a baseline that can't read a file is only slower to fail
            continue
    return time.perf_counter() - start


def main() -> None:
    folder = Path(sys.argv[1])
    files = sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES)
    if len(sys.argv) > 2:
        files = files[:: max(1, len(files) // int(sys.argv[2]))]
    outcomes, changed, ours = differences(files)
    say(f"{len(files)} files: {dict(outcomes)}")
    for path in changed[:20]:
        say(f"CHANGED {path}")
    some = files[:: max(1, len(files) // 200)]
    ours = seconds_of(some, lambda path: parse_midi(Path(path).read_bytes()))
    theirs = seconds_of(some, mido.MidiFile)
    say(f"reading {len(some)} of them: {ours:.2f} s, {ours / theirs:.2f} x mido ({theirs:.2f} s)")
    if importlib.util.find_spec("pretty_midi"):
        import pretty_midi

        theirs = seconds_of(some, pretty_midi.PrettyMIDI)
        say(f"{ours / theirs:.2f} x pretty_midi ({theirs:.2f} s)")


if __name__ == "__main__":
    main()
