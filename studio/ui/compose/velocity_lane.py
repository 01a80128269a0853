"""How loud each note of the active track is: stems to drag, or a ramp to draw across them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from models.notes import Note
from studio.score.edits import replacing
from studio.ui.compose.roll_geometry import RollGeometry
from studio.ui.compose.roll_painter import blended
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.theme import font_small, theme

HEIGHT = 88
TOP, BOTTOM = 8, 4
MIN_HEAD_GAP = 6  # pixels a note; where there are fewer, stems have no heads
REACH = 5.0  # pixels beside a stem that still mean it


class VelocityLane(QWidget):
    """A drag sets the velocities it passes; a Shift-drag draws a straight ramp. One edit each."""

    def __init__(
        self, view_model: ScoreViewModel, geometry: RollGeometry, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._view_model, self._roll_geometry = view_model, geometry
        self._changed: dict[Note, int] = {}
        self._press: QPointF | None = None
        self._last = QPointF()
        self._ramp: QLineF | None = None
        self.setObjectName("velocity_lane")
        self.setAccessibleName(self.tr("Velocity"))
        self.setToolTip(self.tr("Drag to set how loud notes are; Shift: ramp, Ctrl: relative"))
        self.setStatusTip(
            self.tr(
                "Drag across the stems to set velocities. Shift-drag: ramp. Ctrl-drag: all louder "
                "or softer. Both: a growing change. Esc: as they were"
            )
        )
        self.setMinimumHeight(HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        signals = (view_model.edited, view_model.song_changed, view_model.selection_changed)
        for signal in (*signals, view_model.mix_changed, geometry.changed, theme().changed):
            signal.connect(self._repaint)

    def _repaint(self, _change: object = None) -> None:
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(400, HEIGHT)

    def _y_of(self, velocity: float) -> float:
        return TOP + (127 - velocity) / 127 * (self.height() - TOP - BOTTOM)

    def _velocity_at(self, y: float) -> int:
        share = 1 - (y - TOP) / (self.height() - TOP - BOTTOM)
        return min(127, max(1, round(share * 127)))

    def _notes_between(self, left: float, right: float) -> list[Note]:
        """The notes that start between two x: the chosen ones where some are chosen."""
        geometry, columns = self._roll_geometry, self._view_model.score.columns
        found = columns.starting(geometry.tick_at(left), geometry.tick_at(right))
        notes = columns.notes(found[columns.track[found] == self._view_model.active_track])
        selection = self._view_model.selection
        if any(note.track == self._view_model.active_track for note in selection):
            return [note for note in notes if note in selection]
        return notes

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._press = self._last = event.position()
            self._paint_over(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._press is not None:
            self._paint_over(event)

    def _paint_over(self, event: QMouseEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._change_by(event)
            return
        here = event.position()
        is_ramp = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        start = self._press if is_ramp and self._press is not None else self._last
        if is_ramp:
            self._changed.clear()
        line = QLineF(start, here)
        self._ramp = line if is_ramp else None
        for note in self._notes_between(
            min(start.x(), here.x()) - REACH, max(start.x(), here.x()) + REACH
        ):
            self._changed[note] = self._velocity_at(_y_on(line, self._x_of(note)))
        self._last = here
        self.update()

    def _change_by(self, event: QMouseEvent) -> None:
        """Louder or softer by as much as the mouse is higher; with Shift, growing on the way."""
        start, here = self._press or self._last, event.position()
        amount = self._velocity_at(here.y()) - self._velocity_at(start.y())
        grows = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        left, right = sorted((start.x(), here.x()))
        line = QLineF(QPointF(start.x(), 0), QPointF(here.x(), amount))
        self._changed.clear()
        for note in self._notes_between(left - REACH, right + REACH):
            part = _y_on(line, self._x_of(note)) if grows else amount
            self._changed[note] = min(127, max(1, round(note.velocity + part)))
        self._ramp = QLineF(start, here) if grows else None
        self._last = here
        self.update()

    def _x_of(self, note: Note) -> float:
        return self._roll_geometry.x_of(note.start)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        changed, self._changed = self._changed, {}
        self._press = self._ramp = None
        if changed:
            louder = [replace(note, velocity=velocity) for note, velocity in changed.items()]
            edit = replacing("Velocity", self._view_model.score, changed, louder)
            self._view_model.request(edit)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._press is not None:
            self._press = self._ramp = None
            self._changed.clear()
            self.update()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, look = QPainter(self), theme()
        painter.fillRect(self.rect(), look.color("surface_raised"))
        painter.setFont(font_small())
        for velocity in (127, 64):
            y = round(self._y_of(velocity))
            painter.fillRect(QRectF(0, y, self.width(), 1), look.color("grid_beat"))
        self._paint_stems(painter)
        if self._ramp is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(look.color("accent"), 1.5, Qt.PenStyle.DashLine))
            painter.drawLine(self._ramp)
        painter.fillRect(QRectF(0, 0, self.width(), 1), look.color("border"))

    def _paint_stems(self, painter: QPainter) -> None:
        geometry, view_model, look = self._roll_geometry, self._view_model, theme()
        columns = view_model.score.columns
        found = columns.starting(geometry.tick_at(-6), geometry.right_tick)
        found = found[columns.track[found] == view_model.active_track]
        color = look.track_color(view_model.color_number(view_model.active_track))
        if len(found) > self.width():  # more stems than pixels: only the loudest of each shows
            pixel = np.floor(columns.start[found] * geometry.pixels_per_tick)
            key = np.lexsort((columns.velocity[found], pixel))
            last = np.flatnonzero(np.diff(pixel[key], append=np.inf))
            found = found[key[last]]
        has_heads = len(found) < self.width() / MIN_HEAD_GAP
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, has_heads)
        for note in columns.notes(found):
            is_selected = note in view_model.selection
            velocity = self._changed.get(note, note.velocity)
            shade = blended(color, look.color("surface_raised"), 0.42 + 0.58 * velocity / 127)
            shade = look.color("note_selected") if is_selected else shade
            x, y = round(self._x_of(note)) + 1.0, self._y_of(velocity)
            width = 2 if has_heads else 1
            painter.fillRect(QRectF(x - 1, y, width, self.height() - y), shade)
            if not has_heads:
                continue
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color if is_selected else shade)
            if is_selected:
                painter.setPen(QPen(shade, 1.5))
            painter.drawEllipse(QPointF(x, y), 3.5, 3.5)


def _y_on(line: QLineF, x: float) -> float:
    """The height of `line` at `x`, its ends' beyond them."""
    if abs(line.dx()) < 1:
        return line.y2()
    share = min(1.0, max(0.0, (x - line.x1()) / line.dx()))
    return line.y1() + share * line.dy()
