"""What happens in a run, as it happens: the lines of `events.jsonl`."""

from __future__ import annotations

import contextlib
import json
import math
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Event = dict[str, Any]
Emit = Callable[[Event], None]

EVENTS_FILE = "events.jsonl"
MIN_BATCH_INTERVAL_S = 0.2  # more would only be work for whoever draws the curve


class EventLog:
    """Appends events to a run's file, one JSON object a line, and tells a listener.

    `seconds` counts the training of all sessions of a run, `seconds_before` of it before this one.
    Without a folder it only tells.
    """

    def __init__(self, folder: Path | None, emit: Emit, *, seconds_before: float = 0.0) -> None:
        self._file = folder and (folder / EVENTS_FILE).open("a", encoding="utf-8")
        self._emit = emit
        self._began = time.monotonic() - seconds_before
        self._last_batch = -math.inf

    @property
    def seconds(self) -> float:
        """Seconds of this run until now."""
        return time.monotonic() - self._began

    def write(self, event: str, *, epoch: int = 0, step: int = 0, **values: Any) -> None:
        """Append an event; a number that is not finite becomes null.

        Raises OSError if the file can't be written.
        """
        line: Event = {
            "event": event,
            "epoch": epoch,
            "step": step,
            "train_loss": None,
            "valid_loss": None,
            "metrics": {},
            "seconds": round(self.seconds, 3),
            "eta_s": None,
            **values,
        }
        line = finite(line)
        if self._file:
            self._file.write(json.dumps(line, ensure_ascii=False, allow_nan=False) + "\n")
            self._file.flush()
        self._emit(line)

    def is_batch_due(self) -> bool:
        """Whether the last batch event lies far enough back; if so, the next is counted."""
        now = time.monotonic()
        is_due = now - self._last_batch >= MIN_BATCH_INTERVAL_S
        if is_due:
            self._last_batch = now
        return is_due

    def close(self) -> None:
        """Close the file; what a full disk could not take is lost."""
        if self._file:
            with contextlib.suppress(OSError):
                self._file.close()


def read_events(folder: Path) -> list[Event]:
    """The events of a run so far; a line cut short is left out. Empty where there are none."""
    path = folder / EVENTS_FILE
    events = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict) and "event" in event:
            events.append(event)
    return events


def rewind_events(folder: Path, *, epochs: int, step: int) -> list[Event]:
    """Drop what came after a saved state (so many whole epochs, so many batches); return the rest.

    So a resumed run has one curve, as if it had never stopped. Raises OSError.
    """
    kept = [event for event in read_events(folder) if _is_before(event, epochs, step)]
    text = "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in kept)
    fresh = folder / f".{EVENTS_FILE}.new"
    fresh.write_text(text, encoding="utf-8")
    os.replace(fresh, folder / EVENTS_FILE)
    return kept


def finite(value: Any) -> Any:
    """`value` with None for every number that JSON can't hold."""
    if isinstance(value, dict):
        return {str(key): finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _is_before(event: Event, epochs: int, step: int) -> bool:
    if event["event"] == "end":
        return False
    if event["event"] in ("epoch", "best"):
        return int(event.get("epoch") or 0) <= epochs
    return int(event.get("step") or 0) <= step
