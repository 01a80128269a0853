"""How loud it is: peak, RMS and clipping."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FLOOR_DBFS = -90.0
CLIP_LEVEL = 0.999  # the last step below full scale of 10-bit sound: whatever is there was cut


@dataclass(frozen=True, slots=True)
class LevelReading:
    """Level in dB below full scale; a full-scale sine has peak 0 and RMS -3.01."""

    peak_dbfs: float = FLOOR_DBFS
    rms_dbfs: float = FLOOR_DBFS
    is_clipped: bool = False
    is_silent: bool = True  # exact zeros: a muted or forbidden microphone rather than a quiet room


class Level:
    """Peak and RMS over the last `window_s` seconds, in steps of a hundredth of a second."""

    def __init__(self, sample_rate: int, window_s: float = 0.3) -> None:
        self._step = max(1, sample_rate // 100)
        n_steps = max(1, round(window_s * 100))
        self._peaks = np.zeros(n_steps)
        self._squares = np.zeros(n_steps)
        self._index = 0
        self._pending = np.zeros(0, dtype=np.float32)

    def push(self, block: NDArray[np.float32]) -> None:
        """Take the next samples, shape (n,)."""
        samples = np.concatenate((self._pending, block))
        count = len(samples) // self._step
        steps = samples[: count * self._step].reshape(count, self._step)
        for step in steps[-len(self._peaks) :]:
            self._peaks[self._index] = np.abs(step).max()
            self._squares[self._index] = np.mean(np.square(step, dtype=np.float64))
            self._index = (self._index + 1) % len(self._peaks)
        self._pending = samples[count * self._step :].copy()

    @property
    def reading(self) -> LevelReading:
        """The level of the last `window_s` seconds."""
        peak = float(self._peaks.max())
        rms = float(np.sqrt(self._squares.mean()))
        return LevelReading(to_dbfs(peak), to_dbfs(rms), peak >= CLIP_LEVEL, peak == 0.0)


def to_dbfs(amplitude: float) -> float:
    """Amplitude, 1 at full scale, in dB; never below `FLOOR_DBFS`."""
    return max(FLOOR_DBFS, 20 * float(np.log10(max(amplitude, 1e-9))))
