"""The bars above the roll: their numbers, the playhead, and a click that moves it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPolygonF, QWheelEvent
from PySide6.QtWidgets import QWidget

from studio.ui.compose.roll_geometry import RollGeometry
from studio.ui.compose.roll_painter import bars_between_lines, grid_lines
from studio.ui.compose.roll_state import RollState, Snap
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.theme import font_small, tabular, theme

HEIGHT = 28
NUMBER_GAP = 44.0
_HEIGHTS = {"grid_bar": 12, "grid_beat": 6, "grid_step": 3}


class Ruler(QWidget):
    """Bar numbers in the metre of the song."""

    seek_requested = Signal(int)  # tick
    loop_requested = Signal(int, int)  # the first tick and the one after the last
    time_chosen = Signal(int, int)

    def __init__(
        self,
        view_model: ScoreViewModel,
        state: RollState,
        geometry: RollGeometry,
        position_ticks: Callable[[], float],
        loop: Callable[[], tuple[int, int] | None] = lambda: None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._view_model, self._state, self._roll_geometry = view_model, state, geometry
        self._position_ticks, self._loop = position_ticks, loop
        self._pressed_at = 0
        self.setObjectName("ruler")
        self.setAccessibleName(self.tr("Ruler"))
        self.setToolTip(self.tr("Click: playhead. Shift-drag: loop. Ctrl-drag: select"))
        self.setStatusTip(
            self.tr(
                "Click or drag to move the playhead. Shift-drag: what to repeat. "
                "Ctrl-drag: select what sounds there. Alt: off the grid"
            )
        )
        self.setFixedHeight(HEIGHT)
        for signal in (geometry.changed, view_model.song_changed, state.changed, theme().changed):
            signal.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(400, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, look = QPainter(self), theme()
        geometry, metre = self._roll_geometry, self._view_model.song.metre
        painter.fillRect(self.rect(), look.color("surface"))
        self._paint_loop(painter)
        lines = grid_lines(geometry, metre, self._state.grid, 0, self.width())
        for tick, role in lines:
            x, height = round(geometry.x_of(tick)), _HEIGHTS[role]
            painter.fillRect(QRectF(x, HEIGHT - height, 1, height), look.color("border_strong"))
        painter.setFont(tabular(font_small()))
        painter.setPen(look.color("text_muted"))
        every = bars_between_lines(geometry, metre, NUMBER_GAP)
        first = metre.bar_of(max(0, int(geometry.left_tick)))
        last = metre.bar_of(max(0, int(geometry.right_tick)))
        for bar in range(first - first % every, last + 1, every):
            left = geometry.x_of(metre.bar_start(bar))
            place = QRectF(left + 5, 2, NUMBER_GAP, HEIGHT - 8)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, str(bar + 1))
        painter.fillRect(QRectF(0, HEIGHT - 1, self.width(), 1), look.color("border"))
        self._paint_playhead(painter)

    def _paint_loop(self, painter: QPainter) -> None:
        loop = self._loop()
        if loop is None:
            return
        left, right = (self._roll_geometry.x_of(tick) for tick in loop)
        painter.fillRect(QRectF(left, 0, right - left, HEIGHT), theme().color("accent_soft"))
        painter.fillRect(QRectF(left, 0, right - left, 3), theme().color("accent"))

    def _paint_playhead(self, painter: QPainter) -> None:
        x = self._roll_geometry.x_of(self._position_ticks())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().color("playhead"))
        corners = (QPointF(x - 5, HEIGHT - 11), QPointF(x + 5, HEIGHT - 11), QPointF(x, HEIGHT - 2))
        painter.drawPolygon(QPolygonF(corners))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed_at = self._tick(event)
        self._follow(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons():
            self._follow(event)

    def _follow(self, event: QMouseEvent) -> None:
        """A plain drag moves the playhead; with Shift it draws the loop, with Ctrl it selects."""
        tick, held = self._tick(event), event.modifiers()
        first, last = sorted((self._pressed_at, tick))
        if held & Qt.KeyboardModifier.ShiftModifier:
            if last > first:
                self.loop_requested.emit(first, last)
                self.update()
        elif held & Qt.KeyboardModifier.ControlModifier:
            self.time_chosen.emit(first, last)
        else:
            self.seek_requested.emit(tick)

    def _tick(self, event: QMouseEvent) -> int:
        song = self._view_model.song
        is_free = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        step = 1.0 if is_free else max(1.0, self._state.grid.ticks(song.ticks_per_beat))
        tick = self._roll_geometry.tick_at(event.position().x())
        return Snap(song.metre, step).nearest(tick)

    def wheelEvent(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / 120
        self._roll_geometry.zoom_time(1.2**notches, event.position().x())
        event.accept()
