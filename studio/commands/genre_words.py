"""What was measured of a genre model, in lines for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FIGURES = {
    "accuracy": "accuracy",
    "macro_f1": "macro F1",
    "log_loss": "log loss",
    "roc_auc_macro": "ROC AUC, mean of the genres",
    "ece": "calibration error",
}
COLUMNS = {"precision": "precision", "recall": "recall", "f1": "F1", "roc_auc": "ROC AUC"}
WIDTH = 21


def genre_lines(report: Mapping[str, Any]) -> list[str]:
    """Figures with their 95 % intervals, and a table of the genres."""
    found = [f"{report['n']} clips of {report['n_groups']} groups, split: {report['split']}", ""]
    width = max(map(len, FIGURES.values())) + 2
    for name, words in FIGURES.items():
        found.append(f"{words:{width}}{with_interval(report[name], report[f'{name}_ci95'])}")
    width = max(len("genre"), *map(len, report["labels"])) + 2
    head = "".join(f"{words:{WIDTH}}" for words in COLUMNS.values())
    found += ["", f"{'genre':{width}}{'clips':>6}  {head.rstrip()}"]
    for label, row in report["classes"].items():
        cells = [_cell(row, name) for name in COLUMNS]
        found.append(f"{label:{width}}{row['support']:6}  {''.join(cells).rstrip()}")
    found += ["", *_mistakes(report)]
    if "degraded" in report:
        found += ["", f"{'degraded':{width}}accuracy"]
        for name, row in report["degraded"].items():
            words = with_interval(row["accuracy"], row.get("accuracy_ci95"))
            found.append(f"{name.replace('_', '-'):{width}}{words}")
        found.append("")
    found += [f"! {warning}" for warning in report["warnings"]]
    if report["leaked"] is None:
        found.append("The model does not say what it learned from: whether it heard these is open.")
    found += [f"Left out: {name}: {reason}" for name, reason in report["errors"].items()]
    return [line.rstrip() for line in found]


def with_interval(value: float | None, interval: list[float] | None) -> str:
    """'0.72 (0.64 to 0.79)', or '-' for what is not defined."""
    if value is None:
        return "-"
    return f"{value:.2f}" + (f" ({interval[0]:.2f} to {interval[1]:.2f})" if interval else "")


def _cell(row: Mapping[str, Any], name: str) -> str:
    return f"{with_interval(row[name], row[f'{name}_ci95']):{WIDTH}}"


def _mistakes(report: Mapping[str, Any], most: int = 5) -> list[str]:
    """Which genre is most often taken for which other."""
    labels = report["labels"]
    cells = [
        (count, labels[row], labels[column])
        for row, counts in enumerate(report["confusion"])
        for column, count in enumerate(counts)
        if row != column and count
    ]
    worst = sorted(cells, key=lambda cell: -cell[0])[:most]
    return [f"{true} taken for {said}: {count}" for count, true, said in worst]
