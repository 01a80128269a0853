"""What is drawn over the picture: octaves, overtones, pins and the readout."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from studio.ui.listen.frequency_axis import octave_hz
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.listen.picture_geometry import PictureGeometry
from studio.ui.listen.picture_marks import PictureMarks
from studio.ui.listen.picture_text import (
    FAINT_ALPHA,
    HAIR_ALPHA,
    INK,
    SHADE,
    draw_text,
    text_size,
    with_alpha,
)
from studio.ui.listen.readout import Place, describe
from studio.ui.theme import GRID, SPACE_M, font_normal, font_small, tabular

N_HARMONICS = 16
PIN_RADIUS = 4


class PictureOverlay:
    """Paints the marks of a picture."""

    def __init__(
        self, view_model: ListenViewModel, geometry: PictureGeometry, marks: PictureMarks
    ) -> None:
        self._view_model, self._geometry, self._marks = view_model, geometry, marks
        self._hair_line = with_alpha(INK, HAIR_ALPHA)

    def paint(self, painter: QPainter, live_hint: str, ink: QColor) -> None:
        """Draw everything; `live_hint` tells how to return to now, where one is not there."""
        geometry = self._geometry
        self._hair_line, faint_line = with_alpha(ink, HAIR_ALPHA), with_alpha(ink, FAINT_ALPHA)
        for hz in octave_hz(geometry.axis):
            painter.fillRect(QRectF(0, round(geometry.y(hz)), geometry.width, 1), faint_line)
        painter.setFont(tabular(font_normal()))
        if live_hint:
            draw_text(painter, QPointF(SPACE_M, SPACE_M), live_hint)
        for pin in self._marks.pins:
            self._draw_pin(painter, pin)
        place = self._marks.place
        text = "" if place is None else describe(self._view_model, place)
        if place is None or not text:
            return
        x, y = round(geometry.x(place.position)), round(geometry.y(place.hz))
        painter.fillRect(QRectF(0, y, geometry.width, 1), self._hair_line)
        painter.fillRect(QRectF(x, 0, 1, geometry.height), self._hair_line)
        if self._marks.has_harmonics:
            self._draw_harmonics(painter, place)
        self._draw_beside(painter, QPointF(x, y), text)

    def _draw_harmonics(self, painter: QPainter, place: Place) -> None:
        """Lines at the whole multiples of the frequency, with their numbers."""
        geometry = self._geometry
        painter.setFont(tabular(font_small()))
        lowest_y = geometry.y(place.hz)
        for number in range(2, N_HARMONICS + 1):
            hz = place.hz * number
            y = round(geometry.y(hz))
            if y < 0:
                break
            painter.fillRect(QRectF(0, y, geometry.width, 1), self._hair_line)
            if lowest_y - y >= 2 * GRID:
                lowest_y = y
                label = f"{number} · {hz:.0f} Hz"
                width = text_size(painter, label)[0]
                draw_text(painter, QPointF(geometry.width - width - SPACE_M, y - GRID), label)
        painter.setFont(tabular(font_normal()))

    def _draw_pin(self, painter: QPainter, pin: Place) -> None:
        at = QPointF(self._geometry.x(pin.position), self._geometry.y(pin.hz))
        if not QRectF(0, 0, self._geometry.width, self._geometry.height).contains(at):
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(INK, 2))
        painter.setBrush(SHADE)
        painter.drawEllipse(at, PIN_RADIUS, PIN_RADIUS)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self._draw_beside(painter, at, describe(self._view_model, pin))

    def _draw_beside(self, painter: QPainter, at: QPointF, text: str) -> None:
        width, height = text_size(painter, text)
        x, y = at.x(), at.y()
        left = x + GRID if x + GRID + width < self._geometry.width else x - GRID - width
        top = y - GRID - height if y > height + GRID else y + GRID
        draw_text(painter, QPointF(left, top), text)
