"""What was heard, kept as a picture that can be scrolled back and zoomed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.analysis.spectrogram import Columns

STEP_DB = 0.5
FLOOR_DB = -127.0
HISTORY_S = 600

Levels = NDArray[np.uint8]


class SpectrogramHistory:
    """The columns of the last ten minutes, in steps of half a decibel.

    Every column knows its sample position, so that gaps stay gaps and what is drawn at a place
    belongs to that place.
    """

    def __init__(self, n_rows: int, columns_per_second: float, seconds: float = HISTORY_S) -> None:
        self.capacity = max(2, round(columns_per_second * seconds))
        self.n_rows = n_rows
        self.count = 0  # columns ever added
        self._levels = np.zeros((self.capacity, n_rows), dtype=np.uint8)
        self._positions = np.zeros(self.capacity, dtype=np.int64)

    def append(self, columns: Columns) -> None:
        """Add columns, in the order of their positions."""
        levels = to_levels(columns.db[-self.capacity :])
        at = (self.count + len(columns.db) - len(levels) + np.arange(len(levels))) % self.capacity
        self._levels[at] = levels
        self._positions[at] = columns.positions[-self.capacity :]
        self.count += len(columns.db)

    @property
    def first_position(self) -> int:
        """The oldest sample position that is kept; 0 if nothing is."""
        return int(self._positions[max(0, self.count - self.capacity) % self.capacity])

    @property
    def last_position(self) -> int:
        """The newest sample position; 0 if there is none."""
        return int(self._positions[(self.count - 1) % self.capacity]) if self.count else 0

    def at(self, positions: NDArray[np.int64], tolerance: int) -> tuple[Levels, NDArray[np.bool_]]:
        """The columns nearest before `positions`.

        Parameters
        ----------
        positions : array of int, shape (n,), ascending
        tolerance : int
            In samples: a column further away does not count as being there.

        Returns
        -------
        levels : array of uint8, shape (n, n_rows)
        is_there : array of bool, shape (n,)
        """
        kept = self._kept()
        if not len(kept):
            return np.zeros((len(positions), self.n_rows), np.uint8), np.zeros(len(positions), bool)
        index = np.searchsorted(self._positions[kept], positions, side="right") - 1
        found = kept[np.maximum(index, 0)]
        is_there = (index >= 0) & (positions - self._positions[found] <= tolerance)
        return self._levels[found], is_there

    def _kept(self) -> NDArray[np.intp]:
        first = max(0, self.count - self.capacity)
        return np.arange(first, self.count) % self.capacity


def to_levels(db: NDArray[np.float32]) -> Levels:
    """Decibels to steps of half a decibel above -127 dB, clipped to 0..255."""
    levels: Levels = np.clip(np.rint((db - FLOOR_DB) / STEP_DB), 0, 255).astype(np.uint8)
    return levels


def to_db(levels: Levels) -> NDArray[np.float32]:
    """The inverse of `to_levels`, within a quarter of a decibel."""
    return levels.astype(np.float32) * np.float32(STEP_DB) + np.float32(FLOOR_DB)
