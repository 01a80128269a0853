"""Score models against each other: repair, time an event, and many events in one pass or one.

    python tests/bench/bench_repair.py [DATA] [--sets A,B] [--pieces N]
                                       [--reference FOLDER] [--beside FOLDER]

DATA is a score data set (else the demo scores, which only shows that it runs); the split is
"valid". `--reference` is a model trained by `studio train ar-cnn DATA --preset reference`,
`--beside` an AR-CNN trained with the same data and CPU time.
nan: it made no event (none was more likely than not).
`random in key` takes what is out of the detected key, and adds at random in it. Times are of
this process's CPU, because the machine is shared.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from models.data.scores import assign_splits, list_files, load_piece, parse_sets
from models.evaluation.repair import WindowResult, music_summary, repair_piece, summary
from models.inference.score import ScoreModel, load
from models.inference.score_key import detect_key, scale_of
from models.notes import EditEvent, Note
from models.piano_roll import bar_windows
from models.protocol import Conditions, Piece
from resources import path

N_EVENTS = 50  # of either action
ONE_A_PASS = ", one event a pass"


class RandomInKey(nn.Module):
    """Takes notes out of the key first, and adds anything in it."""

    def forward(self, roll: Tensor, bars: Tensor, pitches: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        generator = torch.Generator().manual_seed(int(roll.sum()))
        counts = roll[0].sum(dim=(0, 2))
        numbers = pitches[0].long().tolist()
        heard = zip(numbers, counts.tolist(), strict=True)
        key = detect_key([Note(0, p, int(n)) for p, n in heard if n]) or "C:maj"
        is_in = torch.tensor([p % 12 in scale_of(key) for p in numbers]).float()[None, :, None]
        shape = (len(roll), roll.shape[2], roll.shape[3])
        add, remove = (torch.randn(shape, generator=generator) for _ in range(2))
        return (
            add - 60 * (1 - is_in),
            remove + 10 * (1 - is_in),
            torch.zeros(shape[0], 10, *shape[1:]),
        )


class Timed(ScoreModel):
    """A model that knows how much CPU its events took, and how many passes."""

    def __init__(self, network: nn.Module, *, one_a_pass: bool = False) -> None:
        super().__init__(network)
        self.cpu_s, self.n_events, self.n_passes = 0.0, 0, 0
        self.first_s = float("nan")
        if one_a_pass:
            network.events_a_pass = 1
        network.register_forward_hook(self._count)

    def _count(self, *_: Any) -> None:
        self.n_passes += 1

    def suggest(
        self, piece: Piece, conditions: Conditions, *, min_probability: float = 0.0
    ) -> Iterator[EditEvent]:
        began, self.first_s = time.process_time(), float("nan")
        for event in super().suggest(piece, conditions, min_probability=min_probability):
            if np.isnan(self.first_s):
                self.first_s = time.process_time() - began
            self.n_events += 1
            yield event
        self.cpu_s += time.process_time() - began


def models(others: dict[str, Path | None]) -> dict[str, Timed]:
    """The models by their names in the tables: those shipped, others, and chance."""
    shipped = {"AR-CNN": path("models", "ar-cnn"), "LSTM": path("models", "lstm")}
    found = {name: Timed(load(folder).network) for name, folder in shipped.items()}
    found["AR-CNN" + ONE_A_PASS] = Timed(load(shipped["AR-CNN"]).network, one_a_pass=True)
    found |= {name: Timed(load(folder).network) for name, folder in others.items() if folder}
    found["random in key"] = Timed(RandomInKey())
    return found


def valid_pieces(data: Path, sets: str, n_pieces: int) -> dict[str, list[tuple[str, Piece]]]:
    """The first pieces of each set's valid split, with their names."""
    files = assign_splits(list_files(data, parse_sets(sets)), seed=0)["valid"]
    by_set: dict[str, list[tuple[str, Piece]]] = {}
    for file in files:
        members = by_set.setdefault(file.dataset, [])
        if len(members) < n_pieces:
            members.append((file.path.name, load_piece(file.path)))
    return by_set


def say(text: str = "") -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def repair(by_set: dict[str, list[tuple[str, Piece]]], others: dict[str, Path | None]) -> None:
    """The tables of `repair` and of the music, set by set."""
    for name, pieces in by_set.items():
        results, ms = {}, {}
        for label, model in models(others).items():
            results[label] = [
                row for title, piece in pieces for row in repair_piece(model, piece, title)
            ]
            ms[label] = 1000 * model.cpu_s / (model.n_events or float("nan"))
        n_windows = len(next(iter(results.values())))
        say(f"\n{name}: {len(pieces)} pieces, {n_windows} windows")
        if n_windows:
            tell_figures(results, ms)
            tell_music(results)


def tell_figures(results: dict[str, list[WindowResult]], ms: dict[str, float]) -> None:
    """A row a model; times against the AR-CNN's with one event a pass."""
    base_ms = ms["AR-CNN" + ONE_A_PASS]
    say("| model | removal AUC | hit at k | F1 before | after | gain | ms an event | x the time |")
    for label, rows in results.items():
        f = summary(rows)
        assert f is not None
        before, after = f["corrupted_f1"], f["repair_f1"]
        say(
            f"| {label} | {f['removal_auc']:.4f} | {f['addition_hit_at_k']:.3f} "
            f"| {before:.4f} | {after:.4f} | {after - before:+.4f} "
            f"| {ms[label]:.1f} | {ms[label] / base_ms:.2f} |"
        )


def tell_music(results: dict[str, list[WindowResult]]) -> None:
    """What is counted in the windows as they were, spoilt, and repaired by each model."""
    rows = {}
    for label, found in results.items():
        music = music_summary(found)
        rows |= {"as written": music["clean"], "spoilt": music["before"], label: music["after"]}
    say("| | pitch class distance | in key | empty bars | notes at once | parallel fifths |")
    for label, m in rows.items():
        fifths = "-" if m["parallel_fifths"] is None else f"{m['parallel_fifths']:.4f}"
        say(
            f"| {label} | {m['pitch_class_distance']:.4f} | {m['in_key']:.3f} "
            f"| {m['empty_bars']:.4f} | {m['polyphony']:.3f} | {fifths} |"
        )


def speed(piece: Piece, others: dict[str, Path | None]) -> None:
    """8 bars, 100 events: until the first and until all, in CPU seconds and in passes."""
    start, end = bar_windows(piece)[0]
    notes = tuple(note for note in piece.notes if start <= note.start < end)
    piece = replace(piece, notes=notes)
    asked = Conditions(N_EVENTS, min(N_EVENTS, len(notes)), 1000, temperature=0.0, end_tick=end)
    found = {}
    for label, model in models(others).items():
        list(model.suggest(piece, replace(asked, max_add=1, max_remove=0)))  # warm
        model.cpu_s, model.n_events, model.n_passes = 0.0, 0, 0
        list(model.suggest(piece, asked))
        found[label] = model
    base = found["AR-CNN" + ONE_A_PASS].cpu_s
    say("8 bars, 100 events")
    say("| model | events | passes | first, ms | all, s | x the time |")
    for label, m in found.items():
        say(
            f"| {label} | {m.n_events} | {m.n_passes} | {1000 * m.first_s:.0f} | {m.cpu_s:.2f} "
            f"| {m.cpu_s / base:.2f} |"
        )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path, nargs="?", default=path("demo", "training_scores"))
    parser.add_argument("--sets", default="")
    parser.add_argument("--pieces", type=int, default=10**6)
    parser.add_argument("--reference", type=Path)
    parser.add_argument("--beside", type=Path)
    args = parser.parse_args()
    others = {"reference": args.reference, "AR-CNN, trained as long as it": args.beside}
    by_set = valid_pieces(args.data, args.sets, args.pieces)
    speed(next(iter(by_set.values()))[0][1], others)
    repair(by_set, others)


if __name__ == "__main__":
    main()
