"""Draws the roll: paper, notes, ghosts. Knows colours and rectangles, no mouse and no keys."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QImage, QPainter, QPen

from models.notes import Note
from models.tempo_map import Metre
from studio.score.note_columns import NoteColumns
from studio.ui.compose.ghosts import GhostLike
from studio.ui.compose.roll_geometry import RollGeometry
from studio.ui.compose.roll_state import Grid
from studio.ui.theme import font_large, font_normal, font_small, theme

BLACK_KEYS = frozenset({1, 3, 6, 8, 10})
NAMES = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
MAX_ROUND = 700  # notes that are drawn with rounded corners and names
MAX_RECTANGLES = 3000  # beyond it, notes are drawn as a mask
LEVELS = 8  # steps of velocity that can be told apart
MIN_LINE_GAP = 9.0
RADIUS = 2.5


def pitch_name(pitch: int) -> str:
    """The name of a pitch; 60 is C4."""
    return f"{NAMES[pitch % 12]}{pitch // 12 - 1}"


def blended(first: QColor, second: QColor, amount: float) -> QColor:
    """`amount` (0..1) of `first` over `second`."""
    rest = 1 - amount
    return QColor.fromRgbF(
        first.redF() * amount + second.redF() * rest,
        first.greenF() * amount + second.greenF() * rest,
        first.blueF() * amount + second.blueF() * rest,
    )


@dataclass(frozen=True)
class NoteLook:
    """Whose notes are drawn how."""

    active_track: int
    audible: frozenset[int]
    selection: Collection[Note]
    hidden: Collection[Note]


class RollPainter:
    """Paints one view of the score with one `QPainter`."""

    def __init__(self, painter: QPainter, geometry: RollGeometry, ratio: float) -> None:
        self._painter, self._geometry, self._ratio = painter, geometry, ratio
        self._theme = theme()

    def _crisp(self, value: float) -> float:
        """`value` moved to the nearest edge between two pixels of the screen."""
        return round(value * self._ratio) / self._ratio

    def paper(self, rect: QRectF, metre: Metre, grid: Grid) -> None:
        """Rows in the two shades of the keys, and lines at steps, beats and bars."""
        self._rows(rect)
        self._grid_lines(rect, metre, grid)
        end = self._geometry.x_of(self._geometry.end_tick)
        if end < rect.right():
            shade = self._theme.color("surface_sunken")
            shade.setAlphaF(0.45)
            left = max(rect.left(), self._crisp(end))
            self._painter.fillRect(
                QRectF(left, rect.top(), rect.right() - left, rect.height()), shade
            )

    def _rows(self, rect: QRectF) -> None:
        painter, geometry = self._painter, self._geometry
        painter.fillRect(rect, self._theme.color("surface_raised"))
        high, low = geometry.pitch_at(rect.top()), geometry.pitch_at(rect.bottom())
        height, line = geometry.row_height, 1 / self._ratio
        shade, soft = self._theme.color("row_black"), self._theme.color("grid_step")
        for pitch in range(low, high + 1):
            top = geometry.y_of(pitch)
            if pitch % 12 in BLACK_KEYS:
                painter.fillRect(QRectF(rect.left(), top, rect.width(), height), shade)
            elif pitch % 12 == 0:
                color = self._theme.color("grid_beat")
                painter.fillRect(
                    QRectF(rect.left(), top + height - line, rect.width(), line), color
                )
            elif pitch % 12 == 5 and height > 6:
                painter.fillRect(QRectF(rect.left(), top + height - line, rect.width(), line), soft)

    def _grid_lines(self, rect: QRectF, metre: Metre, grid: Grid) -> None:
        for tick, role in grid_lines(self._geometry, metre, grid, rect.left(), rect.right()):
            x = self._crisp(self._geometry.x_of(tick))
            line = QRectF(x, rect.top(), 1 / self._ratio, rect.height())
            self._painter.fillRect(line, self._theme.color(role))

    def notes(self, columns: NoteColumns, rect: QRectF, look: NoteLook) -> None:
        """The notes that touch `rect`, drawn as richly as their number allows."""
        geometry = self._geometry
        found = columns.within(
            geometry.tick_at(rect.left() - 1),
            geometry.tick_at(rect.right() + 1),
            geometry.pitch_at(rect.bottom()),
            geometry.pitch_at(rect.top()),
        )
        if len(found) > MAX_RECTANGLES:
            self._mask(columns, found, rect, look)
            return
        notes = [note for note in columns.notes(found) if note not in look.hidden]
        notes.sort(key=lambda note: (note in look.selection, note.track == look.active_track))
        if len(found) > MAX_ROUND or geometry.row_height < 7:
            self._rectangles(notes, look)
        else:
            self._rounded(notes, look)

    def dragged(self, notes: Sequence[Note], look: NoteLook) -> None:
        """The notes of a gesture, where they would be."""
        (self._rounded if len(notes) <= MAX_ROUND else self._rectangles)(notes, look)

    def rect_of(self, note: Note) -> QRectF:
        """Where `note` is drawn."""
        geometry = self._geometry
        left = self._crisp(geometry.x_of(note.start))
        right = max(self._crisp(geometry.x_of(note.end)) - 1 / self._ratio, left + 2)
        gap = 1 if geometry.row_height > 6 else 0
        return QRectF(left, geometry.y_of(note.pitch), right - left, geometry.row_height - gap)

    def _fill(self, track: int, velocity: int, look: NoteLook) -> QColor:
        paper = self._theme.color("surface_raised")
        color = self._theme.track_color(track)
        if track not in look.audible:
            color = blended(self._theme.color("note_muted"), paper, 0.6)
        strength = 0.42 + 0.58 * (velocity // (128 // LEVELS)) / (LEVELS - 1)
        if track != look.active_track:
            strength *= 0.45
        return blended(color, paper, strength)

    def _rectangles(self, notes: Iterable[Note], look: NoteLook) -> None:
        batches: dict[tuple[int, int, bool], list[QRectF]] = defaultdict(list)
        for note in notes:
            level = note.velocity // (128 // LEVELS)
            batches[note.track, level, note in look.selection].append(self.rect_of(note))
        self._painter.setPen(Qt.PenStyle.NoPen)
        for (track, level, is_selected), rects in batches.items():
            color = self._fill(track, level * (128 // LEVELS), look)
            self._painter.setBrush(self._theme.color("note_selected") if is_selected else color)
            self._painter.drawRects(rects)

    def _rounded(self, notes: Iterable[Note], look: NoteLook) -> None:
        painter = self._painter
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setFont(font_small())
        metrics = QFontMetricsF(painter.font())
        has_names = self._geometry.row_height >= metrics.height() - 1
        paper = self._theme.color("surface_raised")
        for note in notes:
            rect, fill = self.rect_of(note), self._fill(note.track, note.velocity, look)
            is_selected = note in look.selection
            edge = self._edge(note, look, is_selected)
            width = 2.0 if is_selected else 1.0
            radius = min(RADIUS, rect.width() / 2)
            painter.setBrush(edge)
            painter.drawRoundedRect(rect, radius, radius)
            inner = rect.adjusted(width, width, -width, -width)
            if inner.width() > 0:
                painter.setBrush(fill)
                painter.drawRoundedRect(inner, max(0.5, radius - width), max(0.5, radius - width))
            if has_names and rect.width() > 30 and note.track == look.active_track:
                self._name(note, inner, fill, paper)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _edge(self, note: Note, look: NoteLook, is_selected: bool) -> QColor:
        if is_selected:
            return self._theme.color("note_selected")
        color = self._theme.track_color(note.track)
        if note.track not in look.audible:
            color = self._theme.color("note_muted")
        strength = 1.0 if note.track == look.active_track else 0.65
        return blended(color, self._theme.color("surface_raised"), strength)

    def _name(self, note: Note, rect: QRectF, fill: QColor, paper: QColor) -> None:
        is_light = fill.lightnessF() > 0.55
        color = QColor("#14161A") if is_light else QColor("#FFFFFF")
        self._painter.setPen(color)
        place = rect.adjusted(3, 0, -2, 0)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        self._painter.drawText(place, flags, pitch_name(note.pitch))
        self._painter.setPen(Qt.PenStyle.NoPen)

    def _mask(
        self, columns: NoteColumns, found: NDArray[np.int64], rect: QRectF, look: NoteLook
    ) -> None:
        """More notes than can be told apart: one pixel row a pitch, stretched to row height."""
        geometry, ratio = self._geometry, self._ratio
        left, width = rect.left(), max(1, round(rect.width() * ratio))
        scale = geometry.pixels_per_tick * ratio
        origin = geometry.tick_at(left)
        first = ((columns.start[found] - origin) * scale).astype(np.int64).clip(0, width - 1)
        last = ((columns.ends[found] - origin) * scale).astype(np.int64).clip(first + 1, width)
        colors = self._mask_colors(columns, found, look)
        rows = np.zeros((128, width), dtype=np.uint32)
        for color in np.unique(colors):
            mine = colors == color
            row = (127 - columns.pitch[found][mine]) * (width + 1)
            size = 128 * (width + 1)
            begins = np.bincount(row + first[mine], minlength=size)
            begins -= np.bincount(row + last[mine], minlength=size)
            is_note = np.cumsum(begins.reshape(128, width + 1), axis=1)[:, :-1] > 0
            rows[is_note] = color
        image = QImage(
            rows.tobytes(), width, 128, width * 4, QImage.Format.Format_ARGB32_Premultiplied
        )
        target = QRectF(left, geometry.y_of(127), width / ratio, 128 * geometry.row_height)
        self._painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        self._painter.drawImage(target, image)

    def _mask_colors(
        self, columns: NoteColumns, found: NDArray[np.int64], look: NoteLook
    ) -> NDArray[np.uint32]:
        tracks = columns.track[found]
        table = np.zeros(int(tracks.max(initial=0)) + 1, dtype=np.uint32)
        for track in np.unique(tracks).tolist():
            table[track] = self._fill(track, 100, look).rgba()
        colors: NDArray[np.uint32] = table[tracks]
        if len(look.selection) > 0:
            notes = columns.notes(found)
            is_chosen = np.fromiter((n in look.selection for n in notes), bool, len(notes))
            colors[is_chosen] = self._theme.color("note_selected").rgba()
        return colors

    def ghosts(self, ghosts: Sequence[GhostLike], rect: QRectF) -> None:
        """Suggestions: what would come is outlined, what would go is hatched and struck through."""
        for ghost in ghosts:
            place = self.rect_of(ghost.event.note)
            if place.intersects(rect):
                draw = self._added if ghost.event.action == "add" else self._removed
                draw(place, ghost.event.probability, ghost.is_accepted)

    def _added(self, place: QRectF, probability: float, is_accepted: bool) -> None:
        painter, color = self._painter, self._theme.color("ghost_added")
        fill = QColor(color)
        fill.setAlphaF((0.14 + 0.4 * min(1.0, max(0.0, probability))) if is_accepted else 0.0)
        style = Qt.PenStyle.SolidLine if is_accepted else Qt.PenStyle.DotLine
        color.setAlphaF(1.0 if is_accepted else 0.7)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color, 1.6, style))
        painter.setBrush(fill)
        painter.drawRoundedRect(place.adjusted(0.8, 0.8, -0.8, -0.8), RADIUS, RADIUS)
        if is_accepted and place.width() > 14 and place.height() > 9:
            at, arm = place.left() + 7.5, min(3.0, place.height() / 4)
            middle = place.center().y()
            painter.drawLine(QLineF(at - arm, middle, at + arm, middle))
            painter.drawLine(QLineF(at, middle - arm, at, middle + arm))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _removed(self, place: QRectF, probability: float, is_accepted: bool) -> None:
        painter, color = self._painter, self._theme.color("ghost_removed")
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = place.adjusted(0.8, 0.8, -0.8, -0.8)
        if not is_accepted:
            painter.setPen(QPen(color, 1.2, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(outline, RADIUS, RADIUS)
        else:
            paper = self._theme.color("surface_raised")
            paper.setAlphaF(0.35 + 0.4 * min(1.0, max(0.0, probability)))
            painter.setPen(QPen(color, 1.6))
            painter.setBrush(paper)
            painter.drawRoundedRect(outline, RADIUS, RADIUS)
            painter.setBrush(QBrush(color, Qt.BrushStyle.BDiagPattern))
            painter.drawRoundedRect(outline, RADIUS, RADIUS)
            painter.setPen(QPen(color, 2))
            middle = place.center().y()
            painter.drawLine(QLineF(place.left() - 2, middle, place.right() + 2, middle))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def marquee(self, rect: QRectF) -> None:
        """The frame that chooses notes."""
        color = self._theme.color("accent")
        self._painter.setPen(QPen(color, 1))
        color.setAlphaF(0.14)
        self._painter.setBrush(color)
        self._painter.drawRect(rect)

    def empty_state(self, rect: QRectF, title: str, text: str) -> None:
        """What this place is for, and the first things to do."""
        painter, center = self._painter, Qt.AlignmentFlag.AlignCenter
        painter.setPen(self._theme.color("text_muted"))
        painter.setFont(font_large())
        painter.drawText(rect.adjusted(0, 0, 0, -32), center, title)
        painter.setFont(font_normal())
        painter.drawText(rect.adjusted(0, 32, 0, 0), center, text)

    def playhead(self, tick: float, top: float, bottom: float) -> None:
        """Where the music is."""
        x = self._crisp(self._geometry.x_of(tick))
        line = QRectF(x - 0.5, top, 1.5, bottom - top)
        self._painter.fillRect(line, self._theme.color("playhead"))


def grid_lines(
    geometry: RollGeometry, metre: Metre, grid: Grid, left: float, right: float
) -> list[tuple[float, str]]:
    """(tick, colour role) of the lines between two x: steps and beats where there is room."""
    first = metre.bar_of(max(0, int(geometry.tick_at(left))))
    last = metre.bar_of(max(0, int(geometry.tick_at(right))))
    lines: list[tuple[float, str]] = []
    every = bars_between_lines(geometry, metre)
    for bar in range(first - first % every, last + 1, every):
        start = metre.bar_start(bar)
        if every == 1:
            end = metre.bar_start(bar + 1)
            beat = 4 * geometry.ticks_per_beat / metre.signature_at(start).denominator
            step = grid.ticks(geometry.ticks_per_beat)
            for length, role in ((step, "grid_step"), (beat, "grid_beat")):
                if length * geometry.pixels_per_tick >= MIN_LINE_GAP:
                    count = int(np.ceil((end - start) / length))
                    lines += [(start + i * length, role) for i in range(1, count)]
        lines.append((start, "grid_bar"))
    return lines


def bars_between_lines(geometry: RollGeometry, metre: Metre, gap: float = MIN_LINE_GAP) -> int:
    """Every which bar there is room for a line (or, with a wider gap, a number): 1, 2, 4, 8, …."""
    at = max(0, int(geometry.left_tick))
    width = metre.signature_at(at).bar_ticks(geometry.ticks_per_beat) * geometry.pixels_per_tick
    every = 1
    while every * width < gap:
        every *= 2
    return every
