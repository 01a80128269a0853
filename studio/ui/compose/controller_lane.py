"""Controllers of the active track under the roll: drawn with the mouse, stepped by the grid."""

from __future__ import annotations

from bisect import bisect_right

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from studio.score.controllers import CONTROLLERS, Controller, Point, draw_points, points_of
from studio.score.score import Edit
from studio.ui.compose.roll_geometry import RollGeometry
from studio.ui.compose.roll_state import RollState, Snap
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.compose.velocity_lane import BOTTOM, HEIGHT, TOP
from studio.ui.theme import theme

FREE_STEPS = 32  # points a beat while Alt is held


class ControllerLane(QWidget):
    """A drag draws values, a right-drag takes them away. One edit each."""

    def __init__(
        self,
        view_model: ScoreViewModel,
        state: RollState,
        geometry: RollGeometry,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._view_model, self._state, self._roll_geometry = view_model, state, geometry
        self.controller = CONTROLLERS[0]
        self.points: list[Point] = []
        self._drawn: dict[int, int] = {}
        self._span: tuple[int, int] | None = None  # the ticks that the drag has passed
        self._last = QPointF()
        self._is_erasing = False
        self.setObjectName("controller_lane")
        self.setToolTip(self.tr("Drag to draw; right-drag to take away"))
        self.setStatusTip(
            self.tr("Drag to draw values. Right-drag: take away. Alt: finer. Esc: as it was")
        )
        self.setMinimumHeight(HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        view_model.edited.connect(self._on_edited)
        for signal in (view_model.song_changed, view_model.mix_changed):
            signal.connect(self._read)
        geometry.changed.connect(self.update)
        theme().changed.connect(self.update)
        self.show_controller(self.controller)

    def sizeHint(self) -> QSize:
        return QSize(400, HEIGHT)

    def show_controller(self, controller: Controller) -> None:
        """Show another controller."""
        self.controller = controller
        self.setAccessibleName(self.tr(controller.name))
        self._read()

    def _on_edited(self, edit: Edit) -> None:
        if edit.events_removed or edit.events_added:
            self._read()

    def _read(self) -> None:
        model = self._view_model
        has_track = model.active_track < model.n_tracks
        self.points = (
            points_of(model.song, model.tracks[model.active_track], self.controller)
            if has_track
            else []
        )
        self.update()

    def _value_at(self, y: float) -> int:
        share = 1 - (y - TOP) / (self.height() - TOP - BOTTOM)
        value = round(min(1.0, max(0.0, share)) * self.controller.highest)
        if self.controller.is_switch:
            return self.controller.highest if share >= 0.5 else 0
        return value

    def _y_of(self, value: float) -> float:
        share = 1 - value / self.controller.highest
        return TOP + share * (self.height() - TOP - BOTTOM)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            self._is_erasing = event.button() == Qt.MouseButton.RightButton
            self._last, self._span = event.position(), (1 << 62, -1)
            self._follow(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._span is not None:
            self._follow(event)

    def _follow(self, event: QMouseEvent) -> None:
        """Set each grid step between the last place and this one to the height of the way there."""
        snap, step = self._snap(event.modifiers())
        before, here = self._last, event.position()
        left, right = sorted((before, here), key=lambda point: point.x())
        first = snap.before(max(0.0, self._roll_geometry.tick_at(left.x())))
        last = snap.before(max(0.0, self._roll_geometry.tick_at(right.x())))
        tick = float(first)
        while tick <= last:
            x = min(right.x(), max(left.x(), self._roll_geometry.x_of(tick)))
            share = (x - left.x()) / (right.x() - left.x()) if right.x() > left.x() else 1.0
            y = left.y() + share * (right.y() - left.y()) if right.x() > left.x() else here.y()
            self._drawn[round(tick)] = self._value_at(y)
            tick += step
        low, high = self._span or (first, last)
        self._span = min(low, first), max(high, last + round(step) - 1)
        self._last = here
        self.update()

    def _snap(self, held: Qt.KeyboardModifier) -> tuple[Snap, float]:
        song = self._view_model.song
        step = self._state.grid.ticks(song.ticks_per_beat)
        if held & Qt.KeyboardModifier.AltModifier:
            step = song.ticks_per_beat / FREE_STEPS
        step = max(1.0, step)
        return Snap(song.metre, step), step

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        span, drawn = self._span, self._drawn
        self._span, self._drawn = None, {}
        model = self._view_model
        if span is not None and model.active_track < model.n_tracks:
            track = model.tracks[model.active_track]
            values = {} if self._is_erasing else drawn
            model.request(draw_points(model.song, track, self.controller, values, *span))
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._span is not None:
            self._span, self._drawn = None, {}
            self.update()
        else:
            super().keyPressEvent(event)

    def _shown(self) -> list[tuple[int, int]]:
        """(tick, value) of what is to be seen, the drag included."""
        span = self._span
        kept = [
            (point.tick, point.value)
            for point in self.points
            if span is None or not span[0] <= point.tick <= span[1]
        ]
        return sorted([*kept, *(() if self._is_erasing else self._drawn.items())])

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, look, geometry = QPainter(self), theme(), self._roll_geometry
        model = self._view_model
        painter.fillRect(self.rect(), look.color("surface_raised"))
        neutral = round(self._y_of(self.controller.neutral))
        painter.fillRect(QRectF(0, neutral, self.width(), 1), look.color("grid_beat"))
        shown = self._shown()
        ticks = [tick for tick, _ in shown]
        index = bisect_right(ticks, geometry.left_tick) - 1
        tick, value = shown[index] if index >= 0 else (0, self.controller.neutral)
        color = look.track_color(model.color_number(model.active_track))
        fill = QColor(color)
        fill.setAlphaF(0.25)
        for after, following in [*shown[index + 1 :], (1 << 62, 0)]:
            left = max(0.0, geometry.x_of(max(tick, 0)))
            right = min(float(self.width()), geometry.x_of(min(after, geometry.right_tick + 1)))
            y = self._y_of(value)
            top, bottom = sorted((y, float(neutral)))
            painter.fillRect(QRectF(left, top, right - left, bottom - top), fill)
            painter.fillRect(QRectF(left, round(y), right - left, 2), color)
            if geometry.x_of(after) > self.width():
                break
            tick, value = after, following
        painter.fillRect(QRectF(0, 0, self.width(), 1), look.color("border"))
