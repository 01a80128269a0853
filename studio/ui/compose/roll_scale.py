"""Where ticks and pitches lie on the screen, at one zoom and scroll."""

from __future__ import annotations

from PySide6.QtCore import QObject

MARGIN_BARS = 8  # room to write after the last note
N_PITCHES = 128


class RollScale(QObject):
    """Tells places; `RollGeometry` changes them. Rows are whole pixels high: their lines are crisp.

    Those that only draw take this.
    """

    def __init__(self, ticks_per_beat: int = 480, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.ticks_per_beat = ticks_per_beat
        self.pixels_per_tick = 96 / ticks_per_beat
        self.row_height = 14
        self.left_tick = 0.0
        self.scroll_y = 0
        self.end_tick = 4 * 4 * ticks_per_beat
        self.width, self.height = 800, 400

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
