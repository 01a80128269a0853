"""A gesture on a note itself that says how hard it is struck."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace

from models.notes import Note
from studio.score import transforms
from studio.score.edits import replacing
from studio.score.note_batch import as_set, columns_of
from studio.score.note_columns import NoteColumns
from studio.score.score import Edit
from studio.ui.compose.roll_tools import Gesture, RollContext, RollPoint

UNITS_PER_PIXEL = 0.5


class VelocityDrag(Gesture):
    """Up is louder, down is softer, for all chosen notes by as much."""

    hint = "Up: louder, down: softer, all chosen notes alike. Esc: as they were"

    def __init__(self, context: RollContext, press: RollPoint, anchor: Note) -> None:
        super().__init__(context, press)
        self._anchor = anchor
        self._notes: Set[Note] = context.view_model.selection | frozenset((anchor,))
        self._columns = columns_of(self._notes)
        self._louder = self._columns
        self._amount = 0

    def follow(self, point: RollPoint) -> None:
        up = self.press.position.y() - point.position.y()
        self._amount = round(up * UNITS_PER_PIXEL)
        self.hidden = self._notes
        self._louder = transforms.with_velocities(
            self._columns, self._columns.velocity + self._amount
        )

    @property
    def shown_columns(self) -> NoteColumns:
        return self._louder if self.is_drag else super().shown_columns

    @property
    def heard(self) -> Note | None:
        """The note as loud as it is now: velocity is for the ear."""
        if not self.is_drag:
            return None
        velocity = min(127, max(1, self._anchor.velocity + self._amount))
        return replace(self._anchor, velocity=velocity)

    def edit(self) -> Edit | None:
        if not self.is_drag:
            return None
        return replacing(
            "Velocity", self.context.view_model.score, self._notes, as_set(self._louder)
        )

    def release(self) -> None:
        view_model = self.context.view_model
        view_model.select(as_set(self._louder) if self.is_drag else {self._anchor})
