"""What is left of a measurement: predictions as a table, all results for a program, figures."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from models.card import Card
from models.evaluation.curves import Curve, precision_recall_curves, roc_curves
from models.evaluation.genre_figures import describe_settings, draw_genre_figures
from models.evaluation.predictions import Predictions

FIGURES = "figures"
FORMAT = 1


def write_genre_report(
    folder: Path,
    card: Card,
    data: str,
    metrics: dict[str, Any],
    predictions: Predictions,
    tail: str,
) -> None:
    """Write `predictions.csv`, `results.json` and the figures.

    Parameters
    ----------
    folder : Path
        There already.
    card : Card
        Of the model that was measured.
    data : str
        What the clips are called.
    metrics : dict
        What `genre_metrics` gives, and `split`.
    predictions : Predictions
    tail : str
        Of the files' names, such as "_valid".

    Raises
    ------
    OSError
        If one can't be written.
    """
    window_s = float((card.features or {}).get("window_s", 0))
    settings = describe_settings(card.name, metrics, data, window_s)
    predictions.save(folder / f"predictions{tail}.csv")
    results = {
        "format": FORMAT,
        "model": card.name,
        "settings": settings,
        "split": metrics["split"],
        "metrics": {key: value for key, value in metrics.items() if key != "errors"},
        "roc": _points(roc_curves(predictions)),
        "precision_recall": _points(precision_recall_curves(predictions)),
        "clips": _clips(predictions),
    }
    path = folder / f"results{tail}.json"
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(json.dumps(results, ensure_ascii=False, allow_nan=False) + "\n", "utf-8")
    os.replace(fresh, path)
    (folder / FIGURES).mkdir(exist_ok=True)
    draw_genre_figures(folder / FIGURES, predictions, settings, tail)


def _points(curves: Sequence[Curve]) -> list[dict[str, Any]]:
    return [
        {
            "label": curve.label,
            "x": curve.x.round(5).tolist(),
            "y": curve.y.round(5).tolist(),
            "area": curve.area,
            "n": curve.n_clips,
            "chance": curve.chance,
        }
        for curve in curves
    ]


def _clips(predictions: Predictions) -> list[dict[str, Any]]:
    """A clip a row, the surest first."""
    confidence = predictions.probabilities.max(axis=1)
    return [
        {
            "path": str(predictions.paths[i]),
            "genre": predictions.labels[predictions.targets[i]],
            "predicted": predictions.labels[predictions.chosen[i]],
            "confidence": round(float(confidence[i]), 4),
        }
        for i in (-confidence).argsort(kind="stable")
    ]
