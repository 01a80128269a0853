"""What lies under the mouse, what a press there would do, and how that is said and shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QCoreApplication, Qt

from models.notes import Note
from studio.ui.compose.ghosts import GhostLike
from studio.ui.compose.roll_painter import pitch_name
from studio.ui.compose.roll_state import Tool
from studio.ui.compose.roll_tools import (
    DrawNote,
    EraseSweep,
    Gesture,
    Marquee,
    MoveNotes,
    PaintNotes,
    Pan,
    ResizeNotes,
    RollContext,
    RollPoint,
)

EDGE_PIXELS = 6.0
Kind = Literal["empty", "body", "start", "end", "ghost"]
_SHIFT, _CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@dataclass(frozen=True, slots=True)
class Target:
    """What is under the mouse."""

    kind: Kind
    note: Note | None = None
    ghost: int = -1


def target_at(context: RollContext, point: RollPoint) -> Target:
    """The note under `point`, and which part of it; ghosts are looked for by the view."""
    x, y = point.position.x(), point.position.y()
    notes = context.notes_near(x, y) or context.notes_near(x, y, 2.0)
    if not notes:
        return Target("empty")
    note = notes[-1]
    left, right = context.geometry.x_of(note.start), context.geometry.x_of(note.end)
    edge = min(EDGE_PIXELS, (right - left) / 3)
    if x >= right - edge:
        return Target("end", note)
    return Target("start" if x < left + edge else "body", note)


def ghost_at(ghosts: Sequence[GhostLike], tick: float, pitch: int) -> int:
    """The index of the ghost drawn on top at a place, -1 where there is none."""
    for index in reversed(range(len(ghosts))):
        note = ghosts[index].event.note
        if note.pitch == pitch and note.start <= tick < note.end:
            return index
    return -1


def gesture_for(
    context: RollContext, point: RollPoint, target: Target, tool: Tool, button: Qt.MouseButton
) -> Gesture | None:
    """What pressing `button` at `point` starts, if anything."""
    if button == Qt.MouseButton.MiddleButton:
        return Pan(context, point)
    if button == Qt.MouseButton.RightButton:
        return EraseSweep(context, point) if tool == "draw" else None
    if target.note is not None:
        return _on_note(context, point, target, target.note)
    if tool == "draw":
        return (PaintNotes if point.holds(_SHIFT) else DrawNote)(context, point)
    return Marquee(context, point)


def _on_note(context: RollContext, point: RollPoint, target: Target, note: Note) -> Gesture:
    view_model = context.view_model
    if point.holds(_SHIFT):
        view_model.select(view_model.selection | {note})
    elif note not in view_model.selection and not point.holds(_CTRL):
        view_model.select({note})
    view_model.set_active_track(note.track)
    if target.kind == "body" or point.holds(_CTRL):
        return MoveNotes(context, point, note, is_copy=point.holds(_CTRL))
    return ResizeNotes(context, point, note, from_start=target.kind == "start")


def cursor_for(target: Target, tool: Tool) -> Qt.CursorShape:
    """The pointer that shows what a press would do."""
    if target.kind == "ghost":
        return Qt.CursorShape.PointingHandCursor
    if target.kind in ("start", "end"):
        return Qt.CursorShape.SizeHorCursor
    if target.kind == "body":
        return Qt.CursorShape.SizeAllCursor
    return Qt.CursorShape.CrossCursor if tool == "draw" else Qt.CursorShape.ArrowCursor


_HINTS = {
    "ghost": "Click to take this suggestion or to leave it. Enter: accept what is taken",
    "start": "Drag to move the start of the note. Alt: off the grid",
    "end": "Drag to make the note longer or shorter. Alt: off the grid",
    "body": "Drag to move the note. Ctrl-drag: copy. Shift-click: add to the selection. Del",
    "draw": "Click or drag to draw a note. Shift-drag: paint many. Right-drag: erase",
    "select": "Drag to select notes. Double-click: new note. B: draw",
}


def hint_for(context: RollContext, point: RollPoint, target: Target, tool: Tool) -> str:
    """The sentence of the status bar: where the mouse is, and what it would do there."""
    key = tool if target.kind == "empty" else target.kind
    place = context.snap.metre.position(max(0, int(point.tick)))
    where = f"{pitch_name(point.pitch)} · {place.bar}.{place.beat}"
    note = target.note
    if note is not None:
        beats = note.duration / context.geometry.ticks_per_beat
        where += f" · {beats:.3g} beats · velocity {note.velocity}"
    return f"{where}   {QCoreApplication.translate('roll', _HINTS[key])}"
