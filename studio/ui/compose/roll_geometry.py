"""Zoom and scroll of the roll, its ruler, keys and lane: they share one, and follow it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from studio.ui.compose.roll_scale import N_PITCHES, RollScale

MIN_ROW, MAX_ROW = 4, 40
MAX_PIXELS_PER_BEAT = 960.0


class RollGeometry(RollScale):
    """Moves and stretches what is in sight, within what there is, and tells it."""

    changed = Signal()

    def __init__(self, ticks_per_beat: int = 480, parent: QObject | None = None) -> None:
        super().__init__(ticks_per_beat, parent)
        self.center_pitch(64)

    def resize(self, width: int, height: int) -> None:
        """The roll has another size now; what is in its middle stays there."""
        middle = self.scroll_y + self.height // 2
        self.width, self.height = max(1, width), max(1, height)
        self.scroll_y = middle - self.height // 2
        self._emit()

    def set_music(self, ticks_per_beat: int, end_tick: int) -> None:
        """The piece has another resolution or length now."""
        if ticks_per_beat != self.ticks_per_beat:
            scale = self.ticks_per_beat / ticks_per_beat
            self.pixels_per_tick *= scale
            self.left_tick /= scale
            self.ticks_per_beat = ticks_per_beat
        self.end_tick = end_tick
        self._emit()

    def scroll_by(self, dx: float, dy: float) -> None:
        """Show what lies `dx` pixels further right and `dy` further down."""
        self.left_tick += dx / self.pixels_per_tick
        self.scroll_y += round(dy)
        self._emit()

    def scroll_to_tick(self, tick: float) -> None:
        """Put `tick` at the left edge."""
        self.left_tick = tick
        self._emit()

    def scroll_to_y(self, y: int) -> None:
        """Put the row at `y` of the whole keyboard at the top."""
        self.scroll_y = y
        self._emit()

    def zoom_time(self, factor: float, x: float) -> None:
        """Stretch time about the point `x`, which stays where it is."""
        tick = self.tick_at(x)
        per_beat = min(MAX_PIXELS_PER_BEAT, self.pixels_per_tick * self.ticks_per_beat * factor)
        lowest = 0.5 * self.width / max(self.end_tick, self.ticks_per_beat)
        self.pixels_per_tick = max(per_beat / self.ticks_per_beat, lowest)
        self.left_tick = tick - x / self.pixels_per_tick
        self._emit()

    def zoom_pitch(self, steps: int, y: float) -> None:
        """Make rows higher or lower about the point `y`, which stays where it is."""
        row = (y + self.scroll_y) / self.row_height
        self.row_height = min(MAX_ROW, max(MIN_ROW, self.row_height + steps))
        self.scroll_y = round(row * self.row_height - y)
        self._emit()

    def show_range(self, first: float, last: float, low: int, high: int) -> None:
        """Fit a rectangle of ticks and pitches into the view, with a little room around."""
        span = max(last - first, self.ticks_per_beat)
        limit = MAX_PIXELS_PER_BEAT / self.ticks_per_beat
        self.pixels_per_tick = min(limit, self.width / (span * 1.04))
        self.left_tick = first - span * 0.02
        rows = high - low + 5
        self.row_height = min(24, max(MIN_ROW, self.height // rows))
        self.center_pitch((low + high + 1) // 2)
        self._emit()

    def center_pitch(self, pitch: int) -> None:
        """Scroll so that `pitch` is in the middle."""
        self.scroll_y = (N_PITCHES - pitch) * self.row_height - self.height // 2
        self._clamp()

    def show_pitch(self, pitch: int) -> None:
        """Scroll to `pitch`, and tell those who draw."""
        self.center_pitch(pitch)
        self._emit()

    def _clamp(self) -> None:
        self.left_tick = max(0.0, self.left_tick)
        self.scroll_y = min(self.max_scroll_y, max(0, self.scroll_y))

    def _emit(self) -> None:
        self._clamp()
        self.changed.emit()
