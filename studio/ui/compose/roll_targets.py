"""What lies under the mouse, what a press there would do, and how that is said and shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QCoreApplication, Qt

from models.notes import Note
from studio.ui.compose.pattern_tools import PaintPattern
from studio.ui.compose.roll_painter import pitch_name
from studio.ui.compose.roll_state import RightButton, RollState, Tool
from studio.ui.compose.roll_tools import (
    DrawNote,
    EraseSweep,
    Gesture,
    MoveNotes,
    PaintNotes,
    Pan,
    ResizeNotes,
    RollContext,
    RollPoint,
)
from studio.ui.compose.select_tools import Lasso, Marquee
from studio.ui.compose.velocity_drag import VelocityDrag

EDGE_PIXELS = 6.0
Kind = Literal["empty", "body", "start", "end", "ghost"]
_SHIFT, _CTRL, _ALT = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)


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


def gesture_for(
    context: RollContext, point: RollPoint, target: Target, state: RollState, button: Qt.MouseButton
) -> Gesture | None:
    """What pressing `button` at `point` starts, if anything."""
    if button == Qt.MouseButton.MiddleButton:
        return Pan(context, point)
    if button == Qt.MouseButton.RightButton:
        return _right(context, point, state)
    if target.note is not None:
        return _on_note(context, point, target, target.note)
    if state.tool == "draw":
        return _drawing(context, point, state)
    return (Lasso if point.holds(_ALT) else Marquee)(context, point)


def _drawing(context: RollContext, point: RollPoint, state: RollState) -> Gesture:
    if not point.holds(_SHIFT):
        return DrawNote(context, point)
    if state.pattern is not None:
        return PaintPattern(context, point, state.pattern)
    return PaintNotes(context, point)


def right_meaning(state: RollState) -> RightButton:
    """What the right button does now."""
    if state.right_button != "auto":
        return state.right_button
    return "erase" if state.tool == "draw" else "menu"


def _right(context: RollContext, point: RollPoint, state: RollState) -> Gesture | None:
    meaning = right_meaning(state)
    if meaning == "erase":
        return EraseSweep(context, point)
    return DrawNote(context, point) if meaning == "draw" else None


def _on_note(context: RollContext, point: RollPoint, target: Target, note: Note) -> Gesture:
    view_model = context.view_model
    if point.holds(_SHIFT):
        view_model.select(view_model.selection | frozenset((note,)))
    elif note not in view_model.selection and not point.holds(_CTRL):
        view_model.select({note})
    view_model.set_active_track(note.track)
    if point.holds(_ALT) and target.kind == "body":
        return VelocityDrag(context, point, note)
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


_RIGHT: dict[RightButton, str] = {
    "erase": "Right-drag: erase",
    "menu": "Right-click: menu",
    "draw": "Right-drag: draw",
}
# what a press would do, by what is under the mouse and which keys are held
_HINTS = {
    ("ghost", ""): "Click to take this suggestion or to leave it. Enter: accept what is taken",
    ("start", ""): "Drag to move the start of the note. Alt: off the grid",
    ("end", ""): "Drag to make the note longer or shorter. Alt: off the grid",
    (
        "body",
        "",
    ): "Drag to move the note. Ctrl-drag: copy. Alt-drag: velocity. Shift-click: add. Del",
    ("body", "ctrl"): "Drag to copy the note. Click: in or out of the selection",
    ("body", "alt"): "Drag up or down to make the note louder or softer",
    ("body", "shift"): "Click to add the note to the selection, or drag to move them all",
    ("draw", ""): "Click or drag to draw a note. Shift-drag: paint many",
    ("draw", "alt"): "Click or drag to draw a note off the grid",
    ("draw", "shift"): "Drag to paint a note on every grid step",
    ("pattern", ""): "Click or drag to draw a note. Shift-drag: paint the pattern",
    ("pattern", "alt"): "Click or drag to draw a note off the grid",
    ("pattern", "shift"): "Drag to paint the pattern, from this pitch on",
    ("select", ""): "Drag to select notes. Alt-drag: lasso. Double-click: new note. B: draw",
    ("select", "ctrl"): "Drag to take notes in or out of the selection",
    ("select", "alt"): "Draw round notes to select them",
    ("select", "shift"): "Drag to add notes to the selection",
}


def hint_for(context: RollContext, point: RollPoint, target: Target, state: RollState) -> str:
    """The sentence of the status bar: where the mouse is, and what it would do there."""
    drawing = "pattern" if state.pattern is not None and state.tool == "draw" else state.tool
    kind: str = drawing if target.kind == "empty" else target.kind
    place = context.snap.metre.position(max(0, int(point.tick)))
    where = f"{pitch_name(point.pitch)} · {place.bar}.{place.beat}"
    note = target.note
    if note is not None:
        beats = note.duration / context.geometry.ticks_per_beat
        where += f" · {beats:.3g} beats · velocity {note.velocity}"
        if note in context.view_model.song.muted:
            where += QCoreApplication.translate("roll", " · silent")
    hint = _HINTS.get((kind, _held(point)), _HINTS[kind, ""])
    words = [QCoreApplication.translate("roll", hint)]
    if target.kind == "empty":
        words.append(QCoreApplication.translate("roll", _RIGHT[right_meaning(state)]))
    return f"{where}   {'. '.join(words)}"


def mouse_rows() -> list[tuple[str, str]]:
    """Where and with which keys held, and what the mouse does there: what the status bar says."""
    places = {
        "ghost": "on a suggestion",
        "start": "on the start of a note",
        "end": "on the end of a note",
        "body": "on a note",
        "draw": "on paper, drawing",
        "pattern": "on paper, drawing with a pattern",
        "select": "on paper, selecting",
    }
    say = QCoreApplication.translate
    return [
        (f"{held.title()} · " * bool(held) + say("roll", places[kind]), say("roll", hint))
        for (kind, held), hint in _HINTS.items()
    ]


def _held(point: RollPoint) -> str:
    for name, modifier in (("alt", _ALT), ("ctrl", _CTRL), ("shift", _SHIFT)):
        if point.holds(modifier):
            return name
    return ""
