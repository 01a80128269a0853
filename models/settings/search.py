"""What a search tries, kind by kind: plain values that the window may import, too."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """Where the values of a setting are looked for; evenly by their logarithm with `by_factor`.

    Whole numbers where `low` is one.
    """

    low: float
    high: float
    by_factor: bool = False


LEARNING = {"learning_rate": Span(3e-4, 1e-2, True), "weight_decay": Span(1e-3, 0.3, True)}
SEARCHED: dict[str, dict[str, Span]] = {
    "genre": {
        **LEARNING,
        "dropout": Span(0.0, 0.5),
        "augmentation": Span(0.0, 1.2),
        "mixup": Span(0.0, 0.4),
        "label_smoothing": Span(0.0, 0.2),
        "balance": Span(0.0, 1.0),
        "width": Span(12, 40, True),
    },
    "ar-cnn": {**LEARNING, "channels": Span(40, 120, True), "blocks": Span(4, 10)},
    "lstm": {**LEARNING, "dropout": Span(0.0, 0.5), "hidden": Span(96, 384, True)},
}
"""The settings that matter most, each with the range in which good values were found."""
