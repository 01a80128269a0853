"""Gestures of the mouse: each is drawn while it lasts and becomes one edit on release."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass, replace
from typing import ClassVar

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPolygonF

from models.notes import Note
from studio.score import transforms
from studio.score.edits import replacing
from studio.score.note_batch import as_set, columns_of
from studio.score.note_columns import NoteColumns
from studio.score.note_keys import Ints
from studio.score.score import Edit
from studio.ui.compose.roll_geometry import RollGeometry
from studio.ui.compose.roll_state import Snap
from studio.ui.compose.score_view_model import ScoreViewModel

DRAG_PIXELS = 3  # less is a click of an unsteady hand
SWEEP_PIXELS = 4.0
NEW_VELOCITY = 96


@dataclass(frozen=True, slots=True)
class RollPoint:
    """Where the mouse is, on the screen and in the music, and which keys are held."""

    position: QPointF
    tick: float
    pitch: int
    modifiers: Qt.KeyboardModifier

    def holds(self, modifier: Qt.KeyboardModifier) -> bool:
        """Whether `modifier` is held."""
        return bool(self.modifiers & modifier)


@dataclass(frozen=True)
class RollContext:
    """What a gesture works on."""

    view_model: ScoreViewModel
    geometry: RollGeometry
    snap: Snap
    free: Snap  # while Alt is held
    pitch_of: Callable[[int], int] = lambda pitch: pitch  # the scale, where it is snapped to
    keeps_to_track: bool = False  # the notes of other tracks are seen, but not reached

    def snap_of(self, point: RollPoint) -> Snap:
        """The grid, or none where Alt is held."""
        return self.free if point.holds(Qt.KeyboardModifier.AltModifier) else self.snap

    @property
    def step(self) -> int:
        """A grid step in whole ticks."""
        return max(1, round(self.snap.step))

    def reached(self, rows: Ints) -> Ints:
        """Those of the `rows` of the score that the mouse may touch."""
        if not self.keeps_to_track:
            return rows
        is_mine = self.view_model.score.columns.track[rows] == self.view_model.active_track
        mine: Ints = rows[is_mine]
        return mine

    def notes_near(self, x: float, y: float, reach: float = 0.0) -> list[Note]:
        """The notes of all tracks within `reach` pixels of a point, the best one last."""
        geometry, columns = self.geometry, self.view_model.score.columns
        pitch = geometry.pitch_at(y)
        first, last = geometry.tick_at(x - reach), geometry.tick_at(x + reach)
        rows = self.reached(columns.within(first, max(last, first + 1e-6), pitch, pitch))
        found = columns.notes(rows)
        active, selection = self.view_model.active_track, self.view_model.selection
        return sorted(found, key=lambda n: (n in selection, n.track == active, n.start))


class Gesture:
    """A press, its drag and its release. `hidden` notes are not drawn, `shown` ones are instead."""

    hint: ClassVar[str] = ""

    def __init__(self, context: RollContext, press: RollPoint) -> None:
        self.context, self.press, self.last = context, press, press
        self.hidden: Set[Note] = frozenset()
        self.shown: tuple[Note, ...] = ()
        self.marquee: QPolygonF | None = None  # what it draws round
        self.is_drag = False

    def drag(self, point: RollPoint) -> None:
        """Follow the mouse."""
        distance = (point.position - self.press.position).manhattanLength()
        self.is_drag = self.is_drag or distance > DRAG_PIXELS
        if self.is_drag:
            self.follow(point)
        self.last = point

    def follow(self, point: RollPoint) -> None:
        """What the drag does; called once the mouse has really moved."""

    @property
    def shown_columns(self) -> NoteColumns:
        """The notes to draw while it lasts."""
        return NoteColumns.from_notes(self.shown)

    @property
    def heard(self) -> Note | None:
        """The note to let hear, if there is one."""
        return self.shown[-1] if self.shown else None

    def edit(self) -> Edit | None:
        """What the gesture comes to, if it changes notes."""
        return None

    def release(self) -> None:
        """What else happens at the end, after the edit."""


class DrawNote(Gesture):
    """A new note, as long as the drag."""

    hint = "Drag to the right to make the note longer. Alt: off the grid. Esc: no note"

    def __init__(self, context: RollContext, press: RollPoint) -> None:
        super().__init__(context, press)
        snap = context.snap_of(press)
        start = min(snap.before(press.tick), int(press.tick))
        track = context.view_model.active_track
        pitch = context.pitch_of(press.pitch)
        self.shown = (Note(start, pitch, context.step, NEW_VELOCITY, track),)

    def follow(self, point: RollPoint) -> None:
        note = self.shown[0]
        snap = self.context.snap_of(point)
        shortest = self.context.step if snap is self.context.snap else 1
        end = snap.after(point.tick)
        self.shown = (replace(note, duration=max(shortest, end - note.start)),)

    def edit(self) -> Edit:
        return replacing("Draw note", self.context.view_model.score, (), self.shown)

    def release(self) -> None:
        self.context.view_model.select(self.shown)


class PaintNotes(Gesture):
    """New notes, one a grid step, along the way of the mouse."""

    hint = "Paint a note on each grid step. Esc: none of them"

    def __init__(self, context: RollContext, press: RollPoint) -> None:
        super().__init__(context, press)
        self.follow(press)

    def follow(self, point: RollPoint) -> None:
        snap, step = self.context.snap, self.context.step
        track = self.context.view_model.active_track
        found = {(note.start, note.pitch): note for note in self.shown}
        for at in _way(self.last.position, point.position):
            start = snap.before(self.context.geometry.tick_at(at.x()))
            pitch = self.context.pitch_of(self.context.geometry.pitch_at(at.y()))
            found.setdefault((start, pitch), Note(start, pitch, step, NEW_VELOCITY, track))
        self.shown = tuple(found.values())

    def edit(self) -> Edit:
        return replacing("Paint notes", self.context.view_model.score, (), self.shown)

    def release(self) -> None:
        self.context.view_model.select(self.shown)


class MoveNotes(Gesture):
    """The chosen notes, or copies of them, go where the mouse goes."""

    hint = (
        "Move the notes. Ctrl at the start: copies. Alt: off the grid. Esc: back to where they were"
    )

    def __init__(
        self, context: RollContext, press: RollPoint, anchor: Note, *, is_copy: bool
    ) -> None:
        super().__init__(context, press)
        self._anchor, self._is_copy = anchor, is_copy
        self._notes: Set[Note] = context.view_model.selection | frozenset((anchor,))
        self._columns: NoteColumns | None = None  # made at the first move: a click needs none
        self._shift = (0, 0)
        self._landed: Set[Note] = frozenset()

    def follow(self, point: RollPoint) -> None:
        free = self._anchor.start + point.tick - self.press.tick
        ticks = self.context.snap_of(point).nearest(free) - self._anchor.start
        if abs(point.tick - self.press.tick) * self.context.geometry.pixels_per_tick < DRAG_PIXELS:
            ticks = 0  # a purely vertical drag keeps the time even of notes off the grid
        if self._columns is None:
            self._columns = columns_of(self._notes)
            self.hidden = frozenset() if self._is_copy else self._notes
        semitones = point.pitch - self.press.pitch
        if semitones:
            pitch = min(127, max(0, self._anchor.pitch + semitones))
            semitones = self.context.pitch_of(pitch) - self._anchor.pitch
        self._shift = self._columns.room(ticks, semitones)

    @property
    def shown_columns(self) -> NoteColumns:
        if self._columns is None:
            return super().shown_columns
        return self._columns.moved(*self._shift)

    @property
    def heard(self) -> Note | None:
        if not self.is_drag:
            return None
        ticks, semitones = self._shift
        anchor = self._anchor
        return replace(anchor, start=anchor.start + ticks, pitch=anchor.pitch + semitones)

    def edit(self) -> Edit | None:
        if not self.is_drag or self._shift == (0, 0):
            return None
        self._landed = as_set(self.shown_columns)
        label = "Copy" if self._is_copy else "Move"
        gone = frozenset() if self._is_copy else self._notes
        return replacing(label, self.context.view_model.score, gone, self._landed)

    def release(self) -> None:
        view_model = self.context.view_model
        if self.is_drag:
            view_model.select(self._landed or self._notes)
        elif self._is_copy:  # Ctrl and a click without a drag: in or out of the selection
            view_model.select(view_model.selection ^ {self._anchor})
        elif not self.press.holds(Qt.KeyboardModifier.ShiftModifier):
            view_model.select({self._anchor})


class ResizeNotes(Gesture):
    """The ends (or starts) of the chosen notes go where the mouse goes."""

    hint = "Change the length of the notes. Alt: off the grid. Esc: as they were"

    def __init__(
        self, context: RollContext, press: RollPoint, anchor: Note, *, from_start: bool
    ) -> None:
        super().__init__(context, press)
        self._anchor, self._from_start = anchor, from_start
        self._notes: Set[Note] = context.view_model.selection | frozenset((anchor,))
        self._columns = columns_of(self._notes)
        self._stretched = self._columns

    def follow(self, point: RollPoint) -> None:
        edge = self._anchor.start if self._from_start else self._anchor.end
        snap = self.context.snap_of(point)
        ticks = snap.nearest(edge + point.tick - self.press.tick) - edge
        shortest = self.context.step if snap is self.context.snap else 1
        self._stretched = transforms.stretched(
            self._columns, ticks, from_start=self._from_start, shortest=shortest
        )
        self.hidden = self._notes

    @property
    def shown_columns(self) -> NoteColumns:
        return self._stretched if self.is_drag else super().shown_columns

    def edit(self) -> Edit | None:
        if not self.is_drag:
            return None
        landed = as_set(self._stretched)
        return replacing("Resize", self.context.view_model.score, self._notes, landed)

    def release(self) -> None:
        view_model = self.context.view_model
        view_model.select(as_set(self._stretched) if self.is_drag else {self._anchor})


class EraseSweep(Gesture):
    """Every note that the mouse passes over goes."""

    hint = "Sweep over notes to erase them. Esc: keep them"

    def __init__(self, context: RollContext, press: RollPoint) -> None:
        super().__init__(context, press)
        self.follow(press)

    def follow(self, point: RollPoint) -> None:
        touched = set(self.hidden)
        for at in _way(self.last.position, point.position):
            touched.update(self.context.notes_near(at.x(), at.y(), 1.0))
        self.hidden = frozenset(touched)

    def edit(self) -> Edit:
        return Edit("Erase", removed=self.hidden)


class Pan(Gesture):
    """The paper follows the mouse."""

    hint = "Move the view"

    def follow(self, point: RollPoint) -> None:
        delta = self.last.position - point.position
        self.context.geometry.scroll_by(delta.x(), delta.y())


def _way(start: QPointF, end: QPointF) -> Iterable[QPointF]:
    """Points from `start` to `end`, close enough to miss no note: the mouse reports in leaps."""
    delta = end - start
    count = max(1, round((abs(delta.x()) + abs(delta.y())) / SWEEP_PIXELS))
    for index in range(1, count + 1):
        yield start + delta * (index / count)
