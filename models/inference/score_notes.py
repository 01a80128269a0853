"""The notes of a score while a model edits it: what may leave, what may come, and where to."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict

import numpy as np

from models.inference.instrument_ranges import FULL, range_of
from models.inference.score_limits import EditLimits
from models.notes import Note
from models.piano_roll import GridNotes, grid_notes, step_to_tick, tick_to_step
from models.protocol import Conditions, Piece
from models.tempo_map import Metre

RANGE_MARGIN = 5
DEFAULT_RANGE = (48, 84)
DEFAULT_VELOCITY = 80
_NEAR_BEATS = 4
_EMPTY_BARS = 4
_NEXT_BEST = 12.0  # where the best track has no room, another may be so much worse, in semitones


def _start(note: Note) -> int:
    return note.start


def last_bar_line(piece: Piece) -> int:
    """The tick of the bar line after the last note; of an empty piece, four bars on."""
    metre = Metre(piece.ticks_per_beat, piece.time_signatures)
    n_bars = metre.bar_of(piece.end - 1) + 1 if piece.notes else _EMPTY_BARS
    return metre.bar_start(n_bars)


class WorkingScore:
    """A piece and the edits made to it so far, with the conditions that bound them.

    Raises nothing: conditions that leave no room simply allow no edit.
    """

    def __init__(self, piece: Piece, conditions: Conditions) -> None:
        self.ticks_per_beat = piece.ticks_per_beat
        self.conditions = conditions
        self.original = tuple(piece.notes)
        drums = {index for index, track in enumerate(piece.tracks) if track.is_drums}
        n_tracks = max([len(piece.tracks), *(note.track + 1 for note in piece.notes)])
        asked = range(n_tracks) if conditions.tracks is None else conditions.tracks
        self.tracks = tuple(t for t in sorted(set(asked)) if 0 <= t < n_tracks and t not in drums)
        self.notes: list[Note] = [note for note in piece.notes if note.track not in drums]
        self._locked = {piece.notes[i] for i in conditions.locked if 0 <= i < len(piece.notes)}
        self.grid: GridNotes = grid_notes(self.notes, self.ticks_per_beat)  # row i is notes[i]
        cells = zip(self.grid.step.tolist(), self.grid.pitch.tolist(), strict=True)
        self._used = set(cells)  # also what has left
        self._lines: dict[tuple[int, int], list[Note]] = defaultdict(list)
        self._by_track: dict[int, list[Note]] = defaultdict(list)
        for note in sorted(self.notes):
            self._lines[note.track, note.pitch].append(note)
            self._by_track[note.track].append(note)
        end = conditions.end_tick
        self.start_tick = max(0, conditions.start_tick)
        self.end_tick = last_bar_line(piece) if end is None else max(0, end)
        self.pitches = self._pitch_range()
        self.limits = EditLimits(self.notes, self.tracks, piece, conditions)
        self._reaches = self._instrument_ranges(piece)
        self.removable = [note for note in self.notes if self._may_leave(note)]

    def _pitch_range(self) -> tuple[int, int]:
        """Where notes may come: as asked, else the piece's own range and a little more."""
        low, high = max(0, self.conditions.pitch_min), min(127, self.conditions.pitch_max)
        if (low, high) != (0, 127):
            return low, high
        if not self.notes:
            return DEFAULT_RANGE
        present = [note.pitch for note in self.notes]
        return max(0, min(present) - RANGE_MARGIN), min(127, max(present) + RANGE_MARGIN)

    def _instrument_ranges(self, piece: Piece) -> dict[int, tuple[int, int]]:
        """What each track's instrument can play, and what it plays already; all if it was asked."""
        if (self.conditions.pitch_min, self.conditions.pitch_max) != FULL:
            return {}
        reaches = {}
        for track in self.tracks:
            low, high = range_of(piece.tracks[track].program) if track < len(piece.tracks) else FULL
            present = [note.pitch for note in self._by_track[track]]
            reaches[track] = min([low, *present]), max([high, *present])
        return reaches

    def step_of(self, note: Note) -> int:
        """The step at which a note is seen."""
        return tick_to_step(note.start, self.ticks_per_beat)

    def _may_leave(self, note: Note) -> bool:
        """Whether the conditions let this note be removed; own additions are never asked."""
        c = self.conditions
        return (
            note not in self._locked
            and note.track in self.tracks
            and self.start_tick <= note.start < self.end_tick
            and c.pitch_min <= note.pitch <= c.pitch_max
            and not self.limits.is_avoided("remove", note.start, note.pitch)
        )

    def remove(self, note: Note) -> None:
        """Take a note out; nothing may come back at its place."""
        self.limits.count(note, -1)
        index = self.notes.index(note)
        del self.notes[index]
        self.grid = self.grid.take(np.arange(len(self.grid)) != index)
        self.removable.remove(note)
        self._lines[note.track, note.pitch].remove(note)
        self._by_track[note.track].remove(note)

    def propose(self, step: int, pitch: int, length: int) -> Note | None:
        """The note to add at a cell: track, exact ticks and velocity; None where none may come."""
        if (step, pitch) in self._used:
            return None
        places = [self._place(track, step, pitch, length) for track in self.tracks]
        fits = [
            (self._misfit(track, pitch, start, end), track, start, end)
            for track, start, end in filter(None, places)
        ]
        limit = min(fits, default=(0.0,))[0] + _NEXT_BEST
        for misfit, track, start, end in sorted(fits):
            room = self._room(track, pitch, start, end)
            if misfit <= limit and room > start:
                return Note(start, pitch, room - start, self._velocity(track, start), track)
        return None

    def _place(self, track: int, step: int, pitch: int, length: int) -> tuple[int, int, int] | None:
        """The track with the ticks of a note there, None where it can't or may not have it."""
        low, high = self._reaches.get(track, FULL)
        start = self.limits.start_of(track, step)
        if start is None or not low <= pitch <= high:
            return None
        if not self.start_tick <= start < self.end_tick or not self.limits.has_room(start):
            return None
        if self.limits.is_avoided("add", start, pitch):
            return None
        end = step_to_tick(step + length, self.ticks_per_beat)
        return track, start, min(max(end, start + 1), self.end_tick)

    def add(self, note: Note) -> None:
        """Put a proposed note in."""
        self.limits.count(note, 1)
        self.notes.append(note)
        self.grid = self.grid.join(grid_notes([note], self.ticks_per_beat))
        self._used.add((self.step_of(note), note.pitch))
        self._lines[note.track, note.pitch].append(note)
        insort(self._by_track[note.track], note)

    def _room(self, track: int, pitch: int, start: int, end: int) -> int:
        """Until when a note may last and not touch another of its pitch; `start`: not at all."""
        for other in self._lines.get((track, pitch), ()):
            if other.start <= start < other.end:
                return start
            if start < other.start < end:
                end = other.start
        return end

    def _near(self, track: int, start: int) -> list[Note]:
        reach = _NEAR_BEATS * self.ticks_per_beat
        line = self._by_track[track]
        first = bisect_left(line, start - reach, key=_start)
        return line[first : bisect_left(line, start + reach + 1, key=_start)]

    def _misfit(self, track: int, pitch: int, start: int, end: int) -> float:
        """How badly a note suits a track: far from its line, or where it already sounds."""
        near = self._near(track, start) or self._by_track[track]
        if not near:
            return 64.0
        distance = abs(pitch - float(np.mean([n.pitch for n in near])))
        is_busy = any(n.start < end and start < n.end for n in near)
        return distance + 6.0 * is_busy

    def _velocity(self, track: int, start: int) -> int:
        """The mean velocity of the notes around."""
        near = self._near(track, start) or self.notes
        if not near:
            return DEFAULT_VELOCITY
        return min(127, max(1, round(float(np.mean([n.velocity for n in near])))))
