"""The piano roll: one widget that draws the score and turns mouse and keys into edits."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent, QStatusTipEvent
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from models.notes import Note
from studio.ui.compose.cell_cursor import CELL_KEYS, TOGGLE_KEYS, CellCommands
from studio.ui.compose.ghosts import GhostSource, ghost_at
from studio.ui.compose.roll_canvas import RollCanvas
from studio.ui.compose.roll_commands import RollCommands
from studio.ui.compose.roll_geometry import RollGeometry
from studio.ui.compose.roll_keys import RollKeys
from studio.ui.compose.roll_speech import RollSpeech
from studio.ui.compose.roll_state import RollState, Snap
from studio.ui.compose.roll_targets import (
    Target,
    cursor_for,
    gesture_for,
    hint_for,
    target_at,
)
from studio.ui.compose.roll_tools import DrawNote, RollContext, RollPoint
from studio.ui.compose.roll_zoom import RollZoom
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.compose.select_tools import Lasso

Preview = Callable[[int, int, int], None]  # track, pitch, velocity: let it be heard
Explain = Callable[[RollPoint, Target], str]  # why what lies there is as it is, '' for no more


class PianoRollView(RollCanvas):
    """Draws the score and turns gestures into requests. Holds no note of its own."""

    hint_changed = Signal(str)  # what the mouse would do here
    pitch_hovered = Signal(int)  # -1 where the mouse is elsewhere
    menu_requested = Signal(QPointF)

    def __init__(
        self,
        view_model: ScoreViewModel,
        state: RollState,
        geometry: RollGeometry,
        *,
        ghosts: GhostSource | None = None,
        position_ticks: Callable[[], float] = lambda: 0.0,
        preview_note: Preview = lambda track, pitch, velocity: None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(view_model, state, geometry, ghosts, position_ticks, parent)
        self._preview_note = preview_note
        self.explain: Explain = lambda point, target: ""
        self.commands = RollCommands(view_model, state, geometry, position_ticks)
        self.keys = RollKeys(self.commands, self.cancel_gesture, ghosts, self)
        self.installEventFilter(self.keys)
        RollZoom(self, geometry)
        parts = (view_model, state, geometry, position_ticks)
        self.cell_commands = CellCommands(*parts, self.cell, ghosts)
        self.keys.add(TOGGLE_KEYS, self.cell_commands)
        self.keys.add_mode(CELL_KEYS, self.cell_commands, lambda: self.cell.is_on)
        self._button = Qt.MouseButton.NoButton  # the one that the gesture began with
        self._heard: tuple[int, int] | None = None
        self._hovered: RollPoint | None = None
        self.commands.pointer = self._tick_under_mouse
        self._hint = ""
        self._set_up()
        RollSpeech(self, view_model, self.cell, self.cell_commands, ghosts, self._let_hear)

    def _set_up(self) -> None:
        self._roll_geometry.changed.connect(self._fit_grid)
        self._state.changed.connect(self._fit_grid)
        self.setObjectName("piano_roll")
        self.setAccessibleName(self.tr("Piano roll"))
        self.setAccessibleDescription(
            self.tr("The notes of the score: time to the right, pitch up")
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(240, 120)

    def _fit_grid(self) -> None:
        geometry = self._roll_geometry
        self._state.fit_grid(geometry.pixels_per_tick * geometry.ticks_per_beat)

    @property
    def context(self) -> RollContext:
        """What gestures work on now."""
        metre = self._view_model.song.metre
        step = max(1.0, self._state.grid.ticks(self._view_model.song.ticks_per_beat))
        return RollContext(
            self._view_model,
            self._roll_geometry,
            Snap(metre, step),
            Snap(metre, 1.0),
            self._state.pitch,
            self._state.keeps_to_track,
        )

    def _point(self, event: QMouseEvent) -> RollPoint:
        position = event.position()
        tick = max(0.0, self._roll_geometry.tick_at(position.x()))
        pitch = self._roll_geometry.pitch_at(position.y())
        return RollPoint(position, tick, pitch, event.modifiers())

    def _tick_under_mouse(self) -> int | None:
        point = self._hovered
        return None if point is None else self.context.snap_of(point).nearest(point.tick)

    def _target(self, point: RollPoint) -> Target:
        ghosts = self._ghosts.ghosts if self._ghosts else ()
        ghost = ghost_at(ghosts, point.tick, point.pitch)
        return Target("ghost", ghost=ghost) if ghost >= 0 else target_at(self.context, point)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._gesture is not None:
            return
        self._button = event.button()
        point = self._point(event)
        target = self._target(point)
        is_left = event.button() == Qt.MouseButton.LeftButton
        if target.kind == "ghost" and is_left and self._ghosts is not None:
            self._ghosts.toggle(target.ghost)
            return
        self._gesture = gesture_for(self.context, point, target, self._state, event.button())
        if self._gesture is None:
            self.menu_requested.emit(event.position())
            return
        if target.note is not None and is_left:
            self._let_hear(target.note)
        self._after_gesture_step()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        point = self._point(event)
        is_new = self._state.tool == "select" and event.button() == Qt.MouseButton.LeftButton
        if is_new and self._target(point).kind == "empty":
            self._button, self._gesture = event.button(), DrawNote(self.context, point)
            self._after_gesture_step()
        else:
            self.mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = self._point(event)
        self._hovered = point
        self.pitch_hovered.emit(point.pitch)
        if self._gesture is None:
            self.say_what_is_here()
        else:
            self._gesture.drag(point)
            self._after_gesture_step()

    def say_what_is_here(self) -> None:
        """Tell what lies under the mouse, also where it rests and the music changes below it."""
        point = self._hovered
        if point is not None and self._gesture is None:
            target = self._target(point)
            self.setCursor(cursor_for(target, self._state.tool))
            hint = hint_for(self.context, point, target, self._state)
            self._tell(self.explain(point, target) or hint)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._gesture is None or event.button() != self._button:
            return
        gesture, self._gesture = self._gesture, None
        if isinstance(gesture, Lasso) and self._toggle_round(gesture):
            return
        edit = gesture.edit()
        if edit is None or self._view_model.request(edit) or not edit:
            gesture.release()
        self._heard = None
        self.update()

    def _toggle_round(self, lasso: Lasso) -> bool:
        """Take or leave the ghosts that the line goes round; False where it goes round none."""
        ghosts = self._ghosts.ghosts if self._ghosts else ()
        found = lasso.goes_round([ghost.event.note for ghost in ghosts])
        if self._ghosts is not None and found:
            self._ghosts.toggle(*found)
        self.update()
        return bool(found)

    def event(self, event: QEvent) -> bool:
        """A tooltip says why, where there is something to explain under the mouse."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            point = self._hovered
            text = self.explain(point, self._target(point)) if point is not None else ""
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = None
        self.pitch_hovered.emit(-1)
        self._tell("")

    def _after_gesture_step(self) -> None:
        gesture = self._gesture
        if gesture is None:
            return
        if gesture.heard is not None:
            self._let_hear(gesture.heard)
        self._tell(self.tr(gesture.hint))
        self.update()

    def _let_hear(self, note: Note | None) -> None:
        if note is None:
            self._heard = None
        elif self._heard != (note.track, note.pitch):
            self._heard = (note.track, note.pitch)
            self._preview_note(note.track, note.pitch, note.velocity)

    def _tell(self, hint: str) -> None:
        if hint != self._hint:
            self._hint = hint
            self.hint_changed.emit(hint)
            QApplication.sendEvent(self, QStatusTipEvent(hint))

    def cancel_gesture(self) -> bool:
        """Give up the drag that is under way: all is as it was. True if there was one."""
        was_dragging = self._gesture is not None
        self._gesture = None
        self._heard = None
        self.update()
        return was_dragging
