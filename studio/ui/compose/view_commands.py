"""The commands of the roll that move the view."""

from __future__ import annotations

from studio.score.note_batch import columns_of
from studio.ui.compose.command_base import CommandBase
from studio.ui.compose.roll_geometry import RollGeometry
from studio.ui.compose.score_view_model import ScoreViewModel

BARS_AT_FIRST = 8
ZOOM_STEP = 1.2


class ViewCommands(CommandBase):
    """Zoom and scroll."""

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

    def zoom(self, steps: int) -> None:
        """Stretch time about the middle of the view."""
        self._geometry.zoom_time(ZOOM_STEP ** (2 * steps), self._geometry.width / 2)


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
