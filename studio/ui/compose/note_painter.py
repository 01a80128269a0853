"""Draws notes, as richly as their number allows: rounded and named, plain, or as a mask."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from models.notes import Note
from studio.score.note_columns import NoteColumns
from studio.score.note_keys import Ints
from studio.ui.compose.note_pictures import NotePictures, draw_name, draw_note
from studio.ui.compose.note_styles import LEVEL_SIZE, NoteLook, NoteStyle
from studio.ui.compose.roll_scale import RollScale
from studio.ui.theme import theme

MAX_ROUND = 700  # notes that are drawn with rounded corners and names
MAX_RECTANGLES = 2500  # beyond it, notes are drawn as a mask
LONG = 480  # longer ones are drawn, not kept as pictures
LOUD = 100  # the velocity whose shade stands for all of a mask


@lru_cache(maxsize=4)
def _pictures(ratio: float) -> NotePictures:
    return NotePictures(ratio)


class NotePainter:
    """Paints the notes of columns with one `QPainter`."""

    def __init__(
        self, painter: QPainter, geometry: RollScale, ratio: float, look: NoteLook
    ) -> None:
        self._painter, self._geometry, self._ratio = painter, geometry, ratio
        self._look = look

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
        elif len(found):
            self._separately(columns, found)

    def rect_of(self, note: Note) -> QRectF:
        """Where `note` is drawn: on whole pixels of the screen, whatever its resolution."""
        start = np.array([note.start], dtype=np.int64)
        left, width = (int(value[0]) for value in self._across(start, start + note.duration))
        height, ratio = self._height, self._ratio
        return QRectF(left / ratio, self._geometry.y_of(note.pitch), width / ratio, height)

    @property
    def _height(self) -> int:
        return self._geometry.row_height - (1 if self._geometry.row_height > 6 else 0)

    def _across(self, starts: Ints, ends: Ints) -> tuple[Ints, Ints]:
        """The first pixel of the screen and the width of notes, a gap between neighbours."""
        geometry, ratio = self._geometry, self._ratio
        scale = geometry.pixels_per_tick * ratio
        left = np.rint((starts - geometry.left_tick) * scale).astype(np.int64)
        right = np.rint((ends - geometry.left_tick) * scale).astype(np.int64) - round(ratio)
        return left, np.maximum(right - left, round(2 * ratio))

    def _separately(self, columns: NoteColumns, found: Ints) -> None:
        styles, which = self._look.styles(columns, found)
        order = np.argsort(which, kind="stable")
        rows = found[order]
        left, width = self._across(columns.start[rows], columns.ends[rows])
        pitch = columns.pitch[rows]
        top = (127 - pitch) * self._geometry.row_height - self._geometry.scroll_y
        ends = np.cumsum(np.bincount(which, minlength=len(styles))).tolist()
        places = list(zip(left.tolist(), top.tolist(), width.tolist(), pitch.tolist(), strict=True))
        is_plain = len(found) > MAX_ROUND or self._geometry.row_height < 7
        draw = self._rectangles if is_plain else self._rounded
        first = 0
        for style, end in zip(styles, ends, strict=True):
            draw(style, places[first:end])
            first = end

    def _rectangles(self, style: NoteStyle, places: list[tuple[int, int, int, int]]) -> None:
        height, ratio = self._height, self._ratio
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(style.edge if style.is_chosen else style.fill)
        self._painter.drawRects(
            [QRectF(left / ratio, top, width / ratio, height) for left, top, width, _ in places]
        )

    def _rounded(self, style: NoteStyle, places: list[tuple[int, int, int, int]]) -> None:
        short = [place for place in places if place[2] < LONG]
        height = round(self._height * self._ratio)
        _pictures(self._ratio).draw(self._painter, style, height, short)
        for place in places if len(short) < len(places) else ():
            if place[2] >= LONG:
                self._long(style, *place)

    def _long(self, style: NoteStyle, left: int, top: int, width: int, pitch: int) -> None:
        rect = QRectF(left / self._ratio, top, width / self._ratio, self._height)
        draw_note(self._painter, rect, style)
        if style.is_active:
            draw_name(self._painter, rect, style, pitch)

    def _mask(self, columns: NoteColumns, found: Ints, rect: QRectF) -> None:
        """More notes than can be told apart: one pixel row a pitch, stretched to row height."""
        geometry, ratio = self._geometry, self._ratio
        width = max(1, round(rect.width() * ratio))
        first, last = self._pixels(columns, found, rect.left(), width)
        row = (127 - columns.pitch[found]) * (width + 1)
        pixels = painted_rows(row + first, row + last, width, self._track_colors(columns, found))
        chosen = self._look.is_chosen[found]
        if chosen.any():
            color = np.uint32(theme().color("note_selected").rgba())
            over = painted_rows(
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
            table[track] = self._look.style(track, LOUD // LEVEL_SIZE, 0).fill.rgba()
        colors: NDArray[np.uint32] = table[tracks]
        return colors


def painted_rows(
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
