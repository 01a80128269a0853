"""What the keys of the roll do to the notes, and the table of those keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from models.notes import Note
from studio.score import transforms
from studio.score.edits import replacing
from studio.score.note_batch import as_set, columns_of
from studio.score.note_columns import NoteColumns
from studio.score.quantise import Quantising, quantise
from studio.score.score import Edit
from studio.ui.compose.roll_geometry import RollGeometry
from studio.ui.compose.roll_state import RollState
from studio.ui.compose.score_view_model import ScoreViewModel

VELOCITY_STEP = 8
BARS_AT_FIRST = 8


@dataclass(frozen=True, slots=True)
class RollKey:
    """A key of the roll: what it does, in words and as the name of a `RollCommands` method."""

    keys: tuple[str, ...]
    text: str
    command: str
    amount: int = 0


ROLL_KEYS: tuple[RollKey, ...] = (
    RollKey(("B",), "Draw notes", "draw_tool"),
    RollKey(("V",), "Select notes", "select_tool"),
    RollKey(("Del", "Backspace"), "Delete", "delete"),
    RollKey(("Ctrl+A",), "Select all", "select_all"),
    RollKey(("Ctrl+C",), "Copy", "copy"),
    RollKey(("Ctrl+X",), "Cut", "cut"),
    RollKey(("Ctrl+V",), "Paste at the playhead", "paste"),
    RollKey(("Ctrl+D",), "Duplicate", "duplicate"),
    RollKey(("Q",), "Quantise to the grid", "quantise"),
    RollKey(("Up",), "Up a semitone", "transpose", 1),
    RollKey(("Down",), "Down a semitone", "transpose", -1),
    RollKey(("Shift+Up",), "Up an octave", "transpose", 12),
    RollKey(("Shift+Down",), "Down an octave", "transpose", -12),
    RollKey(("Right",), "Later by a grid step", "nudge", 1),
    RollKey(("Left",), "Earlier by a grid step", "nudge", -1),
    RollKey(("Shift+Right",), "Longer by a grid step", "stretch", 1),
    RollKey(("Shift+Left",), "Shorter by a grid step", "stretch", -1),
    RollKey(("+", "Shift++", "="), "Louder", "louder", 1),
    RollKey(("-",), "Softer", "louder", -1),
    RollKey(("Tab",), "Select the next note", "select_next", 1),
    RollKey(("Shift+Backtab", "Shift+Tab"), "Select the note before", "select_next", -1),
    RollKey(("F",), "Show the whole piece", "fit"),
    RollKey(("Z",), "Zoom to the selection", "zoom_to_selection"),
    RollKey(("Ctrl+Z",), "Undo", "undo"),
    RollKey(("Ctrl+Shift+Z", "Ctrl+Y"), "Redo", "redo"),
)


def run_key(commands: object, key: RollKey) -> None:
    """Do what a row of a table of keys says, on what has its command."""
    command = getattr(commands, key.command)
    if key.amount:
        command(key.amount)
    else:
        command()


class RollCommands:
    """The commands that `ROLL_KEYS`, the toolbar and the context menu share."""

    def __init__(
        self,
        view_model: ScoreViewModel,
        state: RollState,
        geometry: RollGeometry,
        position_ticks: Callable[[], float],
    ) -> None:
        self._view_model, self._state, self._geometry = view_model, state, geometry
        self._position_ticks = position_ticks
        self.undo, self.redo = view_model.undo, view_model.redo

    @property
    def _step(self) -> int:
        return max(1, round(self._state.grid.ticks(self._view_model.song.ticks_per_beat)))

    def run(self, key: RollKey) -> None:
        """Do what a row of the table says."""
        run_key(self, key)

    def draw_tool(self) -> None:
        """Take the pencil."""
        self._state.set_tool("draw")

    def select_tool(self) -> None:
        """Take the arrow."""
        self._state.set_tool("select")

    def delete(self) -> None:
        """The chosen notes go."""
        self._view_model.request(Edit("Delete", removed=self._view_model.selection))

    def select_all(self) -> None:
        """Choose every note."""
        self._view_model.select(self._view_model.score.note_set)

    def copy(self) -> None:
        """Remember the chosen notes."""
        if self._view_model.selection:
            self._state.clipboard = self._view_model.selection

    def cut(self) -> None:
        """Remember the chosen notes, and they go."""
        self.copy()
        self._view_model.request(Edit("Cut", removed=self._view_model.selection))

    def paste(self) -> None:
        """What was copied comes at the playhead, on its tracks where the song has them."""
        copied = columns_of(self._state.clipboard)
        if not len(copied):
            return
        shift = max(0, round(self._position_ticks())) - int(copied.start[0])
        tracks = np.minimum(copied.track, self._view_model.n_tracks - 1)
        start, pitch, duration, velocity, _ = copied.fields
        notes = as_set(NoteColumns.from_rows(start + shift, pitch, duration, velocity, tracks))
        self._view_model.request(replacing("Paste", self._view_model.score, (), notes))
        self._view_model.select(notes)

    def duplicate(self) -> None:
        """Copies of the chosen notes come right after them, and are chosen."""
        view_model = self._view_model
        edit, copies = transforms.duplicate(view_model.score, view_model.selection, self._step)
        view_model.request(edit)
        view_model.select(copies)

    def quantise(self) -> None:
        """The chosen notes (or all, where none is chosen) go to the grid."""
        view_model = self._view_model
        how = Quantising(max(1.0, self._state.grid.ticks(view_model.song.ticks_per_beat)))
        notes = view_model.selection or view_model.score.note_set
        view_model.request(quantise(view_model.score, notes, view_model.song.metre, how))

    def transpose(self, semitones: int) -> None:
        """The chosen notes go up; with none chosen, the view does."""
        view_model = self._view_model
        if view_model.selection:
            notes = view_model.selection
            view_model.request(transforms.transpose(view_model.score, notes, semitones))
        else:
            self._geometry.scroll_by(0, -semitones * self._geometry.row_height)

    def nudge(self, steps: int) -> None:
        """The chosen notes go later; with none chosen, the view does."""
        view_model, ticks = self._view_model, steps * self._step
        if view_model.selection:
            view_model.request(transforms.nudge(view_model.score, view_model.selection, ticks))
        else:
            self._geometry.scroll_by(ticks * self._geometry.pixels_per_tick, 0)

    def stretch(self, steps: int) -> None:
        """The chosen notes get longer."""
        view_model, step = self._view_model, self._step
        notes = view_model.selection
        view_model.request(transforms.stretch(view_model.score, notes, steps * step, step))

    def louder(self, steps: int) -> None:
        """The chosen notes get louder."""
        view_model = self._view_model
        notes, amount = view_model.selection, steps * VELOCITY_STEP
        view_model.request(transforms.add_velocity(view_model.score, notes, amount))

    def select_next(self, direction: int) -> None:
        """Choose the neighbour of the chosen note on the active track."""
        view_model = self._view_model
        columns = view_model.score.columns
        mine = columns.where(columns.track == view_model.active_track)
        if not len(mine):
            return
        note = mine.note(_neighbour(mine, columns_of(view_model.selection), direction))
        view_model.select({note})
        _show(self._geometry, note)

    def select_none(self) -> bool:
        """Choose no note; True if one was chosen before."""
        was_chosen = bool(self._view_model.selection)
        self._view_model.select(())
        return was_chosen

    def fit(self) -> None:
        """Show the whole piece."""
        columns = self._view_model.score.columns
        if len(columns):
            low, high = int(columns.pitch.min()), int(columns.pitch.max())
            self._geometry.show_range(0, columns.end, low, high)
        else:
            four_bars = 16 * self._view_model.song.ticks_per_beat
            self._geometry.show_range(0, four_bars, 48, 84)

    def zoom_to_selection(self) -> None:
        """Show the chosen notes as large as they fit."""
        notes = self._view_model.selection
        if notes:
            columns = columns_of(notes)
            low, high = int(columns.pitch.min()), int(columns.pitch.max())
            self._geometry.show_range(int(columns.start[0]), columns.end, low, high)


def _show(geometry: RollGeometry, note: Note) -> None:
    if not geometry.left_tick <= note.start < geometry.right_tick:
        geometry.scroll_to_tick(note.start - geometry.width / geometry.pixels_per_tick / 4)
    if not 0 <= geometry.y_of(note.pitch) < geometry.height - geometry.row_height:
        geometry.show_pitch(note.pitch)


def _neighbour(columns: NoteColumns, chosen: NoteColumns, direction: int) -> int:
    last = len(columns) - 1
    if not len(chosen):
        return 0 if direction > 0 else last
    here = columns.index_of(chosen.note(len(chosen) - 1 if direction > 0 else 0))
    return min(last, max(0, here + direction if here >= 0 else 0))


def piece_end(view_model: ScoreViewModel) -> int:
    """The end of the bar in which the music ends; four bars where there is none."""
    song = view_model.song
    metre, end = song.metre, song.end
    return metre.bar_start(max(4, metre.bar_of(max(0, end - 1)) + 1))


def show_beginning(view_model: ScoreViewModel, geometry: RollGeometry) -> None:
    """Show the first bars of the song, at the height of their notes."""
    song = view_model.song
    columns, beat = song.score.columns, song.ticks_per_beat
    per_beat = geometry.width * beat / song.metre.bar_start(BARS_AT_FIRST)
    geometry.pixels_per_tick = min(64.0, max(24.0, per_beat)) / beat
    geometry.left_tick = 0
    pitches = columns.pitch[columns.sounding(0, geometry.right_tick)]
    pitches = pitches if len(pitches) else columns.pitch
    low, high = (int(pitches.min()), int(pitches.max())) if len(pitches) else (54, 74)
    geometry.row_height = min(14, max(8, geometry.height // (high - low + 5)))
    geometry.center_pitch((low + high + 1) // 2)
    geometry.scroll_by(0, 0)
