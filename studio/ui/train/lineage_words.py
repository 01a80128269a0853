"""Where a model comes from, in words: what it learned from, how, and from which model it began."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from models.card import Card
from studio.ui.train.metric_words import duration_words, metric_words

SHORT = 12  # characters of a hash: enough to tell two apart
HEADLINE = {  # the first that is there
    "accuracy": "accuracy",
    "repair_f1": "repair F1",
    "removal_auc": "AUC",
    "nll": "nats",
    "valid_loss": "loss",
}
SPLITS = ("test", "valid")


def headline(card: Card) -> str:
    """The figure that says most, on the test split if it was measured; '' if nothing was."""
    for split in SPLITS:
        values = card.metrics.get(split, {})
        for name, text in HEADLINE.items():
            if isinstance(values.get(name), int | float):
                return f"{text} {values[name]:.2f} ({split})"
    return ""


def lineage_rows(card: Card) -> list[tuple[str, str]]:
    """What is told of a model besides its row in the list, each with a caption."""
    training = card.training
    rows = [
        ("Measured", "\n".join(metric_words(card.metrics))),
        ("Genres", ", ".join(card.labels or ())),
        ("Learned from", "\n".join(_data_words(card.data))),
        ("Began from", _ancestors(training.get("parent"))),
        ("Trained", _training_words(training)),
        ("Command", str(training.get("command", ""))),
        ("Settings", _settings_words(training.get("settings"))),
        ("Hashes", _hash_words(card)),
        ("Notes", card.notes),
    ]
    return [(caption, text) for caption, text in rows if text]


def _data_words(data: Iterable[dict[str, Any]]) -> Iterable[str]:
    for entry in data:
        words = [f"{entry.get('name', '?')}: {entry.get('items', '?')} items"]
        split = entry.get("split")
        if isinstance(split, dict):
            split = ", ".join(f"{name} {count}" for name, count in split.items())
        words += [str(part) for part in (split, entry.get("licence")) if part]
        yield "; ".join(words)


def _ancestors(parent: Any) -> str:
    """The model it began from, the one that began from, and on."""
    names = []
    while isinstance(parent, dict):
        names.append(f"{parent.get('name', '?')} ({str(parent.get('sha256', ''))[:SHORT]})")
        parent = parent.get("parent")
    return ", which began from ".join(names)


def _training_words(training: dict[str, Any]) -> str:
    words = []
    if training.get("epochs"):
        words.append(f"{training['epochs']} epochs, the best was {training.get('best_epoch')}")
    if isinstance(training.get("seconds"), int | float):
        words.append(duration_words(training["seconds"]))
    for name, text in (("device", "{}"), ("seed", "seed {}"), ("app_version", "Studio {}")):
        if training.get(name) is not None:
            words.append(text.format(training[name]))
    return ", ".join(words)


def _settings_words(settings: Any) -> str:
    if not isinstance(settings, dict):
        return ""
    return ", ".join(f"{name}={value}" for name, value in settings.items() if value != "")


def _hash_words(card: Card) -> str:
    state = card.training.get("data_state")
    content = state.get("content") if isinstance(state, dict) else None
    data = content or next((entry.get("hash") for entry in card.data), None)
    words = [f"weights {card.sha256[:SHORT]}"]
    if data:
        words.append(f"data {str(data)[:SHORT]}")
    return ", ".join(words)
