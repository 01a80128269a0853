"""How far the estimate of a run is from the run: seconds and megabytes, estimated / measured.

python tests/bench/bench_estimate.py [KIND …] [--preset P]

Both are made by `studio train` on the demo data, one after the other, the run without a limit.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import resources

DATA = {"genre": "training_genre", "ar-cnn": "training_scores", "lstm": "training_scores"}


def studio(*words: str) -> tuple[str, float, float]:
    """What a command prints, the seconds it took, and its peak memory in MB."""
    command = [sys.executable, "-m", "studio", *words]
    began = time.perf_counter()
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(command, stdout=out)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        out.seek(0)
        text = out.read().decode()
    if status:
        raise SystemExit(f"{command} failed")
    return text, seconds, usage.ru_maxrss * 1024 / 1e6


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("kinds", nargs="*", default=list(DATA))
    parser.add_argument("--preset", default="tiny")
    args = parser.parse_args()
    _, start_s, _ = studio("train", "--help")
    for kind in args.kinds:
        words = ["train", kind, str(resources.path("demo", DATA[kind])), "--preset", args.preset]
        words += ["--set", "patience=0"]
        found = json.loads(studio(*words, "--estimate", "--json")[0])
        with tempfile.TemporaryDirectory() as folder:
            told, _, peak_mb = studio(*words, "-o", str(Path(folder) / "run"), "--json")
        seconds = json.loads(told.splitlines()[-1])["seconds"]
        sys.stdout.write(
            f"{kind} {args.preset}: estimated {found['total_s']:.1f} s, was {seconds:.1f} s "
            f"(ratio {found['total_s'] / seconds:.2f}); {found['memory_mb']:.0f} MB, "
            f"was {peak_mb:.0f} MB (ratio {found['memory_mb'] / peak_mb:.2f}); "
            f"starting the program takes {start_s:.1f} s more\n"
        )


if __name__ == "__main__":
    main()
