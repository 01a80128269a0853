"""Measures whether a data set of very many files streams from disk: time and memory.

    python tests/bench/bench_many_files.py [--files 100000] [--in-memory-mb 32]

Small WAV files are made, each another sound, 0.6 s at 8 kHz. They are compared with each other
by their fingerprints, heard (log-mel frames, kept in the cache), heard again, and windows for 100
batches of 64 are drawn from them. Each step runs in a process of its own, whose largest memory
is told less that of a process that only loads the code. Baseline: the same with all frames in
memory; of the second hearing: the first.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import soundfile

RATE, SECONDS, GENRES = 8000, 0.6, 10
STEPS = ("load", "compare", "hear", "hear again", "batches", "batches from memory")


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def write_files(folder: Path, count: int) -> None:
    rng = np.random.default_rng(0)
    t = np.arange(round(SECONDS * RATE)) / RATE
    for number in range(count):
        place = folder / f"genre {number % GENRES}" / f"{number // 1000:03}"
        if number % 1000 < GENRES:
            place.mkdir(parents=True, exist_ok=True)
        bend = rng.uniform(-900, 900)
        y = 0.2 * np.sin(2 * np.pi * (rng.uniform(200, 2000) * t + bend * t * t))
        y += 0.05 * rng.standard_normal(len(t))
        soundfile.write(place / f"{number}.wav", y.astype(np.float32), RATE)


def step(name: str, folder: Path, in_memory: int) -> None:
    """Do one step and print its seconds and its process's largest memory as JSON."""
    from models.data import audio_features
    from models.data.audio_dataset import load_audio_dataset
    from models.data.leakage import choose_clips
    from models.features import FeatureSettings
    from models.training.genre_batches import cut_windows
    from models.training.row_draws import RowDraws

    settings = FeatureSettings(RATE, 512, 128, 40, fmax_hz=3900.0, window_s=0.4)
    audio_features.IN_MEMORY_BYTES = in_memory if name != "batches from memory" else 1 << 40
    began, cpu = time.monotonic(), time.process_time()
    n = 0
    if name == "compare":
        chosen = choose_clips(load_audio_dataset(folder), None, 0, lambda text: None)
        n = sum(map(len, chosen.splits.values()))
    elif name != "load":
        heard = audio_features.hear(load_audio_dataset(folder).clips, settings, lambda text: None)
        n = len(heard)
        began, cpu = (time.monotonic(), time.process_time()) if "batches" in name else (began, cpu)
        rng = np.random.default_rng(0)
        for batch in range(100 if "batches" in name else 0):
            drawn = [heard[index] for index in rng.integers(n, size=64)]
            draws = RowDraws.of([0], batch, range(64))
            cut_windows(drawn, settings.window_frames, draws)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    told = {"s": time.monotonic() - began, "cpu": time.process_time() - cpu, "peak": peak, "n": n}
    sys.stdout.write(json.dumps(told))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--in-memory-mb", type=int, default=32)
    parser.add_argument("--step", nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    in_memory = args.in_memory_mb << 20
    if args.step:
        step(args.step[0], Path(args.step[1]), in_memory)
        return
    with tempfile.TemporaryDirectory() as name:
        began = time.monotonic()
        write_files(Path(name) / "music", args.files)
        say(f"{args.files} files made in {time.monotonic() - began:.0f} s")
        measure(Path(name), args.files, args.in_memory_mb)


def measure(place: Path, count: int, in_memory_mb: int) -> None:
    env = {**os.environ, "STUDIO_HOME": str(place / "home")}
    command = [sys.executable, __file__, "--in-memory-mb", str(in_memory_mb), "--step"]
    told = {}
    for name in STEPS:
        words = [*command, name, str(place / "music")]
        done = subprocess.run(words, env=env, check=True, capture_output=True, text=True)
        row = told[name] = json.loads(done.stdout)
        mb = (row["peak"] - told["load"]["peak"]) / (1 << 20)
        say(
            f"{name:>20}: {row['s']:7.1f} s, {row['cpu']:7.1f} s of CPU "
            f"({row['cpu'] / count * 1e3:.2f} ms a file), {mb:6.0f} MB"
        )
    again = told["hear again"]["cpu"] / told["hear"]["cpu"]
    say(f"hearing again: {again:.2f} x the CPU of hearing")
    batches, memory = told["batches"], told["batches from memory"]
    base = told["load"]["peak"]
    share = (batches["peak"] - base) / (memory["peak"] - base)
    say(f"from disk: {share:.2f} x the memory, {batches['cpu'] / memory['cpu']:.1f} x the CPU of")
    say(f"    batches with all in memory ({batches['cpu'] * 10:.1f} ms a batch of 64)")


if __name__ == "__main__":
    main()
