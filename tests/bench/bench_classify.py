"""Measures how fast `studio classify` names the genres of a folder of songs.

    python tests/bench/bench_classify.py [--songs 16] [--minutes 3] [--jobs 2]

Songs are made from the demo music, stereo at 44.1 kHz, a quarter each as WAV, FLAC, OGG and MP3.
Baseline: each file by librosa.load at the model's rate, windows through the same model, in one
process. Stated beside: the multiple of real time, and the share of the time that goes into
decoding (reading the files alone, in one process, against all that one process does).
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile

import resources
from models.data.audio_files import read_native
from models.inference.genre import GenreModel, window_starts
from models.spread import spread_over
from studio.commands.classify import classify_all

RATE = 44_100
FORMATS = ("wav", "flac", "ogg", "mp3")
BLOCK = 65_536
REAL_TIMES = 100
CPU_TIMES = ("user", "system", "children_user", "children_system")


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def write_songs(folder: Path, n_songs: int, minutes: float) -> list[Path]:
    y, rate = soundfile.read(resources.path("demo", "demo_listen.ogg"), dtype="float32")
    y = np.column_stack([y, 0.7 * y]) if y.ndim == 1 else y
    n = round(minutes * 60 * rate)
    paths = []
    for number in range(n_songs):
        song = np.roll(np.tile(y, (n // len(y) + 1, 1))[:n], number * rate, axis=0)
        path = folder / f"song {number:02}.{FORMATS[number % len(FORMATS)]}"
        with soundfile.SoundFile(path, "w", rate, song.shape[1]) as file:
            for start in range(0, n, BLOCK):
                file.write(song[start : start + BLOCK])
        paths.append(path)
    return paths


def by_librosa(model: GenreModel, paths: list[Path]) -> None:
    import librosa

    rate = model.features.sample_rate
    for path in paths:
        y, _ = librosa.load(path, sr=rate)
        size = round(model.window_s * rate)
        for at in window_starts(len(y), size):
            model.classify(y[at : at + size], rate)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--songs", type=int, default=16)
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    folder = resources.path("models", "genre-cnn")
    model = GenreModel.load(folder)
    with tempfile.TemporaryDirectory() as name:
        paths = write_songs(Path(name), args.songs, args.minutes)
        by_librosa(model, paths[:1])  # its first call compiles
        sound_s = args.songs * args.minutes * 60
        baseline_s, baseline_cpu_s = timed(lambda: by_librosa(model, paths))
        one_s, one_cpu_s = timed(lambda: list(classify_all(folder, paths)))
        _, decoding_cpu_s = timed(lambda: [read_native(path) for path in paths])
        before = os.times()
        with spread_over(jobs=args.jobs):
            many_s, _ = timed(lambda: list(classify_all(folder, paths)))
        after = os.times()
    many_cpu_s = sum(getattr(after, n) - getattr(before, n) for n in CPU_TIMES)
    say(
        f"{args.songs} songs of {args.minutes:g} min, {len(FORMATS)} formats, load "
        f"{os.getloadavg()[0]:.1f}\n"
        f"librosa.load, one process: {sound_s / baseline_s:.0f} x real time\n"
        f"classify, one process: {sound_s / one_s:.0f} x real time, {one_s / baseline_s:.2f} x the "
        f"time and {one_cpu_s / baseline_cpu_s:.2f} x the CPU; {sound_s / one_cpu_s:.0f} s of "
        f"sound a second of CPU; decoding is {decoding_cpu_s / one_cpu_s:.0%} of it\n"
        f"classify, {args.jobs} processes, start included: {sound_s / many_s:.0f} x real time "
        f"({sound_s / many_s / REAL_TIMES:.2f} x the {REAL_TIMES} wanted), "
        f"{many_s / baseline_s:.2f} x the time; {many_cpu_s:.1f} s of CPU: with a core for each "
        f"of them {sound_s * args.jobs / many_cpu_s:.0f} x real time"
    )


def timed(work: Callable[[], object]) -> tuple[float, float]:
    began, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - began, time.process_time() - cpu


if __name__ == "__main__":
    main()
