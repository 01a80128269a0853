"""The metronome: a click on every beat of the metre, high on the first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.audio.sequence import Sequence

CLICK_S = 0.04
ACCENT_HZ, BEAT_HZ = 1760.0, 1175.0
LEVEL = 0.35
NEVER = -(1 << 62)


class Metronome:
    """Adds its clicks to what is played. It remembers nothing of where it was: it can't drift."""

    def __init__(self, sample_rate: int) -> None:
        self.is_on = False
        self.counts_in_until = NEVER  # before this sample it clicks even if it is off
        self._clicks = {
            is_first: _click(sample_rate, hz)
            for is_first, hz in ((True, ACCENT_HZ), (False, BEAT_HZ))
        }

    def add(self, block: NDArray[np.float32], position: int, sequence: Sequence) -> None:
        """Click into `block`, shape (n, 2), which is the song from sample `position` on."""
        if not self.is_on and position >= self.counts_in_until + len(self._clicks[True]):
            return
        first = sequence.tick_of(position - len(self._clicks[True]))
        last = sequence.tick_of(position + len(block))
        for tick, is_bar in sequence.metre.beats(first, last):
            onset = sequence.position_of(tick)
            if self.is_on or onset < self.counts_in_until:
                _mix(block, self._clicks[is_bar], onset - position)


def _mix(block: NDArray[np.float32], click: NDArray[np.float32], at: int) -> None:
    start, end = max(0, at), min(len(block), at + len(click))
    if start < end:
        block[start:end] += click[start - at : end - at, np.newaxis]


def _click(sample_rate: int, hz: float) -> NDArray[np.float32]:
    seconds = np.arange(round(CLICK_S * sample_rate)) / sample_rate
    fade = np.exp(-seconds * 90) * np.minimum(1, (CLICK_S - seconds) / 0.005)
    click: NDArray[np.float32] = (LEVEL * np.sin(2 * np.pi * hz * seconds) * fade).astype("f4")
    return click
