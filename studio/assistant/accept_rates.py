"""How many of a model's proposals were taken: counted on this machine, for its user's eyes only."""

from __future__ import annotations

import contextlib
import json
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.settings import state_dir, write_atomically

log = logging.getLogger(__name__)
FILE = "accept_rates.json"


@dataclass(frozen=True, slots=True)
class Rate:
    """What became of the proposals of one model under one preset."""

    model: str
    preset: str
    n_proposed: int = 0
    n_taken: int = 0

    @property
    def share(self) -> float:
        """How much was taken, 0..1."""
        return self.n_taken / self.n_proposed if self.n_proposed else 0.0

    def plus(self, n_proposed: int, n_taken: int) -> Rate:
        """The rate after one more proposal was answered."""
        return Rate(self.model, self.preset, self.n_proposed + n_proposed, self.n_taken + n_taken)


class AcceptRates:
    """The counts, in a file that is written beside the window's work and can be deleted."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or state_dir() / FILE
        self._rates = {(rate.model, rate.preset): rate for rate in _read(self.path)}
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="accept-rates")

    @property
    def rates(self) -> list[Rate]:
        """All that was counted, by model and preset."""
        return [self._rates[key] for key in sorted(self._rates)]

    def of_model(self, model: str) -> Rate:
        """All presets of a model together."""
        mine = [rate for rate in self._rates.values() if rate.model == model]
        taken = sum(rate.n_taken for rate in mine)
        return Rate(model, "", sum(rate.n_proposed for rate in mine), taken)

    def count(self, model: str, preset: str, n_proposed: int, n_taken: int) -> None:
        """Count a proposal that was answered."""
        if n_proposed:
            rate = self._rates.get((model, preset), Rate(model, preset))
            self._rates[model, preset] = rate.plus(n_proposed, n_taken)
            self._write()

    def forget(self) -> None:
        """Delete all counts, and the file."""
        self._rates.clear()
        self._write()

    def _write(self) -> None:
        rows = [[r.model, r.preset, r.n_proposed, r.n_taken] for r in self.rates]
        with contextlib.suppress(RuntimeError):  # closed already: the session is over
            self._writer.submit(_save, self.path, rows)

    def close(self) -> None:
        """Wait until what was counted is on the disk."""
        self._writer.shutdown()


def _save(path: Path, rows: list[list[Any]]) -> None:
    try:
        if rows:
            write_atomically(path, json.dumps({"format": 1, "rates": rows}).encode())
        else:
            path.unlink(missing_ok=True)
    except OSError:
        log.warning("the counts of what was taken can't be written", exc_info=True)


def _read(path: Path) -> list[Rate]:
    """What a file says; a missing or broken one says nothing."""
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["rates"]
        rates = [Rate(str(m), str(p), int(n), int(taken)) for m, p, n, taken in rows]
    except (OSError, ValueError, TypeError, KeyError):
        return []
    return [rate for rate in rates if 0 <= rate.n_taken <= rate.n_proposed]
