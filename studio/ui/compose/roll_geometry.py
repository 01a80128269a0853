"""Where ticks and pitches lie on the screen; shared by the roll, its ruler, keys and lane."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

MIN_ROW, MAX_ROW = 4, 40
MAX_PIXELS_PER_BEAT = 960.0
MARGIN_BARS = 8  # room to write after the last note
N_PITCHES = 128


class RollGeometry(QObject):
    """Zoom and scroll. Rows are whole pixels high, so that their lines stay crisp."""

    changed = Signal()

    def __init__(self, ticks_per_beat: int = 480, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.ticks_per_beat = ticks_per_beat
        self.pixels_per_tick = 96 / ticks_per_beat
        self.row_height = 14
        self.left_tick = 0.0
        self.scroll_y = 0
        self.end_tick = 4 * 4 * ticks_per_beat
        self.width, self.height = 800, 400
        self.center_pitch(64)

    def x_of(self, tick: float) -> float:
        """The x at which `tick` lies."""
        return (tick - self.left_tick) * self.pixels_per_tick

    def tick_at(self, x: float) -> float:
        """The (fractional) tick at `x`."""
        return self.left_tick + x / self.pixels_per_tick

    def y_of(self, pitch: int) -> int:
        """The top of the row of `pitch`."""
        return (N_PITCHES - 1 - pitch) * self.row_height - self.scroll_y

    def pitch_at(self, y: float) -> int:
        """The pitch whose row holds `y`, within 0..127."""
        return min(127, max(0, N_PITCHES - 1 - int((y + self.scroll_y) // self.row_height)))

    @property
    def place(self) -> tuple[float, float, int, int]:
        """Zoom and scroll as one value: equal while nothing moves on the screen."""
        return self.pixels_per_tick, self.left_tick, self.row_height, self.scroll_y

    @property
    def right_tick(self) -> float:
        """The tick at the right edge."""
        return self.tick_at(self.width)

    @property
    def max_scroll_y(self) -> int:
        """How far down there is something to see."""
        return max(0, N_PITCHES * self.row_height - self.height)

    @property
    def scroll_end_tick(self) -> float:
        """The last tick that the scroll bar reaches."""
        room = MARGIN_BARS * 4 * self.ticks_per_beat
        return max(self.end_tick + room, self.right_tick)

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
