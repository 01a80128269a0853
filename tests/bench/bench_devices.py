"""Measures training on two processes (gloo, by torchrun) against one with the same settings.

    python tests/bench/bench_devices.py [epochs [lstm] [ar-cnn] [genre]]

Each process has half of every batch. Prints seconds from the first batch to the last validation,
and how far the curves of validation losses are apart, beside how far those of one process with
other seeds are. LSTM and AR-CNN on the demo scores, the genre network on the demo sounds.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import resources

ROOT = Path(__file__).parents[2]
SEEDS = (1, 2)
KINDS: dict[str, tuple[str, int, dict[str, int]]] = {
    "lstm": ("training_scores", 32, {"hidden": 96, "embedding": 96}),
    "ar-cnn": ("training_scores", 32, {"channels": 48, "bottleneck": 24, "blocks": 6}),
    "genre": ("training_genre", 64, {"width": 16, "n_mels": 64}),
}
SIZE = {
    "lstm": ("batches_per_epoch", 12),
    "ar-cnn": ("batches_per_epoch", 12),
    "genre": ("crops_per_epoch", 768),
}


def train(kind: str, epochs: int, n_processes: int, seed: int, run: Path) -> list[dict[str, Any]]:
    """The events of a run."""
    demo, batch_size, settings = KINDS[kind]
    name, size = SIZE[kind]
    every = {**settings, "batch_size": batch_size, name: size, "patience": 0}
    words = ["train", kind, str(resources.path("demo", demo)), "-o", str(run), "--preset", "tiny"]
    words += ["--epochs", str(epochs), "--seed", str(seed), "--devices", str(n_processes), "--json"]
    for setting, value in every.items():
        words += ["--set", f"{setting}={value}"]
    launcher = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    launcher = [*launcher, "-m", "studio"] if n_processes == 2 else ["-m", "studio"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    output = subprocess.run(
        [sys.executable, *launcher, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd=ROOT,
        check=True,
    ).stdout
    return [json.loads(line) for line in output.splitlines()]


def measure(events: list[dict[str, Any]]) -> tuple[float, list[float]]:
    """Seconds of training, and the validation loss of each epoch."""
    start = next(event for event in events if event["event"] == "start")["seconds"]
    epochs = [event for event in events if event["event"] == "epoch"]
    return epochs[-1]["seconds"] - start, [event["valid_loss"] for event in epochs]


def compare(kind: str, epochs: int, work: Path) -> None:
    ones, twos = [], []
    for seed in SEEDS:
        ones.append(measure(train(kind, epochs, 1, seed, work / f"{kind}-1-{seed}")))
        twos.append(measure(train(kind, epochs, 2, seed, work / f"{kind}-2-{seed}")))
    one_s, two_s = (statistics.median(s for s, _ in runs) for runs in (ones, twos))
    last_one, last_two = ([curve[-1] for _, curve in runs] for runs in (ones, twos))
    apart = statistics.mean(
        abs(a - b)
        for (_, one), (_, two) in zip(ones, twos, strict=True)
        for a, b in zip(one, two, strict=True)
    )
    noise = statistics.mean(
        abs(a - b)
        for i in range(len(SEEDS))
        for a, b in zip(ones[i][1], ones[i - 1][1], strict=True)
    )
    sys.stdout.write(
        f"{kind:<8} one process {one_s:6.1f} s, two {two_s:6.1f} s, ratio {two_s / one_s:4.2f}   "
        f"last losses {_words(last_one)} and {_words(last_two)}, curves {apart:.2g} apart "
        f"(seeds of one process: {noise:.2g})   load {os.getloadavg()[0]:.0f}\n"
    )
    sys.stdout.flush()


def _words(losses: list[float]) -> str:
    return f"{statistics.mean(losses):.3f} ± {statistics.stdev(losses):.3f}"


def main() -> None:
    epochs = int(sys.argv[1]) if len(sys.argv) > 1 else 4
    with tempfile.TemporaryDirectory() as folder:
        for kind in sys.argv[2:] or KINDS:
            compare(kind, epochs, Path(folder))


if __name__ == "__main__":
    main()
