"""Measurements in words: on which split, what they mean, how long it took."""

from __future__ import annotations

from typing import Any

SAFE_SHARE = 0.7  # of the machine's memory
SPLIT_WORDS = {
    "test": "On test data that it never saw",
    "valid": "On validation data (it chose the best epoch by this, so a little flattering)",
}
NAMES = {
    "accuracy": "accuracy",
    "macro_f1": "macro F1",
    "removal_auc": "wrong notes found, AUC",
    "addition_hit_at_k": "missing notes found",
    "repair_f1": "F1 after repair",
    "corrupted_f1": "F1 before repair",
}


def metric_words(metrics: dict[str, Any]) -> list[str]:
    """A line for each split that was measured, the best known numbers only."""
    lines = []
    for split, text in SPLIT_WORDS.items():
        found = _numbers(metrics.get(split))
        if found:
            words = ", ".join(f"{NAMES[name]} {value:.2f}" for name, value in found.items())
            lines.append(f"{text}{_count(metrics[split])}: {words}.")
    return lines


FIGURES = {
    "accuracy": "accuracy",
    "macro_f1": "macro F1",
    "roc_auc_macro": "ROC AUC",
    "log_loss": "log loss",
    "ece": "calibration error",
}


def figure_words(metrics: dict[str, Any]) -> str:
    """The figures of a genre model with their intervals, in one line; warnings below it."""
    found = [
        f"{name} {with_interval(metrics[key], metrics.get(f'{key}_ci95'))}".replace(
            " ", "\N{NO-BREAK SPACE}"
        )
        for key, name in FIGURES.items()
        if key in metrics
    ]
    warnings = [f"\N{WARNING SIGN} {text}" for text in metrics.get("warnings", [])]
    return "\n".join([f"{metrics.get('n', 0)} clips:   " + "   ·   ".join(found), *warnings])


def with_interval(value: float | None, interval: list[float] | None) -> str:
    """'0.72 (0.64 to 0.79)', or a dash for what is not defined."""
    if value is None:
        return "\N{EN DASH}"
    return f"{value:.2f}" + (f" ({interval[0]:.2f} to {interval[1]:.2f})" if interval else "")


def duration_words(seconds: float) -> str:
    """'42 s', '5 min 3 s', '2 h 5 min'."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def _count(values: dict[str, Any]) -> str:
    """On how many items it was measured: of three, even all right means little."""
    n_items = values.get("n", values.get("n_pieces"))
    if not isinstance(n_items, int):
        return ""
    return f", {n_items} item" if n_items == 1 else f", {n_items} items"


def _numbers(values: Any) -> dict[str, float]:
    """The known numbers in `values`, which may lie one level deeper (by set, or `repair`)."""
    if not isinstance(values, dict):
        return {}
    nested = values.get("repair") or values.get("all")
    source = {**values, **nested} if isinstance(nested, dict) else values
    return {n: float(source[n]) for n in NAMES if isinstance(source.get(n), int | float)}


def estimate_words(found: dict[str, Any]) -> str:
    """What `studio train … --estimate --json` says, in two lines."""
    lines = [
        f"At most {duration_words(found['total_s'])} for {found['epochs']} epochs on "
        f"{found['device']}, {found['samples_per_s']:.0f} examples a second."
    ]
    needed, of_all = found.get("memory_mb"), found.get("machine_memory_mb")
    if needed:
        lines.append(f"{needed / 1000:.1f} GB of memory")
        lines[-1] += f", of {of_all / 1000:.0f} GB." if of_all else "."
    if needed and of_all and needed > SAFE_SHARE * of_all:
        lines.append("\N{WARNING SIGN} That may be too much: set a limit, or a smaller network.")
    return "\n".join(lines)
