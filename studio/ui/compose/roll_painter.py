"""Draws the paper of the roll: rows, grid, playhead. Knows colours, no mouse and no keys."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from models.tempo_map import Metre
from studio.score.scales import Scale
from studio.ui.compose.roll_scale import RollScale
from studio.ui.compose.roll_state import Grid
from studio.ui.theme import font_large, font_normal, theme

BLACK_KEYS = frozenset({1, 3, 6, 8, 10})
NAMES = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
MIN_LINE_GAP = 9.0


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


class RollPainter:
    """Paints all but the notes with one `QPainter`."""

    def __init__(self, painter: QPainter, geometry: RollScale, ratio: float) -> None:
        self._painter, self._geometry, self._ratio = painter, geometry, ratio
        self._theme = theme()

    def _crisp(self, value: float) -> float:
        """`value` moved to the nearest edge between two pixels of the screen."""
        return round(value * self._ratio) / self._ratio

    def paper(self, rect: QRectF, metre: Metre, grid: Grid, scale: Scale | None = None) -> None:
        """Rows in the two shades of the keys, and lines at steps, beats and bars."""
        self._rows(rect, scale)
        self._grid_lines(rect, metre, grid)
        end = self._geometry.x_of(self._geometry.end_tick)
        if end < rect.right():
            shade = self._theme.color("surface_sunken")
            shade.setAlphaF(0.45)
            left = max(rect.left(), self._crisp(end))
            self._painter.fillRect(
                QRectF(left, rect.top(), rect.right() - left, rect.height()), shade
            )

    def _rows(self, rect: QRectF, scale: Scale | None) -> None:
        """Shaded are the black keys, or what is outside the scale; its tonic is tinted."""
        shaded = BLACK_KEYS if scale is None else frozenset(range(12)) - scale.pitch_classes
        tonic = None if scale is None else scale.tonic
        geometry = self._geometry
        self._painter.fillRect(rect, self._theme.color("surface_raised"))
        high, low = geometry.pitch_at(rect.top()), geometry.pitch_at(rect.bottom())
        height, line = geometry.row_height, 1 / self._ratio
        roles = ("row_black", "row_tonic", "grid_step", "grid_beat")
        rects: dict[str, list[QRectF]] = {role: [] for role in roles}
        for pitch in range(low, high + 1):
            top, name = geometry.y_of(pitch), pitch % 12
            if name in shaded or name == tonic:
                role = "row_tonic" if name == tonic else "row_black"
                rects[role].append(QRectF(rect.left(), top, rect.width(), height))
            elif name == 0 or (name == 5 and height > 6):
                role = "grid_step" if name else "grid_beat"
                edge = QRectF(rect.left(), top + height - line, rect.width(), line)
                rects[role].append(edge)
        self._fill(rects)

    def _grid_lines(self, rect: QRectF, metre: Metre, grid: Grid) -> None:
        scale, left, ratio = self._geometry.pixels_per_tick, self._geometry.left_tick, self._ratio
        rects: dict[str, list[QRectF]] = {"grid_step": [], "grid_beat": [], "grid_bar": []}
        for tick, role in grid_lines(self._geometry, metre, grid, rect.left(), rect.right()):
            x = round((tick - left) * scale * ratio) / ratio
            rects[role].append(QRectF(x, rect.top(), 1 / ratio, rect.height()))
        self._fill(rects)

    def _fill(self, rects: dict[str, list[QRectF]]) -> None:
        """Rectangles by the role of their colour: one call for all of a colour."""
        self._painter.setPen(Qt.PenStyle.NoPen)
        for role, places in rects.items():
            self._painter.setBrush(self._theme.color(role))
            self._painter.drawRects(places)

    def marquee(self, outline: QPolygonF) -> None:
        """The frame, or the line, that chooses notes."""
        color = self._theme.color("accent")
        self._painter.setPen(QPen(color, 1))
        color.setAlphaF(0.14)
        self._painter.setBrush(color)
        self._painter.drawPolygon(outline, Qt.FillRule.WindingFill)

    def cell(self, tick: int, pitch: int, length: float) -> None:
        """The cursor of those who write by keys: a frame that stands out from notes and paper."""
        geometry = self._geometry
        left, right = self._crisp(geometry.x_of(tick)), self._crisp(geometry.x_of(tick + length))
        width = max(6.0, right - left)
        rect = QRectF(left, geometry.y_of(pitch), width, geometry.row_height).adjusted(-1, -1, 1, 1)
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        for role, size in (("surface_raised", 5.0), ("playhead", 2.5)):
            self._painter.setPen(QPen(self._theme.color(role), size))
            self._painter.drawRect(rect)

    def empty_state(self, rect: QRectF, title: str, text: str) -> None:
        """What this place is for, and the first things to do."""
        painter, center = self._painter, Qt.AlignmentFlag.AlignCenter
        card = QRectF(0, 0, 520, 104)
        card.moveCenter(rect.center())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._theme.color("border"))
        painter.setBrush(self._theme.color("surface_raised"))
        painter.drawRoundedRect(card, 8, 8)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
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
    geometry: RollScale, metre: Metre, grid: Grid, left: float, right: float
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


def bars_between_lines(geometry: RollScale, metre: Metre, gap: float = MIN_LINE_GAP) -> int:
    """Every which bar there is room for a line (or, with a wider gap, a number): 1, 2, 4, 8, …."""
    at = max(0, int(geometry.left_tick))
    width = metre.signature_at(at).bar_ticks(geometry.ticks_per_beat) * geometry.pixels_per_tick
    every = 1
    while every * width < gap:
        every *= 2
    return every
