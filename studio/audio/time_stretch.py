"""Slower or faster at the same pitch."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

TIME_STRETCH_FRAMES = 2048  # so many samples more bring out all that was pushed before
SLOWEST, FASTEST = 0.5, 2.0


class TimeStretch:
    """Stretches a stream block by block: waveform-similarity overlap-add, by audiotsm (MIT).

    Source
    ------
    Verhelst and Roelands, "An overlap-add technique based on waveform similarity (WSOLA)", 1993.
    """

    def __init__(self, n_channels: int, speed: float) -> None:
        if not SLOWEST <= speed <= FASTEST:
            raise ValueError(f"{speed=} must lie between {SLOWEST} and {FASTEST}")
        library: Any = importlib.import_module("audiotsm")
        self._arrays: Any = importlib.import_module("audiotsm.io.array")
        self._n_channels, self._speed = n_channels, speed
        self._taken = self._given = 0
        self._stretcher: Any = library.wsola(n_channels, speed=speed)

    @property
    def held_frames(self) -> int:
        """How much of what was pushed is not heard yet."""
        return max(0, self._taken - round(self._given * self._speed))

    def push(self, block: NDArray[np.float32]) -> NDArray[np.float32]:
        """Take samples, shape (n, n_channels); give what is ready, shape (m, n_channels)."""
        reader = self._arrays.ArrayReader(block.T)
        writer = self._arrays.ArrayWriter(self._n_channels)
        while not reader.empty:
            self._stretcher.read_from(reader)
            self._stretcher.write_to(writer)
        ready = np.ascontiguousarray(writer.data.T, dtype=np.float32)
        self._taken += len(block)
        self._given += len(ready)
        return ready
