"""Measures how soon and how often the genre is named live, and at what cost.

    python tests/bench/bench_live_genre.py [--seconds 20]

The demo music passes at its own pace through the real analysis and the real worker process, as in
Listen. Baselines: the first name after 3.5 s of music, two names a second, 15 ms a window.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import resources
from studio.analysis.hearing import Hearing
from studio.assistant.live_genre import GenreReading, LiveGenre
from studio.assistant.worker_client import WorkerClient
from studio.audio.file_source import FileSource

FIRST_S, EACH_SECOND, MOST_MS = 3.5, 2.0, 15.0


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def listen(
    model: Path, seconds: float, *, is_warm: bool
) -> tuple[list[tuple[float, GenreReading]], int]:
    """Each reading with the seconds since the music began, and how many windows there were."""
    worker = WorkerClient()
    worker.start()
    told: list[tuple[float, GenreReading]] = []
    asked = 0
    live = LiveGenre(worker, model, lambda reading: told.append((time.monotonic(), reading)))

    def ask(samples: NDArray[np.float32], sample_rate: int, position: int) -> None:
        nonlocal asked
        asked += 1
        live.push_window(samples, sample_rate, position)

    if is_warm:
        live.push_window(np.ones(66_150, np.float32), 22_050, 0)
        while not told:
            time.sleep(0.02)
        told.clear()
    source = FileSource(resources.path("demo", "demo_listen.ogg"), is_audible=False)
    hearing = Hearing(source, ask)
    began = time.monotonic()
    hearing.start()
    time.sleep(seconds)
    hearing.stop()
    worker.close()
    return [(at - began, reading) for at, reading in told], asked


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--model", type=Path, default=resources.path("models", "genre-cnn"))
    args = parser.parse_args()
    for is_warm, words in ((True, "warm worker"), (False, "worker started with the music")):
        told, asked = listen(args.model, args.seconds, is_warm=is_warm)
        at = [moment for moment, _ in told]
        ms = [reading.ms for _, reading in told[1:]]
        rate = (len(at) - 1) / (at[-1] - at[0])
        say(
            f"{words}: first name after {at[0]:.2f} s, {at[0] / FIRST_S:.2f} x the {FIRST_S} s "
            f"allowed; {rate:.2f} a second, {rate / EACH_SECOND:.2f} x {EACH_SECOND:g}; "
            f"{len(told)} of {asked} windows answered; median {np.median(ms):.1f} ms a window, "
            f"{np.median(ms) / MOST_MS:.2f} x {MOST_MS:g} ms"
        )


if __name__ == "__main__":
    main()
