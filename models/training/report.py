"""What a run leaves behind: the best model's card, `report.json` and the figures."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.card import Card, card_name
from models.evaluation.figures import draw_learning_curve, settings_foot  # now: a stop is quick
from models.training.events import Event, finite
from models.training.run import FIGURES, REPORT_FILE

if TYPE_CHECKING:
    from models.evaluation.predictions import Predictions

Metrics = dict[str, dict[str, Any]]
Measured = dict[str, "Predictions"]  # by split


def app_version() -> str:
    """The version of Studio, or "unknown" where it is not installed."""
    try:
        return version("music-studio")
    except PackageNotFoundError:
        return "unknown"


def make_card(
    name: str, kind: str, fields: dict[str, Any], training: dict[str, Any], metrics: Metrics
) -> Card:
    """The card of a trained model; the weights' hash comes when it is saved.

    Parameters
    ----------
    name, kind : str
    fields : dict
        What `Task.card_fields` gives.
    training, metrics : dict
        As on the card; date and version are added.
    """
    return Card(
        name=card_name(name),
        kind=kind,
        architecture=fields["architecture"],
        config=fields["config"],
        labels=fields.get("labels"),
        features=fields.get("features"),
        data=fields.get("data", []),
        training={
            **training,
            "app_version": app_version(),
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
        },
        metrics={split: _bounded(values) for split, values in metrics.items()},
        notes=fields.get("notes", ""),
    )


def _bounded(values: dict[str, Any]) -> dict[str, Any]:
    """A split's metrics with the errors of single files counted: a card has no room for them."""
    if isinstance(values.get("errors"), dict):
        values = {**values, "errors": len(values["errors"])}
    return dict(finite(values))


def write_report(run: Path, report: dict[str, Any]) -> None:
    """Write `report.json`, whole or not at all; raises OSError."""
    write_json(run / REPORT_FILE, report)


def write_json(path: Path, value: Any) -> None:
    """Write a JSON file, whole or not at all; raises OSError."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(json.dumps(finite(value), indent=1, ensure_ascii=False) + "\n", "utf-8")
    os.replace(fresh, path)


def curve(events: Sequence[Event]) -> list[dict[str, Any]]:
    """Epoch, losses and metrics of each epoch's end."""
    keys = ("epoch", "step", "train_loss", "valid_loss", "metrics", "seconds")
    return [{key: event.get(key) for key in keys} for event in events if event["event"] == "epoch"]


def draw_figures(
    run: Path, points: list[dict[str, Any]], best_epoch: int, card: Card, measured: Measured
) -> None:
    """Draw the learning curve and the figures of what was measured, the settings at their feet.

    What they are drawn from is kept beside, see `models.evaluation.genre_report`. Raises OSError
    if they can't be written.
    """
    folder = run / FIGURES
    folder.mkdir(exist_ok=True)
    settings = card.training.get("settings", {})
    foot = settings_foot(card.name, str(card.training.get("command", "")), settings)
    draw_learning_curve(folder / "learning_curve.png", points, best_epoch, foot)
    if card.kind == "score":
        from models.evaluation.score_figures import draw_likelihoods, draw_repair_table

        draw_repair_table(folder / "repair_table.png", card.metrics, foot)
        draw_likelihoods(folder / "likelihoods.png", card.metrics, foot)
    if not measured:
        return
    from models.evaluation.genre_report import write_genre_report

    data = ", ".join(str(entry["name"]) for entry in card.data if entry.get("split"))
    for split, predictions in measured.items():
        metrics = {**card.metrics[split], "split": split}
        write_genre_report(run, card, data, metrics, predictions, f"_{split}")
