"""Where something begins in a sound: spectral flux, frame by frame, beside the pitch."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.analysis.pitch import FRAMES_PER_SECOND, PitchReading, PitchTracker

Floats = NDArray[np.float32]

FRAME_S = 1 / FRAMES_PER_SECOND
WINDOW_S = 0.03
BEFORE, AFTER = 4, 3  # frames around a peak that must not be higher
MEAN_FRAMES = 25  # against whose mean a peak is measured
FACTOR, LEAST = 1.6, 0.06  # by how much it stands out
QUIET = 0.05  # of the sum of a spectrum: below, growth means little
COMPRESSION = 100.0
FLOOR = 1e-9


@dataclass(frozen=True, slots=True)
class Frame:
    """A hundredth of a second: its pitch in semitones (MIDI), level, and whether it is an onset."""

    index: int
    semitones: float | None
    level_db: float
    is_onset: bool


class FrameStream:
    """A stream of samples in, frames out, a few frames behind.

    Parameters
    ----------
    sample_rate : int
        Hz.
    """

    def __init__(self, sample_rate: int) -> None:
        self._tracker = PitchTracker(sample_rate)
        self._hop = self._tracker.hop
        self._n = round(WINDOW_S * sample_rate)
        self._window = np.hanning(self._n).astype(np.float32)
        self._pending: Floats = np.zeros(self._n // 2, dtype=np.float32)  # frame 0 is centred at 0
        self._before: Floats | None = None
        self._flux: list[float] = []
        self._levels: list[float] = []
        self._readings: deque[PitchReading] = deque()
        self._next = 0  # the frame that is given next
        self._first_reading: int | None = None
        self._pitches: dict[int, float | None] = {}

    def push(self, block: Floats) -> list[Frame]:
        """Take the next samples.

        Parameters
        ----------
        block : array of float32, shape (n,)

        Returns
        -------
        list of Frame
            Those that are complete, in order.
        """
        for reading in self._tracker.push(block):
            hz = reading.hz
            index = round(reading.position / self._hop)
            self._pitches[index] = None if hz is None else 69 + 12 * float(np.log2(hz / 440))
        self._measure(np.concatenate((self._pending, block.astype(np.float32, copy=False))))
        known = max(self._pitches, default=-1)
        return self._given(min(known, len(self._flux) - AFTER - 1))

    def finish(self) -> list[Frame]:
        """Give the frames at the end, whose pitch is not known any more.

        Returns
        -------
        list of Frame
        """
        return self._given(len(self._flux) - AFTER - 1)

    def _given(self, last: int) -> list[Frame]:
        frames = [self._frame(index) for index in range(self._next, last + 1)]
        self._next = max(self._next, last + 1)
        return frames

    def _frame(self, index: int) -> Frame:
        semitones = self._pitches.pop(index, None)
        return Frame(index, semitones, self._levels[index], self._is_onset(index))

    def _measure(self, samples: Floats) -> None:
        at = 0
        while at + self._n <= len(samples):
            part = samples[at : at + self._n] * self._window
            magnitude = np.log1p(COMPRESSION * np.abs(np.fft.rfft(part)) / self._n)
            before = np.zeros_like(magnitude) if self._before is None else self._before
            growth = float(np.maximum(magnitude - before, 0).sum())
            self._flux.append(growth / (float(magnitude.sum()) + QUIET))  # however loud it is
            self._before = magnitude
            power = float(np.mean(np.square(samples[at : at + self._n])))
            self._levels.append(10 * float(np.log10(power + FLOOR)))
            at += self._hop
        self._pending = samples[at:].copy()

    def _is_onset(self, index: int) -> bool:
        flux = self._flux
        here = flux[index]
        around = flux[max(0, index - BEFORE) : index + AFTER + 1]
        mean = sum(flux[max(0, index - MEAN_FRAMES) : index + 1]) / min(index + 1, MEAN_FRAMES + 1)
        return here >= max(around) and here > FACTOR * mean + LEAST
