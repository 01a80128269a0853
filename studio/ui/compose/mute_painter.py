"""Marks the notes that are not heard: hollow, with a cross."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from models.notes import Note
from studio.score.note_batch import columns_of
from studio.ui.compose.note_painter import MAX_RECTANGLES
from studio.ui.compose.roll_geometry import RollGeometry
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.theme import theme

RADIUS = 2.5
LEAST_WIDTH = 14.0


class MutePainter:
    """Empties silent notes, and crosses them out where there is room for a cross."""

    def __init__(self, score: ScoreViewModel, geometry: RollGeometry) -> None:
        self._score, self._geometry = score, geometry

    def paint(self, painter: QPainter, rect_of: Callable[[Note], QRectF], rect: QRectF) -> None:
        """The silent notes that touch `rect`, unless there are too many notes to tell apart."""
        muted = self._score.song.muted
        if not muted:
            return
        columns, geometry = columns_of(muted), self._geometry
        first, last = geometry.tick_at(rect.left()), geometry.tick_at(rect.right())
        found = columns.within(first, last, 0, 127)
        if len(found) > MAX_RECTANGLES:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for note in columns.notes(found):
            self._mark(painter, rect_of(note), is_chosen=note in self._score.selection)
        painter.restore()

    def _mark(self, painter: QPainter, place: QRectF, *, is_chosen: bool) -> None:
        role, width = ("note_selected", 2.0) if is_chosen else ("text_muted", 1.0)
        color, half = theme().color(role), width / 2
        painter.setPen(QPen(color, width))
        painter.setBrush(theme().color("surface_raised"))
        painter.drawRoundedRect(place.adjusted(half, half, -half, -half), RADIUS, RADIUS)
        if place.width() < LEAST_WIDTH or place.height() < 8:
            return
        arm = min(3.0, place.height() / 4)
        at, middle = place.left() + 5 + arm, place.center().y()
        painter.setPen(QPen(color, 1.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(QLineF(at - arm, middle - arm, at + arm, middle + arm))
        painter.drawLine(QLineF(at - arm, middle + arm, at + arm, middle - arm))
