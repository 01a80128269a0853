"""What was heard, kept as a picture that can be scrolled back and zoomed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.analysis.spectrogram import Columns

STEP_DB = 0.5
FLOOR_DB = -127.0
HISTORY_S = 600
MAX_BYTES = 160_000_000  # a very small hop keeps less than ten minutes
MAX_LOOKS = 8  # columns of one pixel that are looked at: enough to miss no beat in ten minutes

Levels = NDArray[np.uint8]


class SpectrogramHistory:
    """The columns of the last ten minutes, in steps of half a decibel.

    Every column knows its sample position, so that gaps stay gaps and what is drawn at a place
    belongs to that place. Columns are numbered: new ones from 0 up, those that are put before
    them (when a picture is drawn anew) from -1 down.
    """

    def __init__(self, n_rows: int, columns_per_second: float, seconds: float = HISTORY_S) -> None:
        most = max(2, MAX_BYTES // n_rows)
        self.capacity = min(most, max(2, round(columns_per_second * seconds)))
        self.n_rows = n_rows
        self.revision = 0  # changes whenever anything but the newest columns did
        self._begin = self._end = 0  # the numbers of the kept columns: [begin, end)
        self._levels = np.zeros((self.capacity, n_rows), dtype=np.uint8)
        self._positions = np.zeros(self.capacity, dtype=np.int64)

    @property
    def count(self) -> int:
        """How many columns were ever added at the end."""
        return self._end

    @property
    def n_kept(self) -> int:
        """How many columns are kept."""
        return self._end - self._begin

    def append(self, columns: Columns) -> None:
        """Add columns, in the order of their positions."""
        levels = to_levels(columns.db[-self.capacity :])
        self._end += len(columns.db)
        self._put(self._end - len(levels), levels, columns.positions[-self.capacity :])
        self._begin = max(self._begin, self._end - self.capacity)

    def prepend(self, columns: Columns) -> None:
        """Add columns before the oldest; what there is no room for is dropped, oldest first."""
        n_free = self.capacity - self.n_kept
        levels = to_levels(columns.db[max(0, len(columns.db) - n_free) :])
        if not len(levels):
            return
        self._begin -= len(levels)
        self._put(self._begin, levels, columns.positions[-len(levels) :])
        self.revision += 1

    def _put(self, number: int, levels: Levels, positions: NDArray[np.int64]) -> None:
        slots = (number + np.arange(len(levels))) % self.capacity
        self._levels[slots] = levels
        self._positions[slots] = positions

    @property
    def is_full(self) -> bool:
        """Whether nothing can be put before the oldest column."""
        return self.n_kept >= self.capacity

    @property
    def first_position(self) -> int:
        """The oldest sample position that is kept; 0 if nothing is."""
        return int(self._positions[self._begin % self.capacity]) if self.n_kept else 0

    @property
    def last_position(self) -> int:
        """The newest sample position; 0 if there is none."""
        return int(self._positions[(self._end - 1) % self.capacity]) if self.n_kept else 0

    def at(self, positions: NDArray[np.int64], tolerance: int) -> tuple[Levels, NDArray[np.bool_]]:
        """The columns nearest before `positions`.

        Parameters
        ----------
        positions : array of int, shape (n,)
        tolerance : int
            In samples: a column further away does not count as being there.

        Returns
        -------
        levels : array of uint8, shape (n, n_rows)
        is_there : array of bool, shape (n,)
        """
        index = self._count_until(positions) - 1
        slots = self._slots(index)
        is_there = (index >= 0) & (positions - self._positions[slots] <= tolerance)
        return self._levels[slots], is_there

    def between(self, edges: NDArray[np.int64], max_gap: int) -> tuple[Levels, NDArray[np.bool_]]:
        """The loudest of the columns between each two `edges`.

        Where no column lies between two edges, the level half-way is interpolated from the
        columns before and after.

        Parameters
        ----------
        edges : array of int, shape (n + 1,), ascending
            Sample positions: a stretch begins at its first and ends before its second.
        max_gap : int
            In samples: columns further apart are not interpolated between.

        Returns
        -------
        levels : array of uint8, shape (n, n_rows)
        is_there : array of bool, shape (n,)
        """
        found = self._count_until(edges - 1)
        start, count = found[:-1], np.diff(found)
        levels = self._levels[self._slots(start)]
        looks = np.minimum(count, MAX_LOOKS)
        for look in range(1, int(looks.max(initial=0))):
            more = np.flatnonzero(looks > look)
            slots = self._slots(start[more] + look * count[more] // looks[more])
            levels[more] = np.maximum(levels[more], self._levels[slots])
        is_there = count > 0
        empty = np.flatnonzero(~is_there)
        if len(empty):
            middle = (edges[empty] + edges[empty + 1]) // 2
            levels[empty], is_there[empty] = self._interpolated(start[empty], middle, max_gap)
        return levels, is_there

    def _interpolated(
        self, after: NDArray[np.intp], positions: NDArray[np.int64], max_gap: int
    ) -> tuple[Levels, NDArray[np.bool_]]:
        """Levels at `positions`, each just before kept column number `after`."""
        left, right = self._slots(after - 1), self._slots(after)
        gap = self._positions[right] - self._positions[left]
        is_there = (after > 0) & (after < self.n_kept) & (gap <= max_gap)
        share = ((positions - self._positions[left]) * 256 // np.maximum(gap, 1)).clip(0, 256)
        weight = share.astype(np.uint16)[:, None]
        mixed = self._levels[left] * (256 - weight) + self._levels[right] * weight
        return (mixed >> 8).astype(np.uint8), is_there

    def _count_until(self, positions: NDArray[np.int64]) -> NDArray[np.intp]:
        """How many of the kept columns lie at or before each of `positions`."""
        first = self._begin % self.capacity
        over = first + self.n_kept - self.capacity  # so many have gone round the ring's end
        older = self._positions[first : first + self.n_kept]
        count = np.searchsorted(older, positions, side="right")
        if over > 0:
            count += np.searchsorted(self._positions[:over], positions, side="right")
        return count

    def _slots(self, index: NDArray[np.intp]) -> NDArray[np.intp]:
        """Where in the ring the kept columns number `index` lie; the nearest for numbers beyond."""
        last = max(0, self.n_kept - 1)
        return (self._begin + np.clip(index, 0, last)) % self.capacity


def to_levels(db: NDArray[np.float32]) -> Levels:
    """Decibels to steps of half a decibel above -127 dB, clipped to 0..255."""
    levels: Levels = np.clip(np.rint((db - FLOOR_DB) / STEP_DB), 0, 255).astype(np.uint8)
    return levels


def to_db(levels: Levels) -> NDArray[np.float32]:
    """The inverse of `to_levels`, within a quarter of a decibel."""
    return levels.astype(np.float32) * np.float32(STEP_DB) + np.float32(FLOOR_DB)
