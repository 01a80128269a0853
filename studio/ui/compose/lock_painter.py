"""Marks the notes that no model may take away."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from models.notes import Note
from studio.ui.compose.note_painter import MAX_RECTANGLES
from studio.ui.compose.roll_geometry import RollGeometry
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.theme import theme

BODY, SHACKLE = 6.0, 2.2
LEAST_WIDTH, LEAST_HEIGHT = 16.0, 9.0


class LockPainter:
    """Paints a padlock at the end of each locked note; an edge where there is no room for one."""

    def __init__(self, score: ScoreViewModel, geometry: RollGeometry) -> None:
        self._score, self._geometry = score, geometry

    def paint(self, painter: QPainter, rect_of: Callable[[Note], QRectF], rect: QRectF) -> None:
        """The locked notes that touch `rect`, unless there are too many notes to tell apart."""
        locked, columns = self._score.locks.notes, self._score.score.columns
        if not locked:
            return
        first, last = self._geometry.tick_at(rect.left()), self._geometry.tick_at(rect.right())
        found = columns.within(first, last, 0, 127)
        if len(found) > MAX_RECTANGLES:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for note in locked.intersection(columns.notes(found)):
            self._mark(painter, rect_of(note))
        painter.restore()

    def _mark(self, painter: QPainter, place: QRectF) -> None:
        color, paper = theme().color("text"), theme().color("surface_raised")
        painter.setPen(QPen(color, 1.4))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(place.adjusted(0.7, 0.7, -0.7, -0.7), 2.5, 2.5)
        if place.width() < LEAST_WIDTH or place.height() < LEAST_HEIGHT:
            return
        body = QRectF(place.right() - BODY - 3, place.center().y() - 0.8, BODY, 4.2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(paper)
        painter.drawRoundedRect(body.adjusted(-1.5, -4.2, 1.5, 1.2), 2, 2)
        painter.setBrush(color)
        painter.drawRoundedRect(body, 1, 1)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(color, 1.2))
        arch = QRectF(body.center().x() - SHACKLE, body.top() - 3.2, 2 * SHACKLE, 6)
        painter.drawArc(arch, 0, 180 * 16)
