"""The commands of the roll that change notes: each makes one edit."""

from __future__ import annotations

import itertools

import numpy as np

from studio.score import scales, transforms
from studio.score.edits import replacing
from studio.score.note_batch import as_set, columns_of
from studio.score.note_columns import NoteColumns
from studio.score.note_mutes import toggle_mutes
from studio.score.quantise import Quantising, quantise
from studio.score.score import Edit
from studio.ui.compose.command_base import CommandBase

VELOCITY_STEP = 8
HAIRS_PER_BEAT = 96
HUMAN_BEATS, HUMAN_VELOCITY = 1 / 64, 6  # the spread of a musician who is not quite exact
_SEEDS = itertools.count(1)


class NoteCommands(CommandBase):
    """What keys and menus do to the chosen notes."""

    def delete(self) -> None:
        """The chosen notes go."""
        self._view_model.request(Edit("Delete", removed=self._view_model.selection))

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
        self.quantise_as(Quantising(max(1.0, float(self._step))))

    def quantise_as(self, how: Quantising) -> None:
        """The chosen notes (or all) go to a grid, as far as `how` says."""
        view_model, metre = self._view_model, self._view_model.song.metre
        view_model.request(quantise(view_model.score, self._chosen_or_all, metre, how))

    def transpose(self, semitones: int) -> None:
        """The chosen notes go up; with none chosen, the view does."""
        view_model = self._view_model
        if view_model.selection:
            notes = view_model.selection
            view_model.request(transforms.transpose(view_model.score, notes, semitones))
        else:
            self._geometry.scroll_by(0, -semitones * self._geometry.row_height)

    def transpose_in_scale(self, steps: int) -> None:
        """The chosen notes go up along the scale."""
        view_model = self._view_model
        notes = view_model.selection
        edit = scales.transpose_in_scale(view_model.score, notes, self._scale, steps)
        view_model.request(edit)

    def snap_to_scale(self) -> None:
        """The chosen notes (or all) go to the nearest pitches of the scale."""
        score = self._view_model.score
        self._view_model.request(scales.snap_to_scale(score, self._chosen_or_all, self._scale))

    def nudge(self, steps: int) -> None:
        """The chosen notes go later; with none chosen, the view does."""
        self._nudge(steps * self._step)

    def nudge_finely(self, steps: int) -> None:
        """The chosen notes go later by less than anybody hears as another beat."""
        self._nudge(steps * max(1, self._view_model.song.ticks_per_beat // HAIRS_PER_BEAT))

    def _nudge(self, ticks: int) -> None:
        view_model = self._view_model
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

    def legato(self) -> None:
        """The chosen notes (or all) last until the next one begins."""
        score = self._view_model.score
        self._view_model.request(transforms.legato(score, self._chosen_or_all))

    def humanise(self) -> None:
        """The chosen notes (or all) lose a little of their exactness."""
        view_model = self._view_model
        ticks = HUMAN_BEATS * view_model.song.ticks_per_beat
        notes, seed = self._chosen_or_all, next(_SEEDS)
        edit = transforms.humanise(view_model.score, notes, ticks, HUMAN_VELOCITY, seed)
        view_model.request(edit)

    def mute_notes(self) -> None:
        """The chosen notes fall silent, or sound again."""
        view_model = self._view_model
        view_model.request(toggle_mutes(view_model.song, view_model.selection))

    def split(self) -> None:
        """Cut the chosen notes, or all of the track that sound there, at the mouse or playhead."""
        view_model, tick = self._view_model, self.pointer()
        if tick is None:
            tick = round(self._position_ticks())
        columns = columns_of(self._chosen_or_all)
        if not view_model.selection:
            columns = columns.where(columns.track == view_model.active_track)
        parts = transforms.split(view_model.score, as_set(columns), tick)
        if view_model.request(parts):
            view_model.select(view_model.selection | parts.added)

    def join(self) -> None:
        """Make one note of the chosen ones of each pitch."""
        view_model = self._view_model
        view_model.request(transforms.join(view_model.score, view_model.selection))
