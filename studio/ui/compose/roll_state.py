"""What the musician has chosen in the roll: the tool, the grid, and what was copied."""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Signal

from models.notes import Note
from models.tempo_map import Metre

Tool = Literal["draw", "select"]
Rounding = Callable[[float], int]


@dataclass(frozen=True, slots=True)
class Grid:
    """A step in time: a note value, or a third of its double."""

    name: str
    denominator: int
    is_triplet: bool = False

    def ticks(self, ticks_per_beat: int) -> float:
        """The length of a step; whole in all but odd resolutions."""
        return 4 * ticks_per_beat / self.denominator * (2 / 3 if self.is_triplet else 1)


GRIDS: tuple[Grid, ...] = tuple(
    Grid(f"1/{denominator}{suffix}", denominator, bool(suffix))
    for suffix in ("", "T")
    for denominator in (1, 2, 4, 8, 16, 32)
)
DEFAULT_GRID = GRIDS[4]


class RollState(QObject):
    """The tool and the grid, shared by the toolbar and the views."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tool: Tool = "select"
        self.grid = DEFAULT_GRID
        self.clipboard: Set[Note] = frozenset()

    def set_tool(self, tool: Tool) -> None:
        """Take another tool."""
        self.tool = tool
        self.changed.emit()

    def set_grid(self, name: str) -> None:
        """Take another grid, by its name."""
        self.grid = next(grid for grid in GRIDS if grid.name == name)
        self.changed.emit()


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
