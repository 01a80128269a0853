"""What was heard in a session: how much of each genre, and every reading for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from studio.assistant.live_genre import GenreReading

UNSURE, SILENCE = "unsure", "silence"


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """Shares of the readings, largest first; together they are 1.

    `UNSURE` and `SILENCE` are among the names.
    """

    n_readings: int
    seconds: float
    shares: tuple[tuple[str, float], ...]


def summarise(
    readings: Sequence[GenreReading], sample_rate: int, unsure_below: float
) -> SessionSummary:
    """Count what each reading says; one whose best guess is below `unsure_below` is unsure."""
    said = Counter(what_is_said(reading, unsure_below) for reading in readings)
    shares = tuple((name, count / len(readings)) for name, count in said.most_common())
    seconds = (readings[-1].position - readings[0].position) / sample_rate if readings else 0.0
    return SessionSummary(len(readings), seconds, shares)


def what_is_said(reading: GenreReading, unsure_below: float) -> str:
    """The genre of a reading, `UNSURE` or `SILENCE`."""
    if reading.is_silent:
        return SILENCE
    best = max(range(len(reading.labels)), key=reading.probabilities.__getitem__)
    return reading.labels[best] if reading.probabilities[best] >= unsure_below else UNSURE


def n_agreeing(readings: Sequence[GenreReading], label: str) -> int:
    """In how many of the readings `label` is the best guess."""
    return sum(what_is_said(reading, 0.0) == label for reading in readings)


def readings_csv(readings: Sequence[GenreReading], sample_rate: int) -> str:
    """A line a reading: the end of its window in seconds, and the probability of each genre."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    labels = list(dict.fromkeys(label for reading in readings for label in reading.labels))
    writer.writerow(["end_s", *labels])
    for reading in readings:
        known = dict(zip(reading.labels, reading.probabilities, strict=True))
        row = [f"{known[label]:.4f}" if label in known else "" for label in labels]
        writer.writerow([f"{reading.position / sample_rate:.3f}", *row])
    return text.getvalue()
