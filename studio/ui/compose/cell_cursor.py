"""A cursor for those who write without a mouse: one cell of time and pitch."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from models.notes import Note
from studio.score import transforms
from studio.score.edits import replacing
from studio.score.score import Edit
from studio.ui.compose.command_base import CommandBase
from studio.ui.compose.ghosts import GhostSource, ghost_at
from studio.ui.compose.roll_geometry import RollGeometry
from studio.ui.compose.roll_state import RollState, Snap
from studio.ui.compose.roll_tools import NEW_VELOCITY
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.place_keys import PlaceKey

TOGGLE_KEYS = (PlaceKey(("N",), "Write by keys: a cursor that walks", "toggle_cell"),)
CELL_KEYS: tuple[PlaceKey, ...] = (
    PlaceKey(("Right",), "Cursor a grid step later", "walk", 1),
    PlaceKey(("Left",), "Cursor a grid step earlier", "walk", -1),
    PlaceKey(("Ctrl+Right",), "Cursor to the next bar", "walk_bars", 1),
    PlaceKey(("Ctrl+Left",), "Cursor to the bar before", "walk_bars", -1),
    PlaceKey(("Up",), "Cursor a semitone up", "climb", 1),
    PlaceKey(("Down",), "Cursor a semitone down", "climb", -1),
    PlaceKey(("Ctrl+Up",), "Cursor an octave up", "climb", 12),
    PlaceKey(("Ctrl+Down",), "Cursor an octave down", "climb", -12),
    PlaceKey(("Home",), "Cursor to the beginning", "to_beginning"),
    PlaceKey(("End",), "Cursor to the last note", "to_last"),
    PlaceKey(("Return", "Enter"), "Draw a note at the cursor, or select the one there", "write"),
    PlaceKey(("Ctrl+Return", "Ctrl+Enter"), "In or out of the selection", "choose"),
    PlaceKey(("Shift+Right",), "The note at the cursor longer", "stretch_here", 1),
    PlaceKey(("Shift+Left",), "The note at the cursor shorter", "stretch_here", -1),
    PlaceKey(("Alt+Right",), "Carry the note later", "carry", 1),
    PlaceKey(("Alt+Left",), "Carry the note earlier", "carry", -1),
    PlaceKey(("Alt+Up",), "Carry the note up", "lift", 1),
    PlaceKey(("Alt+Down",), "Carry the note down", "lift", -1),
    PlaceKey(("Del", "Backspace"), "Delete the note at the cursor", "erase_here"),
    PlaceKey(("N", "Esc"), "Leave the cursor", "leave_cell"),
)
FIRST_PITCH = 60


class CellCursor(QObject):
    """Where the cursor is, if it is there at all."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.is_on = False
        self.tick, self.pitch = 0, FIRST_PITCH

    def go(self, tick: int, pitch: int) -> None:
        """Stand at a place, within what there is."""
        self.tick, self.pitch = max(0, tick), min(127, max(0, pitch))
        self.changed.emit()

    def toggle(self) -> None:
        """Come or go."""
        self.is_on = not self.is_on
        self.changed.emit()


class CellCommands(CommandBase):
    """What `CELL_KEYS` do. The note meant is the one of the active track before any other."""

    def __init__(
        self,
        view_model: ScoreViewModel,
        state: RollState,
        geometry: RollGeometry,
        position_ticks: Callable[[], float],
        cursor: CellCursor,
        ghosts: GhostSource | None = None,
    ) -> None:
        super().__init__(view_model, state, geometry, position_ticks)
        self._cursor, self._ghosts = cursor, ghosts

    def toggle_cell(self) -> None:
        """Show the cursor where something is chosen or in sight, or hide it."""
        if not self._cursor.is_on:
            chosen = min(self._view_model.selection, default=None)
            if chosen is not None:
                self._go(chosen.start, chosen.pitch)
            elif not self._is_in_sight():
                middle = self._geometry.pitch_at(self._geometry.height / 2)
                self._go(self._snap.nearest(self._geometry.left_tick), middle)
        self._cursor.toggle()

    def leave_cell(self) -> None:
        """Hide the cursor."""
        if self._cursor.is_on:
            self._cursor.toggle()

    def _is_in_sight(self) -> bool:
        geometry, y = self._geometry, self._geometry.y_of(self._cursor.pitch)
        is_near = geometry.left_tick <= self._cursor.tick < geometry.right_tick
        return is_near and 0 <= y < geometry.height

    @property
    def _snap(self) -> Snap:
        return Snap(self._view_model.song.metre, float(self._step))

    @property
    def note_here(self) -> Note | None:
        """The note that sounds in the cell."""
        columns, cursor = self._view_model.score.columns, self._cursor
        end = cursor.tick + self._step
        found = columns.notes(columns.within(cursor.tick, end, cursor.pitch, cursor.pitch))
        active = self._view_model.active_track
        found.sort(key=lambda n: (n.track != active, n.start > cursor.tick, -n.start))
        return found[0] if found else None

    def _go(self, tick: int, pitch: int) -> None:
        self._cursor.go(tick, pitch)
        geometry, cursor = self._geometry, self._cursor
        if not geometry.left_tick <= cursor.tick <= geometry.right_tick - self._step:
            geometry.scroll_to_tick(cursor.tick - geometry.width / geometry.pixels_per_tick / 4)
        if not 0 <= geometry.y_of(cursor.pitch) < geometry.height - geometry.row_height:
            geometry.show_pitch(cursor.pitch)

    def walk(self, steps: int) -> None:
        """Later or earlier on the grid."""
        tick = self._cursor.tick
        later = self._snap.after(tick) if steps > 0 else self._snap.before(max(0, tick - 1))
        self._go(later, self._cursor.pitch)

    def walk_bars(self, bars: int) -> None:
        """To a bar line."""
        metre, cursor = self._view_model.song.metre, self._cursor
        bar = max(0, metre.bar_of(cursor.tick) + bars)
        self._go(metre.bar_start(bar), cursor.pitch)

    def climb(self, semitones: int) -> None:
        """Up or down."""
        self._go(self._cursor.tick, self._cursor.pitch + semitones)

    def to_beginning(self) -> None:
        """To the first cell in time."""
        self._go(0, self._cursor.pitch)

    def to_last(self) -> None:
        """To the last note."""
        columns = self._view_model.score.columns
        if len(columns):
            note = columns.note(len(columns) - 1)
            self._go(note.start, note.pitch)

    def write(self) -> None:
        """Draw a note of one step, or choose the note that is there; a suggestion is answered."""
        ghosts = self._ghosts.ghosts if self._ghosts else ()
        ghost = ghost_at(ghosts, self._cursor.tick, self._cursor.pitch)
        if ghost >= 0 and self._ghosts is not None:
            self._ghosts.toggle(ghost)
            return
        here = self.note_here
        if here is None:
            cursor, track = self._cursor, self._view_model.active_track
            here = Note(cursor.tick, cursor.pitch, self._step, NEW_VELOCITY, track)
            self._view_model.request(Edit("Draw note", added=frozenset((here,))))
        self._view_model.select({here})
        self._cursor.changed.emit()

    def choose(self) -> None:
        """Take the note into the selection, or out of it."""
        here = self.note_here
        if here is not None:
            self._view_model.select(self._view_model.selection ^ frozenset((here,)))

    def stretch_here(self, steps: int) -> None:
        """The note gets longer or shorter."""
        here, step = self.note_here, self._step
        if here is not None:
            edit = transforms.stretch(self._view_model.score, {here}, steps * step, step)
            self._view_model.request(edit)
            self._cursor.changed.emit()

    def carry(self, steps: int) -> None:
        """The note goes in time, and the cursor with it."""
        self._carry(steps * self._step, 0)

    def lift(self, semitones: int) -> None:
        """The note goes in pitch, and the cursor with it."""
        self._carry(0, semitones)

    def _carry(self, ticks: int, semitones: int) -> None:
        here = self.note_here
        if here is not None:
            edit = transforms.move(self._view_model.score, {here}, ticks, semitones)
            if self._view_model.request(edit):
                self._go(self._cursor.tick + ticks, self._cursor.pitch + semitones)

    def erase_here(self) -> None:
        """The note goes."""
        here = self.note_here
        if here is not None:
            self._view_model.request(replacing("Delete", self._view_model.score, {here}, ()))
            self._cursor.changed.emit()
