"""The commands of the roll that choose notes and tracks."""

from __future__ import annotations

import numpy as np

from models.notes import Note
from studio.score.note_batch import as_set, columns_of
from studio.score.note_columns import Bools, NoteColumns
from studio.score.pattern import Pattern
from studio.score.quantise import Quantising, off_grid
from studio.ui.compose.command_base import CommandBase
from studio.ui.compose.roll_geometry import RollGeometry
from studio.ui.compose.roll_state import Snap

MOST_IN_PATTERN = 4096


class SelectCommands(CommandBase):
    """What is chosen, and on which track is written."""

    def draw_tool(self) -> None:
        """Take the pencil."""
        self._state.set_tool("draw")

    def use_as_pattern(self) -> None:
        """Paint with the chosen notes from now on; with none chosen, with single notes again."""
        model, notes = self._view_model, self._view_model.selection
        if len(notes) > MOST_IN_PATTERN:
            text = model.tr("A pattern has at most {0} notes: select fewer.")
            model.refused.emit(text.format(MOST_IN_PATTERN))
            return
        pattern = None
        if notes:
            beat = model.song.ticks_per_beat
            first = min(note.start for note in notes)
            start = Snap(model.song.metre, float(self._step)).before(first)
            pattern = Pattern.of(notes, min(start, first), self._step, beat)
            self._state.set_tool("draw")
        self._state.set_pattern(pattern)

    def select_tool(self) -> None:
        """Take the arrow."""
        self._state.set_tool("select")

    def select_all(self) -> None:
        """Choose every note."""
        self._view_model.select(self._view_model.score.note_set)

    def select_none(self) -> bool:
        """Choose no note; True if one was chosen before."""
        was_chosen = bool(self._view_model.selection)
        self._view_model.select(())
        return was_chosen

    def select_others(self) -> None:
        """Choose what is not chosen, and nothing else."""
        everything = self._view_model.score.note_set
        self._view_model.select(everything - self._view_model.selection)

    def select_time(self, first: int, last: int) -> None:
        """Choose what sounds between two ticks, on all tracks."""
        columns = self._view_model.score.columns
        self._select(columns, (columns.start < last) & (columns.ends > first))

    def select_pitch(self, pitch: int) -> None:
        """Choose the notes of one pitch of the active track."""
        columns, track = self._view_model.score.columns, self._view_model.active_track
        self._select(columns, (columns.pitch == pitch) & (columns.track == track))

    def select_outside_scale(self) -> None:
        """Choose the notes that are not of the scale."""
        columns = self._view_model.score.columns
        classes = np.array(sorted(self._scale.pitch_classes), dtype=np.int64)
        self._select(columns, ~np.isin(columns.pitch % 12, classes))

    def select_off_grid(self) -> None:
        """Choose the notes that do not start on the grid."""
        columns = self._view_model.score.columns
        how = Quantising(max(1.0, float(self._step)))
        self._select(columns, off_grid(columns, self._view_model.song.metre, how))

    def _select(self, columns: NoteColumns, is_meant: Bools) -> None:
        self._view_model.select(as_set(columns.where(is_meant)))

    def select_next(self, direction: int) -> None:
        """Choose the neighbour of the chosen note on the active track."""
        view_model = self._view_model
        columns = view_model.score.columns
        mine = columns.where(columns.track == view_model.active_track)
        if not len(mine):
            return
        note = mine.note(_neighbour(mine, columns_of(view_model.selection), direction))
        view_model.select({note})
        show_note(self._geometry, note)

    def next_track(self, direction: int) -> None:
        """Write on another track."""
        self._view_model.set_active_track(self._view_model.active_track + direction)

    def keep_to_track(self) -> None:
        """Let the mouse leave the notes of other tracks alone, or reach them."""
        self._state.set_keeps_to_track(not self._state.keeps_to_track)

    def mute_track(self) -> None:
        """Silence the active track, or let it sound."""
        track = self._view_model.active_track
        self._view_model.set_muted(track, track not in self._view_model.muted)

    def solo_track(self) -> None:
        """Hear the active track alone, or with the others."""
        track = self._view_model.active_track
        self._view_model.set_soloed(track, track not in self._view_model.soloed)


def show_note(geometry: RollGeometry, note: Note) -> None:
    """Scroll to `note` where it is out of sight."""
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
