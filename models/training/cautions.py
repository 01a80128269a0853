"""Warnings that mean something: what a curve tells an expert at a glance, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import sqrt
from typing import Any

from models.training.events import Event

FEW_ITEMS = 20
NEARLY_ALL = 0.995
STEADY_EPOCHS = 3  # what lasts so many epochs is no accident
STALE_EPOCHS = 5
WORSE, BETTER = 1.05, 0.9  # of a loss: what lies between is luck
RIGHT = {"accuracy": "accuracy", "removal_auc": "area under the curve of wrong notes found"}


@dataclass(frozen=True, slots=True)
class Seen:
    """What a task's last validation was made on, and what it said.

    `n_items` of `unit` ("clips"); `said` counts the answers by class, empty where there are none.
    """

    n_items: int
    unit: str
    said: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Caution:
    """A warning: what it is about, in a word for programs, and in words for people."""

    code: str
    message: str
    since: int = 0


class Cautions:
    """Looks at each epoch of a run and tells each warning once.

    Parameters
    ----------
    events : iterable of dict
        What the run has told so far: of a resumed run, its curve and the warnings given.
    """

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self.curve: list[Event] = []
        self._told: set[str] = set()
        for event in events:
            if event["event"] == "epoch":
                self.curve.append(event)
            elif event["event"] == "warning":
                self._told.add(str(event.get("code", "")))

    def begin(self, seen: Seen | None) -> list[Caution]:
        """What can be said before the first batch."""
        return self._new([few_items(seen)])

    def take(self, epoch: Event, seen: Seen | None) -> list[Caution]:
        """What an epoch's end gives reason to say."""
        self.curve.append(epoch)
        n_items = seen.n_items if seen else 0
        said = [
            one_class(self.curve, seen),
            nearly_all(epoch, n_items),
            learnt_by_heart(self.curve),
        ]
        return self._new(said)

    @property
    def wants_comparison(self) -> bool:
        """Whether validation has been better than training for long: see `validation_better`.

        Training losses are higher than they should be (dropout, changed and blended examples), so
        both are to be measured alike before anything is said; rarely, because it takes time.
        """
        n = 0
        for point in reversed(self.curve):
            losses = point["train_loss"], point["valid_loss"]
            if None in losses or losses[1] >= losses[0] * BETTER:
                break
            n += 1
        times, rest = divmod(n, STEADY_EPOCHS)
        is_due = not rest and times in (1, 2, 4, 8, 16, 32)
        return is_due and "validation_better" not in self._told

    def compare(self, train_loss: float, valid_loss: float) -> list[Caution]:
        """What two losses measured alike give reason to say."""
        return self._new([validation_better(train_loss, valid_loss)])

    def _new(self, found: Sequence[Caution | None]) -> list[Caution]:
        fresh = [each for each in found if each is not None and each.code not in self._told]
        self._told.update(each.code for each in fresh)
        return fresh


def few_items(seen: Seen | None) -> Caution | None:
    """Whether so little checks the model that its figures say little.

    The margin is the widest 95 % interval of a share of n, 0.98 / sqrt(n).
    """
    if seen is None or seen.n_items >= FEW_ITEMS:
        return None
    margin = min(50, round(98 / sqrt(max(1, seen.n_items))))
    return Caution(
        "few_items",
        f"Only {seen.n_items} {seen.unit} check the model: a share measured on so few can be off "
        f"by {margin} points of 100. Add music, or read the figures as a guess.",
    )


def one_class(curve: Sequence[Event], seen: Seen | None) -> Caution | None:
    """Whether everything is still called the same when it should no longer be."""
    said = [name for name, count in (seen.said if seen else {}).items() if count]
    if seen is None or len(seen.said) < 2 or len(said) != 1 or len(curve) < STEADY_EPOCHS:
        return None
    return Caution(
        "one_class",
        f"After {len(curve)} epochs the model calls everything '{said[0]}'. Look at the balance "
        "of the classes in the data, or try a smaller learning_rate.",
    )


def nearly_all(epoch: Event, n_items: int) -> Caution | None:
    """Whether a figure is too good to be true; on very few items it may be luck."""
    metrics: dict[str, Any] = epoch["metrics"]
    good = [name for name in RIGHT if (metrics.get(name) or 0) >= NEARLY_ALL]
    if not good or n_items < FEW_ITEMS:
        return None
    return Caution(
        "nearly_all",
        f"The {RIGHT[good[0]]} is {metrics[good[0]]:.3f} on the validation data: too good. "
        "Make sure that no recording or piece, nor a copy of it, is in two splits.",
    )


def learnt_by_heart(curve: Sequence[Event]) -> Caution | None:
    """Whether the validation loss has risen since its best epoch while the other fell on."""
    points = [p for p in curve if p["valid_loss"] is not None and p["train_loss"] is not None]
    if len(points) <= STALE_EPOCHS:
        return None
    best = min(points, key=lambda point: point["valid_loss"])
    last = points[-STEADY_EPOCHS:]
    valid = sum(point["valid_loss"] for point in last) / len(last)
    train = sum(point["train_loss"] for point in last) / len(last)
    is_stale = points[-1]["epoch"] - best["epoch"] >= STALE_EPOCHS
    is_worse = valid > best["valid_loss"] + (WORSE - 1) * abs(best["valid_loss"])
    if not (is_stale and is_worse and train < best["train_loss"]):
        return None
    return Caution(
        "overfitting",
        f"Since epoch {best['epoch']} it learns by heart: the training loss still falls "
        f"({best['train_loss']:.3g} to {train:.3g}) and the validation loss rises "
        f"({best['valid_loss']:.3g} to {valid:.3g}). The model of epoch {best['epoch']} is kept.",
        best["epoch"],
    )


def validation_better(train_loss: float, valid_loss: float) -> Caution | None:
    """Whether what was held back is easier than what was learned from, measured alike."""
    if valid_loss >= train_loss * BETTER:
        return None
    return Caution(
        "validation_better",
        f"Measured alike, the validation data is easier (loss {valid_loss:.3g}) than what the "
        f"model learned from ({train_loss:.3g}). A copy may be in both, or the split is uneven.",
    )
