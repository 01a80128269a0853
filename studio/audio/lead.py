"""What lies ready for the driver: how much of it should, what came too late, what was heard."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.audio.output import Output
from studio.audio.stereo_ring import StereoRing

AHEAD_S = 0.06  # at rest: the longest that anything else may hold the interpreter
PLAYING_AHEAD_S = 0.16  # while a song plays: for busy machines; a stop or a seek drops it
LIVE_AHEAD_BLOCKS = 3  # while keys are struck: they must sound at once
LIVE_FOR_S = 5.0  # after the last key
FADE = 256  # samples in which what is dropped falls silent
BLOCK = 256


class Lead:
    """The ring between the player's thread and the driver's. `fill` alone is the driver's."""

    def __init__(self, output: Output) -> None:
        rate = output.sample_rate
        self.underruns = 0
        self.is_wanted = False  # whether what is missing was to be heard
        self.is_playing = False
        self.ring = StereoRing(round(PLAYING_AHEAD_S * rate) // BLOCK * BLOCK)
        self.at_rest = round(AHEAD_S * rate) // BLOCK * BLOCK
        self._output = output
        self._live_for = round(LIVE_FOR_S * rate)
        self._live_until = 0  # sample of the ring
        self._live_margin = LIVE_AHEAD_BLOCKS * BLOCK
        self._largest = 0  # block that the driver asked for
        self._missing = 0  # samples that the driver asked for and the ring had not

    @property
    def written(self) -> int:
        """How many samples have been rendered."""
        return self.ring.written

    @property
    def wanted(self) -> int:
        """How many samples should lie ready: at least what the driver asks for at once."""
        if self.ring.written < self._live_until:
            return min(self.at_rest, self._largest + self._live_margin)
        return self.ring.capacity if self.is_playing else self.at_rest

    @property
    def is_filled(self) -> bool:
        """Whether as much lies ready as should."""
        return self.ring.written - self.ring.taken + BLOCK > self.wanted

    def play_soon(self) -> None:
        """A key was struck: for a while less is rendered ahead."""
        self._live_until = self.ring.written + self._live_for

    def drop(self) -> None:
        """What was rendered ahead is no longer wanted, but for a moment in which it fades."""
        self.ring.cut(2 * self._largest + FADE, FADE)

    def fill(self, out: NDArray[np.float32]) -> None:
        """On the driver's thread: copy, count what is missing, return."""
        self._largest = max(self._largest, len(out))
        missing = len(out) - self.ring.take_into(out)
        if missing and self.is_wanted:
            self._missing += missing
            self.underruns += 1
            self._live_margin += BLOCK  # this machine needs more

    def heard(self) -> float:
        """How much of what was rendered has been heard, in samples."""
        return self._output.heard() - self._missing

    def use_output(self, output: Output) -> None:
        """Another output takes from here on; it counts from 0."""
        self._output = output
        self._missing = -self.ring.taken
