"""Draws what the model expects: how likely each note is, and where one is missed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from models.notes import Note
from studio.ui.compose.expectation_view_model import ExpectationViewModel, Expected, MissedNote
from studio.ui.compose.roll_geometry import RollGeometry
from studio.ui.theme import theme

SURPRISING = 0.5  # a note less likely than this is marked as such
GAUGE = 3.0
MARK = 4.0
MAX_GAUGES = 700  # more of them nobody can read
LEAST_ROW = 6  # pixels: a lower row has no room for a gauge


class ExpectationPainter:
    """Paints a gauge under each note and a dotted place for each note that is missed.

    The gauge is as long as the note is likely. Surprising notes also get a wedge above them:
    colour alone tells nobody.
    """

    def __init__(self, expectation: ExpectationViewModel, geometry: RollGeometry) -> None:
        self._expectation, self._geometry = expectation, geometry

    def paint(self, painter: QPainter, rect_of: Callable[[Note], QRectF], rect: QRectF) -> None:
        """What is expected within `rect`; nothing while it is switched off."""
        if not self._expectation.is_on:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for missed in self._expectation.missed:
            self._missed(painter, rect_of(missed.note), missed, rect)
        for note, expected in self._within(rect):
            place = rect_of(note)
            if place.adjusted(0, -MARK, 0, MARK).intersects(rect):
                self._gauge(painter, place, expected)
        painter.restore()

    def _within(self, rect: QRectF) -> list[tuple[Note, Expected]]:
        """The judged notes at the times of `rect`; where they are too many, the surprising ones.

        The playhead has strips of the roll painted sixty times a second: most notes must cost
        no more than a comparison.
        """
        geometry = self._geometry
        first, last = geometry.tick_at(rect.left() - MARK), geometry.tick_at(rect.right() + MARK)
        rows = self._expectation.notes.items()
        found = [row for row in rows if row[0].start < last and row[0].end > first]
        if len(found) <= MAX_GAUGES and geometry.row_height >= LEAST_ROW:
            return found
        return [row for row in found if row[1].likelihood < SURPRISING]

    def _gauge(self, painter: QPainter, place: QRectF, expected: Expected) -> None:
        is_surprising = expected.likelihood < SURPRISING
        color = theme().color("warning" if is_surprising else "success")
        height = min(GAUGE, place.height() / 3)
        lane = QRectF(place.left(), place.bottom() - height, place.width(), height)
        painter.fillRect(lane, theme().color("surface_raised"))
        lane.setWidth(max(1.5, place.width() * expected.likelihood))
        painter.fillRect(lane, color)
        if is_surprising:
            painter.setPen(QPen(color, 1.6))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(place.adjusted(-0.5, -0.5, 0.5, 0.5), 2.5, 2.5)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            tip = QPointF(place.left() + MARK + 1, place.top())
            wedge = [tip, tip + QPointF(-MARK, -MARK), tip + QPointF(MARK, -MARK)]
            painter.drawPolygon(QPolygonF(wedge))

    def _missed(self, painter: QPainter, place: QRectF, missed: MissedNote, rect: QRectF) -> None:
        if not place.intersects(rect):
            return
        color = QColor(theme().color("accent"))
        fill = QColor(color)
        fill.setAlphaF(min(0.5, 0.5 * missed.probability))
        color.setAlphaF(min(1.0, 0.55 + 0.45 * missed.probability))
        painter.setPen(QPen(color, 1.2, Qt.PenStyle.DashLine))
        painter.setBrush(fill)
        painter.drawRoundedRect(place.adjusted(0.6, 0.6, -0.6, -0.6), 2.5, 2.5)
        painter.setPen(QPen(color, 1.4))
        x = place.left() + 4.0
        painter.drawLine(QLineF(x, place.top() + 2.5, x, place.bottom() - 2.5))
