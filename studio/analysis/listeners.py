"""Who listens: the picture, the level meter, the genre model."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from studio.analysis.level import Level, LevelReading
from studio.analysis.spectrogram import Columns, Spectrogram, SpectrogramSettings

MAX_WAITING = 2000  # portions; beyond, a window that does not paint would eat the memory

GENRE_WINDOW_S = 3.0
GENRE_INTERVAL_S = 0.5
AskGenre = Callable[[NDArray[np.float32], int, int], object]


class SpectrogramListener:
    """Makes columns and keeps them until the window fetches them."""

    def __init__(self, settings: SpectrogramSettings) -> None:
        self.settings = settings
        self._spectrogram = Spectrogram(settings)
        self._waiting: deque[Columns] = deque(maxlen=MAX_WAITING)

    def push(self, block: NDArray[np.float32], position: int) -> None:
        columns = self._spectrogram.push(block)
        if len(columns.positions):
            self._waiting.append(columns)

    def reset(self, position: int) -> None:
        self._spectrogram.reset(position)

    def fetch(self) -> list[Columns]:
        """The columns that have come since the last call."""
        fetched = []
        while self._waiting:
            fetched.append(self._waiting.popleft())
        return fetched


class LevelListener:
    """Keeps the level of the moment, and remembers clipping until it is told not to."""

    def __init__(self, sample_rate: int) -> None:
        self._level = Level(sample_rate)
        self.reading = LevelReading()
        self.has_clipped = False

    def push(self, block: NDArray[np.float32], position: int) -> None:
        self._level.push(block)
        self.reading = self._level.reading
        self.has_clipped = self.has_clipped or self.reading.is_clipped

    def reset(self, position: int) -> None:
        """A gap does not change how loud it is."""


class GenreListener:
    """Asks twice a second about the last three seconds."""

    def __init__(self, sample_rate: int, ask: AskGenre) -> None:
        self._sample_rate = sample_rate
        self._ask = ask
        self._window = np.zeros(round(GENRE_WINDOW_S * sample_rate), dtype=np.float32)
        self.reset(0)

    def reset(self, position: int) -> None:
        """The three seconds must be heard anew, without a gap."""
        self._filled = 0
        self._since_asked = 0

    @property
    def heard_s(self) -> float:
        """How much of a window has been heard, in seconds, at most a whole window."""
        return min(self._filled, len(self._window)) / self._sample_rate

    def push(self, block: NDArray[np.float32], position: int) -> None:
        size = len(self._window)
        tail = block[-size:]
        self._window[: size - len(tail)] = self._window[len(tail) :]
        self._window[size - len(tail) :] = tail
        self._filled += len(block)
        self._since_asked += len(block)
        is_due = self._since_asked >= GENRE_INTERVAL_S * self._sample_rate
        if self._filled >= size and is_due:
            self._since_asked = 0
            self._ask(self._window.copy(), self._sample_rate, position + len(block))
