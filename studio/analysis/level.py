"""How loud it is: peak, RMS and clipping, channel by channel, with a meter's usual inertia."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FLOOR_DBFS = -90.0
CLIP_LEVEL = 0.999  # the last step below full scale of 10-bit sound: whatever is there was cut
STEPS_PER_S = 100
FALL_DB_PER_S = 20.0 / 1.7  # IEC 60268-18: the mark falls by 20 dB in 1.7 s, and rises at once
VU_S = 0.3  # IEC 60268-17: a tone that begins reads 99 % of its level after 0.3 s
SILENT_S = 0.3


@dataclass(frozen=True, slots=True)
class LevelReading:
    """Level in dB below full scale; a full-scale sine has peak 0 and RMS -3.01."""

    peak_dbfs: float = FLOOR_DBFS
    rms_dbfs: float = FLOOR_DBFS
    is_clipped: bool = False
    is_silent: bool = True  # exact zeros: a muted or forbidden microphone rather than a quiet room


class Level:
    """Peak and RMS of every channel, in steps of a hundredth of a second.

    The peak mark rises within a step and falls by 20 dB in 1.7 s. RMS follows with the inertia of
    a VU meter: 99 % of a steady tone's level after 0.3 s.

    Parameters
    ----------
    sample_rate : int
        In Hz.
    n_channels : int
        How many channels the blocks will have.

    Source
    ------
    IEC 60268-18 (peak programme level meters, digital) and IEC 60268-17 (VU meters).
    """

    def __init__(self, sample_rate: int, n_channels: int = 1) -> None:
        self._step = max(1, sample_rate // STEPS_PER_S)
        step_s = self._step / sample_rate
        self._fall = 10 ** (-FALL_DB_PER_S * step_s / 20)
        self._keep = (1 - 0.99**2) ** (step_s / VU_S)  # of the mean square, per step
        self._n_silent = round(SILENT_S / step_s)
        self._peaks = np.zeros(n_channels)
        self._squares = np.zeros(n_channels)
        self._since_sound = np.full(n_channels, self._n_silent)
        self._pending = np.zeros((0, n_channels), dtype=np.float32)

    def push(self, block: NDArray[np.float32]) -> None:
        """Take the next samples.

        Parameters
        ----------
        block : array of float32, shape (n, n_channels), or (n,) of one channel
        """
        frames = np.concatenate((self._pending, block.reshape(len(block), -1)))
        end = len(frames) // self._step * self._step
        for start in range(0, end, self._step):
            self._take(frames[start : start + self._step])
        self._pending = frames[end:].copy()

    def _take(self, step: NDArray[np.float32]) -> None:
        peaks = np.abs(step).max(axis=0)
        squares = np.square(step, dtype=np.float64).mean(axis=0)
        self._peaks = np.maximum(peaks, self._peaks * self._fall)
        self._squares = squares + (self._squares - squares) * self._keep
        self._since_sound = np.where(peaks > 0, 0, self._since_sound + 1)

    @property
    def channels(self) -> tuple[LevelReading, ...]:
        """The level of each channel now."""
        return tuple(
            LevelReading(
                to_dbfs(peak), to_dbfs(square**0.5), peak >= CLIP_LEVEL, steps >= self._n_silent
            )
            for peak, square, steps in zip(
                self._peaks.tolist(),
                self._squares.tolist(),
                self._since_sound.tolist(),
                strict=True,
            )
        )

    @property
    def reading(self) -> LevelReading:
        """The level of the loudest channel now."""
        return loudest(self.channels)


def loudest(channels: tuple[LevelReading, ...]) -> LevelReading:
    """The highest peak and RMS of `channels`; silent if all of them are.

    Parameters
    ----------
    channels : tuple of LevelReading
        One or more.

    Returns
    -------
    LevelReading
    """
    return LevelReading(
        max(channel.peak_dbfs for channel in channels),
        max(channel.rms_dbfs for channel in channels),
        any(channel.is_clipped for channel in channels),
        all(channel.is_silent for channel in channels),
    )


def to_dbfs(amplitude: float) -> float:
    """Amplitude, 1 at full scale, in dB; never below `FLOOR_DBFS`."""
    return max(FLOOR_DBFS, 20 * float(np.log10(max(amplitude, 1e-9))))
