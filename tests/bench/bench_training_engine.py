"""Measures the training engine against a plain PyTorch loop on the same data, in one run.

    python tests/bench/bench_training_engine.py [epochs [toy] [ar-cnn] [genre]]

Both train the same networks on the same batches with the same clipping, and validate after each
epoch; the engine also tells events, keeps the best model and saves its state. A toy network
(batches of half a millisecond: all overhead is seen) and the AR-CNN's tiny preset on the demo
scores, and the genre network as it ships on the demo sounds, an epoch of 16 batches. Prints seconds
from the first batch to the last validation, best of three, and ratios; both have the same curve, so
that the time to any validation loss is the same ratio. Beside it stands the share of the training
that goes into making batches in the plain loop, and into waiting for them in the engine.
"""

from __future__ import annotations

import importlib.util
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import torch

import resources
from models.networks import ARCHITECTURES
from models.settings.score import AR_CNN_PRESETS
from models.training.engine import train
from models.training.kinds import KINDS, task_module
from models.training.presets import resolve
from models.training.run import TrainOptions

TOY = Path(__file__).parents[1] / "models" / "training" / "toy.py"
SEED = 1
Settings = dict[str, Any]


Measured = tuple[float, float, float]  # seconds, last validation loss, share of data


def by_engine(kind: str, data: Path, settings: Settings, epochs: int, run: Path) -> Measured:
    """The same by the engine."""
    shutil.rmtree(run, ignore_errors=True)
    told: list[tuple[float, dict[str, Any]]] = []
    options = TrainOptions(
        kind, data, run, settings={**settings, "patience": 0}, epochs=epochs, seed=SEED
    )
    train(options, lambda event: told.append((time.perf_counter(), event)))
    start = next(at for at, event in told if event["event"] == "start")
    ends = [(at, event) for at, event in told if event["event"] == "epoch"]
    waited = sum(event["waiting_share"] for _, event in ends) / len(ends)
    return ends[-1][0] - start, ends[-1][1]["valid_loss"], waited


def by_plain_loop(kind: str, data: Path, changes: Settings, epochs: int) -> Measured:
    """By nothing but torch."""
    module = task_module(kind)
    settings, engine = resolve(module, "default", {**changes, "epochs": epochs})
    torch.manual_seed(SEED)
    task = module.make_task(data, settings, seed=SEED, limit_per_class=None, log=lambda text: None)
    network = task.network
    optimizer, scheduler = task.optimizer(network)
    valid_loss = making_s = validating_s = 0.0
    start = time.perf_counter()
    for epoch in range(1, epochs + 1):
        torch.manual_seed(SEED * 1_000_003 + epoch)  # the engine's, for the same curve
        network.train()
        batches, began = task.train_batches(epoch), time.perf_counter()
        for batch in batches:
            making_s += time.perf_counter() - began
            optimizer.zero_grad()
            loss = task.loss(network, batch)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), engine.clip_norm)
            optimizer.step()
            if scheduler is not None:
                scheduler.step()
            began = time.perf_counter()
        network.eval()
        with torch.no_grad():
            valid_loss = task.validate(network)["valid_loss"]
        validating_s += time.perf_counter() - began
    seconds = time.perf_counter() - start
    return seconds, valid_loss, making_s / (seconds - validating_s)


def register_toy() -> Any:
    """The tests' toy task as a kind of its own."""
    spec = importlib.util.spec_from_file_location("toy", TOY)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["toy"] = module
    spec.loader.exec_module(module)
    KINDS["toy"], ARCHITECTURES["toy"] = "toy", "toy:ToyNet"
    return module


def compare(name: str, kind: str, data: Path, settings: Settings, epochs: int, work: Path) -> None:
    """Measure both, turn by turn, and print."""
    ours, plain = [], []
    for _ in range(3):
        plain.append(by_plain_loop(kind, data, settings, epochs))
        ours.append(by_engine(kind, data, settings, epochs, work / "run"))
    (engine_s, _, waited), (plain_s, _, made) = min(ours), min(plain)
    same = "the same curve" if ours[0][1] == plain[0][1] else "ANOTHER curve"
    sys.stdout.write(
        f"{name:<30} engine {engine_s:7.2f} s   plain loop {plain_s:7.2f} s   "
        f"ratio {engine_s / plain_s:5.2f}   {same}   data {made:.1%} of the plain loop's time, "
        f"{waited:.1%} of ours waited for\n"
    )
    sys.stdout.flush()


def main() -> None:
    epochs = int(sys.argv[1]) if len(sys.argv) > 1 else 6
    wanted = sys.argv[2:] or ["toy", "ar-cnn", "genre"]
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        toy = register_toy()
        points = toy.write_points(work / "points", n=60_000)
        scores = resources.path("demo", "training_scores")
        sounds = resources.path("demo", "training_genre")
        genre = {"crops_per_epoch": 16 * 32}
        tiny = AR_CNN_PRESETS["tiny"]
        if "toy" in wanted:
            compare("toy, 1800 batches an epoch", "toy", points, {"width": 4}, epochs, work)
        if "ar-cnn" in wanted:
            compare("ar-cnn, tiny, demo scores", "ar-cnn", scores, tiny, epochs, work)
        if "genre" in wanted:
            compare("genre, as shipped, demo sounds", "genre", sounds, genre, epochs, work)


if __name__ == "__main__":
    main()
