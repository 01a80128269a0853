"""One voice or instrument into notes, streaming: what was sung or played, and when."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

from studio.analysis.onsets import FRAME_S, Frame, FrameStream

Floats = NDArray[np.float32]

STEADY_FRAMES = 3  # that agree before a note is believed
SPREAD = 0.7  # semitones within which they agree: vibrato stays inside
SILENT_FRAMES = 6  # after so many without pitch a note is over
LATE_FRAMES = 3  # a new pitch is read once it fills more than half of the tracker's window
RECALL_FRAMES = 12  # how long before its pitch is known a note's onset may have been heard
AHEAD_FRAMES = 5  # and after: the tracker's window sees a loud note before it begins
ATTACK_FRAMES = 10  # in which it is as loud as it gets
AGAIN_FRAMES = 7  # the shortest time between two strokes of one pitch
RISE_DB = 5.0  # by so much a note grows louder when it is struck again
SHORTEST_S = 0.05
LOUDEST_DBFS, SOFTEST_DBFS = -6.0, -46.0  # what becomes velocity 127, and 1


@dataclass(frozen=True, slots=True)
class HeardNote:
    """A note that was heard: seconds since the first sample, MIDI pitch, velocity 1..127."""

    onset_s: float
    offset_s: float
    pitch: int
    velocity: int


class Transcriber:
    """A stream of samples in, notes out, each as soon as it has ended.

    A note begins where three readings of the pitch agree and are not those of the note before, at
    the onset that was heard last; or where a steady pitch is struck again and grows louder.

    Parameters
    ----------
    sample_rate : int
        Hz.

    Source
    ------
    Pitch: see `studio.analysis.pitch`. Onsets: spectral flux as in S. Dixon, "Onset detection
    revisited", DAFx 2006. How both are joined is ours.
    """

    def __init__(self, sample_rate: int) -> None:
        self._frames = FrameStream(sample_rate)
        self._past: deque[Frame] = deque(maxlen=RECALL_FRAMES + AGAIN_FRAMES)
        self._coming: deque[Frame] = deque()
        self._note: _Open | None = None
        self._silent = 0

    def push(self, block: Floats) -> list[HeardNote]:
        """Take the next samples; give the notes that have ended.

        However the stream is cut into blocks, the notes are the same.

        Parameters
        ----------
        block : array of float32, shape (n,)

        Returns
        -------
        list of HeardNote
            In the order of their onsets.
        """
        return [note for frame in self._frames.push(block) for note in self._wait(frame)]

    def finish(self) -> list[HeardNote]:
        """Give what still sounds at the end of the stream.

        Returns
        -------
        list of HeardNote
            One, or none.
        """
        rest = [note for frame in self._frames.finish() for note in self._wait(frame)]
        while self._coming:
            rest += self._take(self._coming.popleft())
        return rest + self._end(self._past[-1].index + 1 if self._past else 0)

    @property
    def sounding(self) -> tuple[float, int] | None:
        """Onset in seconds and pitch of the note that has begun and not ended, if any."""
        return (self._note.start * FRAME_S, self._note.pitch) if self._note else None

    def _wait(self, frame: Frame) -> list[HeardNote]:
        self._coming.append(frame)
        if len(self._coming) <= AHEAD_FRAMES:
            return []
        return self._take(self._coming.popleft())

    def _take(self, frame: Frame) -> list[HeardNote]:
        self._past.append(frame)
        steady = self._steady()
        note = self._note
        if note is None:
            if steady is not None:
                self._begin(self._onset(), steady)
            return []
        if frame.semitones is None:
            self._silent += 1
            return self._end(frame.index - self._silent + 1) if self._silent > SILENT_FRAMES else []
        self._silent = 0
        if steady is not None and abs(steady - note.centre) > SPREAD:
            return self._change(self._onset(after=note.start), steady)
        if self._is_struck_again():
            return self._change(frame.index - AGAIN_FRAMES + 1, note.centre)
        note.add(frame.semitones)
        return []

    def _steady(self) -> float | None:
        """The pitch on which the last readings agree, in semitones."""
        last = [frame.semitones for frame in list(self._past)[-STEADY_FRAMES:]]
        known = [semitones for semitones in last if semitones is not None]
        if len(known) < STEADY_FRAMES or max(known) - min(known) > SPREAD:
            return None
        return median(known)

    def _onset(self, after: int = -(1 << 30)) -> int:
        """Where the note began whose pitch is known now: at the onset heard last, if any was."""
        frames = list(self._past)[-RECALL_FRAMES:]
        onsets = [f.index for f in (*frames, *self._coming) if f.is_onset and f.index > after + 2]
        return onsets[-1] if onsets else max(0, frames[-1].index - STEADY_FRAMES + 1 - LATE_FRAMES)

    def _is_struck_again(self) -> bool:
        """Whether an onset some frames ago made the note louder, which has held its pitch since."""
        frames = list(self._past)
        note = self._note
        if note is None or len(frames) < 2 * AGAIN_FRAMES:
            return False
        at = frames[-AGAIN_FRAMES]
        if not at.is_onset or at.index - note.start < AGAIN_FRAMES:
            return False
        before = min(f.level_db for f in frames[-AGAIN_FRAMES - 4 : -AGAIN_FRAMES + 1])
        return max(f.level_db for f in frames[-AGAIN_FRAMES:]) - before > RISE_DB

    def _begin(self, start: int, semitones: float) -> None:
        near = (f for f in (*self._past, *self._coming) if 0 <= f.index - start < ATTACK_FRAMES)
        self._note = _Open(start, semitones, max(f.level_db for f in near))
        self._silent = 0

    def _change(self, start: int, semitones: float) -> list[HeardNote]:
        ended = self._end(start)
        self._begin(start, semitones)
        return ended

    def _end(self, end: int) -> list[HeardNote]:
        note, self._note = self._note, None
        if note is None or (end - note.start) * FRAME_S < SHORTEST_S:
            return []
        return [
            HeardNote(note.start * FRAME_S, end * FRAME_S, note.pitch, _velocity(note.loudest_db))
        ]


class _Open:
    """A note that has begun and not ended."""

    def __init__(self, start: int, semitones: float, loudest_db: float) -> None:
        self.start = start
        self.loudest_db = loudest_db  # of its attack
        self._heard = [semitones]

    @property
    def centre(self) -> float:
        """Its pitch in semitones, whatever vibrato does."""
        return median(self._heard[-RECALL_FRAMES:])

    @property
    def pitch(self) -> int:
        """Its pitch as MIDI counts."""
        return max(0, min(127, round(median(self._heard))))

    def add(self, semitones: float) -> None:
        """It goes on."""
        self._heard.append(semitones)


def _velocity(level_db: float) -> int:
    share = (level_db - SOFTEST_DBFS) / (LOUDEST_DBFS - SOFTEST_DBFS)
    return max(1, min(127, round(127 * share)))
