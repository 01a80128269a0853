"""What the musician has chosen in the roll: the tool, the grid, the scale, and what was copied."""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Signal

from models.notes import Note
from models.tempo_map import Metre
from studio.score.pattern import Pattern
from studio.score.scales import Scale

Tool = Literal["draw", "select"]
RightButton = Literal["auto", "erase", "menu", "draw"]
Rounding = Callable[[float], int]
ADAPTIVE = "Auto"
MIN_STEP_PIXELS = 12


@dataclass(frozen=True, slots=True)
class Grid:
    """A step in time: a note value, as long as it is or a part of it."""

    name: str
    denominator: int
    ratio: float = 1.0

    def ticks(self, ticks_per_beat: int) -> float:
        """The length of a step; whole in all but odd resolutions."""
        return 4 * ticks_per_beat / self.denominator * self.ratio


_STRAIGHT = (1, 2, 4, 8, 16, 32, 64)
GRIDS: tuple[Grid, ...] = tuple(
    Grid(f"1/{denominator}{suffix}", denominator, ratio)
    for suffix, ratio in (("", 1.0), ("T", 2 / 3), (".", 3 / 2))
    for denominator in _STRAIGHT
)
TUPLETS: tuple[Grid, ...] = tuple(
    Grid(f"1/{denominator} in {count}", denominator, usual / count)
    for count, usual in ((5, 4), (7, 4), (9, 8))
    for denominator in (4, 8, 16)
)
DEFAULT_GRID = GRIDS[4]


class RollState(QObject):
    """The tool, the grid and the scale, shared by the toolbar and the views."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tool: Tool = "select"
        self.grid = DEFAULT_GRID
        self.is_adaptive = False
        self.right_button: RightButton = "auto"
        self.keeps_to_track = False
        self.scale: Scale | None = None
        self.snaps_to_scale = False
        self.clipboard: Set[Note] = frozenset()
        self.pattern: Pattern | None = None  # what is painted instead of single notes

    def set_tool(self, tool: Tool) -> None:
        """Take another tool."""
        self.tool = tool
        self.changed.emit()

    def set_grid(self, name: str) -> None:
        """Take another grid, by its name; `ADAPTIVE` lets the zoom choose."""
        self.is_adaptive = name == ADAPTIVE
        if not self.is_adaptive:
            self.grid = next(grid for grid in GRIDS if grid.name == name)
        self.changed.emit()

    def fit_grid(self, pixels_per_beat: float) -> None:
        """Take the finest grid whose steps can be told apart, if the zoom is to choose."""
        if not self.is_adaptive:
            return
        finest = 4 * pixels_per_beat / MIN_STEP_PIXELS
        fitting = [grid for grid in GRIDS[: len(_STRAIGHT)] if grid.denominator <= finest]
        grid = fitting[-1] if fitting else GRIDS[0]
        if grid != self.grid:
            self.grid = grid
            self.changed.emit()

    def set_right_button(self, meaning: RightButton) -> None:
        """What the right button does in the roll."""
        self.right_button = meaning
        self.changed.emit()

    def set_keeps_to_track(self, is_on: bool) -> None:
        """Let the mouse reach the notes of the active track only, or those of all."""
        self.keeps_to_track = is_on
        self.changed.emit()

    def set_scale(self, scale: Scale | None) -> None:
        """Show another scale; None shows none."""
        self.scale = scale
        self.changed.emit()

    def set_snaps_to_scale(self, is_on: bool) -> None:
        """Let the mouse reach only the pitches of the scale, or all."""
        self.snaps_to_scale = is_on
        self.changed.emit()

    def set_pattern(self, pattern: Pattern | None) -> None:
        """Paint with a pattern, or with single notes again."""
        self.pattern = pattern
        self.changed.emit()

    def pitch(self, pitch: int) -> int:
        """Where the mouse lands that points at `pitch`."""
        if self.scale is None or not self.snaps_to_scale:
            return pitch
        return self.scale.nearest(pitch)


@dataclass(frozen=True, slots=True)
class Snap:
    """Ticks to the grid. Each bar starts the grid anew; a step of 1 leaves ticks as they are."""

    metre: Metre
    step: float

    def nearest(self, tick: float) -> int:
        """The grid line next to `tick`."""
        return self._line(tick, round)

    def before(self, tick: float) -> int:
        """The grid line at or before `tick`."""
        return self._line(tick, lambda steps: int(steps // 1))

    def after(self, tick: float) -> int:
        """The grid line behind `tick`."""
        return self._line(tick, lambda steps: int(steps // 1) + 1)

    def _line(self, tick: float, choose: Rounding) -> int:
        whole = max(0, int(tick))
        start = self.metre.bar_start(self.metre.bar_of(whole))
        return max(0, round(start + choose((max(0.0, tick) - start) / self.step) * self.step))
