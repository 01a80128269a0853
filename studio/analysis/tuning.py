"""Which note a pitch is, and how far from it: what a tuner shows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from studio.analysis.pitch import PitchReading

LOWEST_A4_HZ, HIGHEST_A4_HZ, USUAL_A4_HZ = 415.0, 466.0, 440.0
A4_PITCH = 69
STEADY_READINGS = 12  # 0.12 s: their median is shown, so that the needle does not tremble
MIN_SHARE = 0.5  # of them must have a pitch
STAY_CENTS = 60.0  # a note keeps its name a little beyond half-way to the next


@dataclass(frozen=True, slots=True)
class TunedNote:
    """A MIDI pitch, how far the sound is from it in cents, its frequency, and how sure that is."""

    pitch: int
    cents: float
    hz: float
    confidence: float


def pitch_of(hz: float, a4_hz: float = USUAL_A4_HZ) -> float:
    """The (fractional) MIDI pitch of a frequency where the A above middle C has `a4_hz`."""
    return A4_PITCH + 12 * math.log2(hz / a4_hz)


class Tuner:
    """Names the note of the last moments, steadily."""

    def __init__(self, a4_hz: float = USUAL_A4_HZ) -> None:
        self.a4_hz = a4_hz
        self._pitch: int | None = None

    def note(self, readings: Sequence[PitchReading]) -> TunedNote | None:
        """The note of the newest readings.

        Parameters
        ----------
        readings : sequence of PitchReading
            Oldest first; only the last `STEADY_READINGS` count.

        Returns
        -------
        TunedNote or None
            None where most of them had no pitch.
        """
        last = readings[-STEADY_READINGS:]
        heard = sorted((r.hz, r.confidence) for r in last if r.hz is not None)
        if not heard or len(heard) < MIN_SHARE * STEADY_READINGS:
            self._pitch = None
            return None
        hz, confidence = heard[len(heard) // 2]
        at = pitch_of(hz, self.a4_hz)
        if self._pitch is None or abs(at - self._pitch) * 100 > STAY_CENTS:
            self._pitch = math.floor(at + 0.5)
        return TunedNote(self._pitch, 100 * (at - self._pitch), hz, confidence)
