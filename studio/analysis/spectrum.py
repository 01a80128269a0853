"""What stays of a spectrum while it changes: its peaks and its average."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.analysis.spectrogram import SILENCE_DB

Floats = NDArray[np.float32]


class SpectrumHold:
    """Peaks that are held or fall, and an average of power, of the rows of a spectrogram.

    Parameters
    ----------
    n_rows : int
    columns_per_second : float

    Attributes
    ----------
    fall_db_per_s : float
        How fast peaks fall; 0 holds them.
    average_s : float or None
        The time constant of the average; None for the mean of all since the last reset.
    peak_db, average_db : array of float32, shape (n_rows,)
    """

    def __init__(self, n_rows: int, columns_per_second: float) -> None:
        self.fall_db_per_s = 0.0
        self.average_s: float | None = 1.0
        self._rate = columns_per_second
        self._n_rows = n_rows
        self.reset()

    def reset(self) -> None:
        """Forget what was heard."""
        self.peak_db: Floats = np.full(self._n_rows, SILENCE_DB, dtype=np.float32)
        self._power = np.zeros(self._n_rows)
        self._n_heard = 0

    @property
    def average_db(self) -> Floats:
        """The level of the mean power of each row."""
        floor = 10 ** (SILENCE_DB / 10)
        return (10 * np.log10(np.maximum(self._power, floor))).astype(np.float32)

    def push(self, db: Floats) -> None:
        """Take the next columns, shape (n, n_rows), in dB; n may be anything."""
        if len(db):
            self._hold(db)
            self._average(db)
            self._n_heard += len(db)

    def _hold(self, db: Floats) -> None:
        fall = np.float32(self.fall_db_per_s / self._rate)
        n_after = np.arange(len(db) - 1, -1, -1, dtype=np.float32)
        highest = (db - fall * n_after[:, None]).max(axis=0)
        self.peak_db = np.maximum(self.peak_db - fall * np.float32(len(db)), highest)

    def _average(self, db: Floats) -> None:
        power = np.power(10.0, db.astype(np.float64) / 10)
        n = len(db)
        if self.average_s is None or not self._n_heard:
            # the first columns count as if they had been there all the time
            weight = n / (self._n_heard + n)
            self._power += weight * (power.mean(axis=0) - self._power)
            return
        keep = np.exp(-1 / (self.average_s * self._rate))
        weights = (1 - keep) * keep ** np.arange(n - 1, -1, -1)
        self._power = keep**n * self._power + weights @ power
