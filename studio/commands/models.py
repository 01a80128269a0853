"""`studio models`: the models that are there."""

from __future__ import annotations

import argparse
from typing import Any

from studio.commands.output import print_json, print_line
from studio.training.registry import ModelEntry, list_models

HEADLINE = ("accuracy", "repair_f1", "removal_auc", "nll", "valid_loss")  # the first that is there


def configure(parser: argparse.ArgumentParser) -> None:
    """No arguments of its own."""
    parser.epilog = "A model that can't be used is listed with the reason."


def run(args: argparse.Namespace) -> int:
    """List the shipped models and the user's."""
    entries = list_models(check_hash=True)
    if args.json:
        print_json([as_json(entry) for entry in entries])
        return 0
    for entry in entries:
        print_line(describe(entry))
    if not entries:
        print_line("There are no models yet. Train one: studio train --help.")
    return 0


def as_json(entry: ModelEntry) -> dict[str, Any]:
    """An entry of the list; what the card would say is null where it is refused."""
    card = entry.card
    return {
        "name": entry.name,
        "folder": str(entry.folder),
        "origin": entry.origin,
        "kind": card and card.kind,
        "architecture": card and card.architecture,
        "version": card and card.version,
        "labels": card and card.labels,
        "date": card and card.training.get("date"),
        "metrics": card and card.metrics,
        "notes": card and card.notes,
        "error": entry.error,
    }


def describe(entry: ModelEntry) -> str:
    """One line for people."""
    card = entry.card
    if card is None:
        return f"{entry.name:24} REFUSED  {entry.error}"
    date = str(card.training.get("date", ""))[:10]
    words = [f"{entry.name:24}", f"{card.kind:6}", f"{card.architecture:10}", f"{date:10}"]
    return "  ".join([*words, f"{entry.origin:8}", _headline(card.metrics)]).rstrip()


def _headline(metrics: dict[str, dict[str, Any]]) -> str:
    """The figure that says most, on the test split if it was measured."""
    for split in ("test", "valid"):
        values = metrics.get(split, {})
        for name in HEADLINE:
            if isinstance(values.get(name), int | float):
                return f"{name} {values[name]:.3f} ({split})"
    return "not measured"
