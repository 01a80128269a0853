"""The gesture that paints a pattern, one repetition after the other."""

from __future__ import annotations

from dataclasses import replace

from models.notes import Note
from studio.score.edits import replacing
from studio.score.pattern import Pattern
from studio.score.score import Edit
from studio.ui.compose.roll_tools import Gesture, RollContext, RollPoint


class PaintPattern(Gesture):
    """The pattern at the place of the press, and again as far as the mouse goes to either side."""

    hint = "Paint the pattern as often as there is room. Alt at the start: off the grid. Esc: none"

    def __init__(self, context: RollContext, press: RollPoint, pattern: Pattern) -> None:
        super().__init__(context, press)
        self._pattern = pattern.scaled(context.view_model.song.ticks_per_beat)
        self._start = min(context.snap_of(press).before(press.tick), int(press.tick))
        self._pitch = context.pitch_of(press.pitch)
        self._painted: dict[int, list[Note]] = {}
        self.follow(press)

    def follow(self, point: RollPoint) -> None:
        length = self._pattern.length
        number = int((point.tick - self._start) // length)
        number = max(number, -(self._start // length))  # not before the song
        missing = [n for n in range(min(0, number), max(0, number) + 1) if n not in self._painted]
        for each in missing:
            self._painted[each] = self._repetition(self._start + each * length)
        if missing:
            order = sorted(self._painted)
            self.shown = tuple(note for each in order for note in self._painted[each])

    def _repetition(self, start: int) -> list[Note]:
        track = self.context.view_model.active_track
        found = self._pattern.at(start, self._pitch, track)
        return [replace(note, pitch=self.context.pitch_of(note.pitch)) for note in found]

    @property
    def heard(self) -> Note | None:
        return self.shown[0] if self.shown else None

    def edit(self) -> Edit:
        return replacing("Paint pattern", self.context.view_model.score, (), self.shown)

    def release(self) -> None:
        self.context.view_model.select(self.shown)
