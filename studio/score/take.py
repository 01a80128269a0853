"""A take: what was played on a keyboard while the song ran, as notes and as one edit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from models.notes import Note
from studio.score.edits import replacing
from studio.score.score import Edit, Score

SHORTEST = 1  # tick: a key that was hardly touched is still a note


@dataclass(frozen=True, slots=True)
class Region:
    """Where a take is kept: from tick `start` up to `end`; None: to wherever it goes."""

    start: int = 0
    end: int | None = None

    def holds(self, tick: float) -> bool:
        """Whether a note that begins at `tick` is kept."""
        return self.start <= tick and (self.end is None or tick < self.end)


class Take:
    """Collects keys and pedal of one recording. Ticks are those that were heard.

    A pass ends where the song jumps back in a loop. With the pedal down a note goes on to its
    release, or until its key is struck again: the roll shows what sounds.
    """

    def __init__(self, region: Region, *, track: int, early: int = 0) -> None:
        """`early`: how many ticks before the region a note may begin and still be its first."""
        self.region = region
        self.track = track
        self.passes = 1
        self._early = early
        self._notes: set[Note] = set()
        self._down: dict[int, tuple[float, int]] = {}  # pitch: (tick, velocity)
        self._held: dict[int, tuple[float, int]] = {}  # released, but with the pedal down
        self._is_pedal_down = False

    @property
    def notes(self) -> list[Note]:
        """The notes that have ended, in order."""
        return sorted(self._notes)

    @property
    def sounding(self) -> dict[int, float]:
        """Where each note began that has not ended yet, by its pitch."""
        return {pitch: start for pitch, (start, _) in (*self._held.items(), *self._down.items())}

    def note_on(self, pitch: int, velocity: int, tick: float) -> None:
        """A key goes down."""
        for notes in (self._held, self._down):
            self._end(notes, pitch, tick)
        self._down[pitch] = (tick, velocity)

    def note_off(self, pitch: int, tick: float) -> None:
        """A key comes up."""
        if self._is_pedal_down and pitch in self._down:
            self._held[pitch] = self._down.pop(pitch)
        else:
            self._end(self._down, pitch, tick)

    def add(self, pitch: int, velocity: int, start: float, end: float) -> None:
        """A note that is over, as a voice's are when they are known."""
        self._end({pitch: (start, velocity)}, pitch, end)

    def pedal(self, is_down: bool, tick: float) -> None:
        """The sustain pedal moves."""
        self._is_pedal_down = is_down
        if not is_down:
            for pitch in list(self._held):
                self._end(self._held, pitch, tick)

    def end_pass(self, tick: float) -> None:
        """The song jumps away from `tick`: what sounds ends here."""
        self.finish(tick)
        self.passes += 1

    def finish(self, tick: float) -> None:
        """The recording ends: what still sounds ends here."""
        for notes in (self._held, self._down):
            for pitch in list(notes):
                self._end(notes, pitch, tick)

    def _end(self, notes: dict[int, tuple[float, int]], pitch: int, tick: float) -> None:
        if pitch not in notes:
            return
        start, velocity = notes.pop(pitch)
        region = self.region
        if region.start - self._early <= start < region.start < tick:
            start = region.start
        if region.holds(start):
            end = tick if region.end is None else min(tick, region.end)
            begin = max(0, round(start))
            length = max(SHORTEST, round(end) - begin)
            self._notes.add(Note(begin, pitch, length, velocity, self.track))

    def edit(self, score: Score, label: str, *, replaces: bool = False) -> Edit:
        """The take as one edit; with `replaces`, what its track had in the region leaves."""
        removed: Iterable[Note] = ()
        if replaces:
            columns = score.columns
            removed = [n for n in columns.all_notes() if self._is_replaced(n)]
        return replacing(label, score, list(removed), self._notes)

    def _is_replaced(self, note: Note) -> bool:
        last = max((n.end for n in self._notes), default=self.region.start)
        end = last if self.region.end is None else self.region.end
        return note.track == self.track and self.region.start <= note.start < end


class StepInput:
    """Collects the keys of a chord while any of them is down: they make one step."""

    def __init__(self) -> None:
        self._down: set[int] = set()
        self._chord: dict[int, int] = {}

    def note_on(self, pitch: int, velocity: int) -> None:
        """A key goes down: it belongs to the chord."""
        self._down.add(pitch)
        self._chord[pitch] = velocity

    def note_off(self, pitch: int) -> list[tuple[int, int]]:
        """A key comes up; with the last one the chord is given, as (pitch, velocity)."""
        self._down.discard(pitch)
        if self._down:
            return []
        chord, self._chord = sorted(self._chord.items()), {}
        return chord
