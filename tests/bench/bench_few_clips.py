"""Measures genre training from few clips: a head on a trained network against one from scratch.

    python tests/bench/bench_few_clips.py [DATA] --heads [--set key=value …] [--head key=value …]
                                                      [--keep FOLDER]
    python tests/bench/bench_few_clips.py [DATA] --curve [--set key=value …]

`--heads`: networks that have never heard three of the genres begin; their heads then learn just
those three, from 5 and 10 clips a genre in a folder per genre as a musician has them (Studio keeps
a tenth of them back), by the settings of `--head`. `--set` is for the networks, which `--keep`
keeps for another time; from scratch is what Studio does by default. `--curve`: all genres from
scratch, from 5, 10, 50 and all clips a genre. Measured on DATA's validation clips, which no
network here has heard.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
from genre_folders import make_folder, read_settings, say, trained

from models.data.audio_dataset import limit_clips, load_audio_dataset
from models.evaluation.genre import evaluate_genre
from models.training.run import BEST

NEW = (("blues", "disco", "metal"), ("country", "hiphop", "reggae"))
SEEDS = (1, 2, 3)


def heads(data: Path, settings: dict[str, str], head: dict[str, str], keep: Path | None) -> None:
    """Accuracy on three new genres, and how long learning them took."""
    clips = load_audio_dataset(data).clips
    hits = {(how, n): [0, 0, 0.0] for how in ("head", "scratch") for n in (5, 10)}
    with tempfile.TemporaryDirectory() as place:
        for genres in NEW:
            root = Path(place) / genres[0]
            base = (keep or Path(place)) / f"without-{genres[0]}"
            if not base.is_dir():
                old = [(clip, clip.split) for clip in clips if clip.genre not in genres]
                trained(make_folder(data, root / "old", old), base, settings)
            say(f"a network that has never heard {', '.join(genres)} is ready")
            how_to = {"head": {**head, "base": str(base / BEST), "head_only": "1"}, "scratch": {}}
            new = [clip for clip in clips if clip.genre in genres]
            measure_on = [(clip, "") for clip in new if clip.split == "valid"]
            unheard = make_folder(data, root / "measured", measure_on)
            for (how, n), sums in hits.items():
                for seed in SEEDS:
                    few = limit_clips([c for c in new if c.split == "train"], n, seed=seed)
                    into = root / f"{how}{n}-{seed}"
                    folder = make_folder(data, into / "data", [(clip, "") for clip in few])
                    right, of, seconds = learned(folder, unheard, into, how_to[how], seed)
                    sums[0] += right
                    sums[1] += of
                    sums[2] = max(sums[2], seconds)
                share = sums[0] / sums[1]
                say(f"  {how}, {n} clips: {share:.3f} of {sums[1]}, at most {sums[2]:.0f} s CPU")
    for n in (5, 10):
        shares = [hits[how, n][0] / hits[how, n][1] for how in ("head", "scratch")]
        say(f"{n} clips a genre: {shares[0]:.3f} with a head, {shares[1]:.3f} from scratch, "
            f"{(1 - shares[0]) / max(1e-9, 1 - shares[1]):.2f} x the mistakes")  # fmt: skip


def learned(
    folder: Path, unheard: Path, into: Path, settings: dict[str, str], seed: int
) -> tuple[int, int, float]:
    """Clips named rightly, clips in all, and the CPU seconds that learning took."""
    began = time.process_time()
    best = trained(folder, into / "run", settings, seed=seed)
    seconds = time.process_time() - began
    figures = evaluate_genre(best, unheard)
    return int(np.trace(figures["confusion"])), figures["n"], seconds


def curve(data: Path, settings: dict[str, str]) -> None:
    """Accuracy on the validation clips by how many clips a genre were learned from."""
    with tempfile.TemporaryDirectory() as place:
        before = None
        for limit in (5, 10, 50, None):
            best = trained(data, Path(place) / f"run{limit}", settings, limit=limit)
            figures = evaluate_genre(best, data, "valid")
            accuracy, f1 = figures["accuracy"], figures["macro_f1"]
            than = "" if before is None else f", {(1 - accuracy) / (1 - before):.2f} x the mistakes"
            say(f"{limit or 'all'} clips a genre: accuracy {accuracy:.3f}, macro F1 {f1:.3f}{than}")
            before = accuracy


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path, nargs="?", default=Path("../shared/data/audio"))
    parser.add_argument("--heads", action="store_true")
    parser.add_argument("--curve", action="store_true")
    parser.add_argument("--set", action="append", default=[])
    parser.add_argument("--head", action="append", default=[])
    parser.add_argument("--keep", type=Path)
    args = parser.parse_args()
    if args.heads:
        heads(args.data, read_settings(args.set), read_settings(args.head), args.keep)
    if args.curve or not args.heads:
        curve(args.data, read_settings(args.set))


if __name__ == "__main__":
    main()
