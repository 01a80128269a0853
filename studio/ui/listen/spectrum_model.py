"""The spectrum beside the picture: of the moment looked at, its peaks, its average."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from studio.analysis.history import FLOOR_DB, Levels, to_db, to_levels
from studio.analysis.spectrum import SpectrumHold
from studio.settings import Settings
from studio.ui.listen.listen_view_model import ListenViewModel

SETTINGS_KEY = "spectrum"
FALLS_DB_PER_S = (0.0, 6.0, 12.0, 24.0)  # the first holds
AVERAGES_S = (1.0, 10.0, None)  # None: all since the last reset
MOST_COLUMNS = 2048  # that are taken at once, after a while of not looking


class SpectrumModel(QObject):
    """Reads the picture's own columns, so that both show the same."""

    changed = Signal()

    def __init__(
        self,
        view_model: ListenViewModel,
        store: Settings | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._view_model, self._store = view_model, store or Settings()
        self.has_peaks = self.has_average = True
        self._fall = FALLS_DB_PER_S[2]
        self._average_s: float | None = AVERAGES_S[0]
        self._restore(self._store.get(SETTINGS_KEY, {}))
        self._until = 0  # the position of the last column taken
        self._start_anew()
        view_model.started.connect(self._start_anew)
        view_model.picture_changed.connect(self._start_anew)

    def _start_anew(self) -> None:
        model = self._view_model
        self._hold = SpectrumHold(model.settings.n_rows, model.settings.columns_per_second)
        self._hold.fall_db_per_s, self._hold.average_s = self._fall, self._average_s
        self._until = model.history.last_position
        self.changed.emit()

    @property
    def fall_db_per_s(self) -> float:
        """How fast peaks fall; 0 holds them."""
        return self._fall

    @property
    def average_s(self) -> float | None:
        """How long is averaged; None for all since the last reset."""
        return self._average_s

    def choose_peaks(self, fall_db_per_s: float | None) -> None:
        """Have peaks fall so fast, or none at all."""
        self.has_peaks = fall_db_per_s is not None
        if fall_db_per_s is not None:
            self._fall = self._hold.fall_db_per_s = fall_db_per_s
        self._remember()

    def choose_average(self, average_s: float | None, *, is_shown: bool = True) -> None:
        """Average over so long, or show none at all."""
        self.has_average = is_shown
        if is_shown and average_s != self._average_s:
            self._average_s = average_s
            self._start_anew()
        self._remember()

    def reset(self) -> None:
        """Forget the peaks and the average."""
        self._hold.reset()
        self.changed.emit()

    def take_in(self) -> None:
        """Take the columns that have come since the last time."""
        history, hop = self._view_model.history, self._view_model.settings.hop_length
        newest = history.last_position
        if newest <= self._until or history.n_rows != len(self._hold.peak_db):
            return
        first = max(history.first_position, newest - hop * MOST_COLUMNS, self._until + 1)
        count = (newest - first) // hop + 1
        positions = newest - hop * np.arange(count - 1, -1, -1, dtype=np.int64)
        levels, is_there = history.at(positions, 0)
        self._hold.push(to_db(levels[is_there]))
        self._until = newest

    def at(self, position: int) -> Levels | None:
        """The levels of the picture at a place, shape (n_rows,); None where there is no sound."""
        tolerance = 3 * self._view_model.settings.hop_length
        levels, is_there = self._view_model.history.at(np.array([position]), tolerance)
        return levels[0] if is_there[0] else None

    @property
    def peaks(self) -> Levels:
        """The levels of the peaks, shape (n_rows,)."""
        return to_levels(np.maximum(self._hold.peak_db, FLOOR_DB))

    @property
    def average(self) -> Levels:
        """The levels of the average, shape (n_rows,)."""
        return to_levels(np.maximum(self._hold.average_db, FLOOR_DB))

    def _remember(self) -> None:
        kept = {
            "fall": self._fall,
            "average": self._average_s,
            "peaks": self.has_peaks,
            "averages": self.has_average,
        }
        self._store.set(SETTINGS_KEY, kept)
        self.changed.emit()

    def _restore(self, kept: Any) -> None:
        """Take what was remembered, if it makes sense."""
        if not isinstance(kept, dict):
            return
        if kept.get("fall") in FALLS_DB_PER_S:
            self._fall = float(kept["fall"])
        if kept.get("average", 1.0) in AVERAGES_S:
            self._average_s = kept.get("average", 1.0)
        self.has_peaks = kept.get("peaks") is not False
        self.has_average = kept.get("averages") is not False
