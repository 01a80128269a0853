"""Draws notes, as richly as their number allows: rounded and named, plain, or as a mask."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Set
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter

from models.notes import Note
from studio.score.note_batch import columns_of
from studio.score.note_columns import Bools, NoteColumns
from studio.score.note_keys import Ints
from studio.ui.compose.roll_geometry import RollGeometry
from studio.ui.compose.roll_painter import blended, pitch_name
from studio.ui.theme import font_small, theme

MAX_ROUND = 700  # notes that are drawn with rounded corners and names
MAX_RECTANGLES = 2500  # beyond it, notes are drawn as a mask
LEVELS = 8  # steps of velocity that can be told apart
LEVEL_SIZE = 128 // LEVELS
RADIUS = 2.5
NAME_WIDTH = 30
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


@dataclass(frozen=True)
class _Style:
    fill: QColor
    edge: QColor
    ink: QColor
    rank: int  # what is drawn later lies on top


@dataclass
class _Styles:
    """The colours of each kind of note, mixed once a repaint."""

    look: NoteLook
    table: dict[tuple[int, int, bool], _Style] = field(default_factory=dict)

    def of(self, track: int, velocity: int, is_chosen: bool) -> _Style:
        key = (track, velocity // LEVEL_SIZE, is_chosen)
        style = self.table.get(key)
        if style is None:
            style = self.table[key] = self._mixed(*key)
        return style

    def _mixed(self, track: int, level: int, is_chosen: bool) -> _Style:
        colors, paper = theme(), theme().color("surface_raised")
        is_active = track == self.look.active_track
        is_audible = track in self.look.audible
        color = colors.track_color(track) if is_audible else colors.color("note_muted")
        strength = (0.42 + 0.58 * level / (LEVELS - 1)) * (1 if is_audible else 0.5)
        fill = blended(color, paper, strength if is_active else strength * 0.45)
        edge = blended(color, paper, 1.0 if is_active or not is_audible else OTHER_EDGE)
        if is_chosen:
            edge = colors.color("note_selected")
        ink = DARK_INK if fill.lightnessF() > 0.55 else LIGHT_INK
        return _Style(fill, edge, ink, 2 * is_chosen + is_active)


class NotePainter:
    """Paints the notes of columns with one `QPainter`."""

    def __init__(
        self, painter: QPainter, geometry: RollGeometry, ratio: float, look: NoteLook
    ) -> None:
        self._painter, self._geometry, self._ratio = painter, geometry, ratio
        self._look, self._styles = look, _Styles(look)

    def paint(self, columns: NoteColumns, rect: QRectF) -> None:
        """The notes of `columns` that touch `rect`."""
        geometry = self._geometry
        found = columns.within(
            geometry.tick_at(rect.left() - 1),
            geometry.tick_at(rect.right() + 1),
            geometry.pitch_at(rect.bottom()),
            geometry.pitch_at(rect.top()),
        )
        if len(found) > MAX_RECTANGLES:
            self._mask(columns, found, rect)
            return
        is_chosen = self._look.is_chosen[found].tolist()
        styled = [
            (self._styles.of(note.track, note.velocity, chosen), note, chosen)
            for note, chosen in zip(columns.notes(found), is_chosen, strict=True)
        ]
        styled.sort(key=lambda row: row[0].rank)
        if len(found) > MAX_ROUND or geometry.row_height < 7:
            self._rectangles(styled)
        else:
            self._rounded(styled)

    def _crisp(self, value: float) -> float:
        return round(value * self._ratio) / self._ratio

    def rect_of(self, note: Note) -> QRectF:
        """Where `note` is drawn: on whole pixels of the screen, whatever its resolution."""
        geometry = self._geometry
        left = self._crisp(geometry.x_of(note.start))
        right = max(self._crisp(geometry.x_of(note.start + note.duration)) - 1, left + 2)
        gap = 1 if geometry.row_height > 6 else 0
        return QRectF(left, geometry.y_of(note.pitch), right - left, geometry.row_height - gap)

    def _rectangles(self, styled: list[tuple[_Style, Note, bool]]) -> None:
        batches: dict[int, list[QRectF]] = defaultdict(list)
        styles: dict[int, QColor] = {}
        for style, note, is_chosen in styled:
            styles[id(style)] = style.edge if is_chosen else style.fill
            batches[id(style)].append(self.rect_of(note))
        self._painter.setPen(Qt.PenStyle.NoPen)
        for key, rects in batches.items():
            self._painter.setBrush(styles[key])
            self._painter.drawRects(rects)

    def _rounded(self, styled: list[tuple[_Style, Note, bool]]) -> None:
        painter = self._painter
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setFont(font_small())
        has_names = self._geometry.row_height >= QFontMetricsF(painter.font()).height() - 1
        for style, note, is_chosen in styled:
            rect, width = self.rect_of(note), 2.0 if is_chosen else 1.0
            radius = min(RADIUS, rect.width() / 2)
            painter.setBrush(style.edge)
            painter.drawRoundedRect(rect, radius, radius)
            if rect.width() > 2 * width:
                inner = max(0.5, radius - width)
                painter.setBrush(style.fill)
                painter.drawRoundedRect(rect.adjusted(width, width, -width, -width), inner, inner)
            if has_names and rect.width() > NAME_WIDTH and note.track == self._look.active_track:
                self._name(note, rect, style.ink)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _name(self, note: Note, rect: QRectF, ink: QColor) -> None:
        self._painter.setPen(ink)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        self._painter.drawText(rect.adjusted(4, 0, -2, 0), flags, pitch_name(note.pitch))
        self._painter.setPen(Qt.PenStyle.NoPen)

    def _mask(self, columns: NoteColumns, found: Ints, rect: QRectF) -> None:
        """More notes than can be told apart: one pixel row a pitch, stretched to row height."""
        geometry, ratio = self._geometry, self._ratio
        width = max(1, round(rect.width() * ratio))
        first, last = self._pixels(columns, found, rect.left(), width)
        row = (127 - columns.pitch[found]) * (width + 1)
        pixels = _painted(row + first, row + last, width, self._track_colors(columns, found))
        chosen = self._look.is_chosen[found]
        if chosen.any():
            color = np.uint32(theme().color("note_selected").rgba())
            over = _painted(
                (row + first)[chosen],
                (row + last)[chosen],
                width,
                np.full(int(chosen.sum()), color, dtype=np.uint32),
            )
            pixels = np.where(over > 0, over, pixels)
        image = QImage(
            pixels.tobytes(), width, 128, width * 4, QImage.Format.Format_ARGB32_Premultiplied
        )
        target = QRectF(rect.left(), geometry.y_of(127), width / ratio, 128 * geometry.row_height)
        self._painter.drawImage(target, image)

    def _pixels(
        self, columns: NoteColumns, found: Ints, left: float, width: int
    ) -> tuple[Ints, Ints]:
        """The first pixel of each note and the one after its last, at least one pixel apart."""
        scale = self._geometry.pixels_per_tick * self._ratio
        origin = self._geometry.tick_at(left)
        first = ((columns.start[found] - origin) * scale).astype(np.int64)
        last = ((columns.ends[found] - origin) * scale).astype(np.int64)
        np.clip(first, 0, width - 1, out=first)
        return first, np.clip(last, first + 1, width)

    def _track_colors(self, columns: NoteColumns, found: Ints) -> NDArray[np.uint32]:
        tracks = columns.track[found]
        table = np.zeros(int(tracks.max(initial=0)) + 1, dtype=np.uint32)
        for track in np.flatnonzero(np.bincount(tracks)).tolist():
            table[track] = self._styles.of(track, 100, False).fill.rgba()
        colors: NDArray[np.uint32] = table[tracks]
        return colors


def _painted(
    begins: Ints, ends: Ints, width: int, colors: NDArray[np.uint32]
) -> NDArray[np.uint32]:
    """Pixels of 128 rows: where notes sound, the colour of the one that began last; else 0."""
    size = 128 * (width + 1)
    change = np.bincount(begins, minlength=size) - np.bincount(ends, minlength=size)
    is_note = np.cumsum(change) > 0
    began = np.zeros(size, dtype=np.int32)
    began[begins] = np.arange(len(begins), dtype=np.int32)  # notes come in order of start
    latest = np.maximum.accumulate(began.reshape(128, width + 1), axis=1)
    pixels = np.where(is_note.reshape(128, width + 1), colors[latest], np.uint32(0))
    return np.ascontiguousarray(pixels[:, :-1])
