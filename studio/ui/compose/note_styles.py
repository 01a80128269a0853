"""The colours of notes: by track, velocity, and whether they are chosen, heard or elsewhere."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from functools import cache

import numpy as np
from PySide6.QtGui import QColor

from models.notes import Note
from studio.score.note_batch import columns_of
from studio.score.note_columns import Bools, NoteColumns
from studio.score.note_keys import Ints
from studio.ui.compose.roll_painter import blended
from studio.ui.theme import theme

LEVELS = 8  # steps of velocity that can be told apart
LEVEL_SIZE = 128 // LEVELS
OTHER_EDGE = 0.9  # of the outline of tracks that are not active: still 3:1 against the paper
DARK_INK, LIGHT_INK = QColor("#14161A"), QColor("#FFFFFF")


class MaskCache:
    """Which rows of columns are certain notes: looked up once, however often it is painted."""

    def __init__(self) -> None:
        self._columns: NoteColumns | None = None
        self._notes: Set[Note] = frozenset()
        self._mask: Bools = np.zeros(0, dtype=np.bool_)

    def mask(self, columns: NoteColumns, notes: Set[Note]) -> Bools:
        """A truth for each row of `columns`."""
        if columns is not self._columns or notes is not self._notes:
            self._columns, self._notes = columns, notes
            self._mask = columns.is_in(columns_of(notes))
        return self._mask


@dataclass(frozen=True)
class NoteLook:
    """Whose notes are drawn how. `is_chosen` has a truth for each row of the columns."""

    active_track: int
    audible: frozenset[int]
    is_chosen: Bools
    colors: tuple[int, ...] = ()  # of the tracks, in the theme's palette; others by their number

    def styles(self, columns: NoteColumns, rows: Ints) -> tuple[list[NoteStyle], Ints]:
        """The styles of some rows, in the order of drawing, and which of them each row has."""
        level = columns.velocity[rows] // LEVEL_SIZE
        keys = (columns.track[rows] * LEVELS + level) * 2 + self.is_chosen[rows]
        found, which = np.unique(keys, return_inverse=True)
        rank = found % 2 * 2 + (found // 2 // LEVELS == self.active_track)  # the chosen on top
        order = np.argsort(rank, kind="stable")
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        keys = found[order].tolist()
        styles = [self.style(key // 2 // LEVELS, key // 2 % LEVELS, key % 2) for key in keys]
        return styles, place[which]

    def style(self, track: int, level: int, is_chosen: int) -> NoteStyle:
        """How a note of `track` is drawn, `level` telling its velocity."""
        is_active, is_audible = track == self.active_track, track in self.audible
        color = self.colors[track] if track < len(self.colors) else track
        return _style(color, level, bool(is_chosen), is_active, is_audible, theme().is_dark)


@dataclass(frozen=True)
class NoteStyle:
    """The colours of a kind of note."""

    fill: QColor
    edge: QColor
    ink: QColor
    is_chosen: bool
    is_active: bool


@cache  # for good: pictures of notes are kept by their style
def _style(
    number: int, level: int, is_chosen: bool, is_active: bool, is_audible: bool, _is_dark: bool
) -> NoteStyle:
    colors, paper = theme(), theme().color("surface_raised")
    color = colors.track_color(number) if is_audible else colors.color("note_muted")
    strength = (0.42 + 0.58 * level / (LEVELS - 1)) * (1 if is_audible else 0.5)
    fill = blended(color, paper, strength if is_active else strength * 0.45)
    edge = blended(color, paper, 1.0 if is_active or not is_audible else OTHER_EDGE)
    if is_chosen:
        edge = colors.color("note_selected")
    ink = DARK_INK if fill.lightnessF() > 0.55 else LIGHT_INK
    return NoteStyle(fill, edge, ink, is_chosen, is_active)
