"""Draws suggestions: what would come is outlined, what would go is hatched and struck through."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from models.notes import Note
from studio.ui.compose.ghosts import GhostLike
from studio.ui.theme import theme

RADIUS = 2.5


class GhostPainter:
    """Paints ghosts where `rect_of` puts their notes. The surer the model, the stronger."""

    def __init__(self, painter: QPainter, rect_of: Callable[[Note], QRectF]) -> None:
        self._painter, self._rect_of, self._theme = painter, rect_of, theme()

    def paint(self, ghosts: Sequence[GhostLike], rect: QRectF) -> None:
        """Those of `ghosts` that touch `rect`."""
        for ghost in ghosts:
            place = self._rect_of(ghost.event.note)
            if place.intersects(rect):
                draw = self._added if ghost.event.action == "add" else self._removed
                draw(place, ghost.event.probability, ghost.is_accepted)

    def _added(self, place: QRectF, probability: float, is_accepted: bool) -> None:
        painter, color = self._painter, self._theme.color("ghost_added")
        fill = QColor(color)
        fill.setAlphaF((0.14 + 0.4 * min(1.0, max(0.0, probability))) if is_accepted else 0.0)
        style = Qt.PenStyle.SolidLine if is_accepted else Qt.PenStyle.DotLine
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
            painter.setPen(QPen(color, 2, Qt.PenStyle.DotLine))  # round the note: on paper
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(place.adjusted(-1.5, -1.5, 1.5, 1.5), RADIUS, RADIUS)
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
