"""The bars above the roll: their numbers, the playhead, and a click that moves it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPolygonF,
    QStatusTipEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QWidget

from studio.ui.compose.roll_geometry import RollGeometry
from studio.ui.compose.roll_painter import bars_between_lines, grid_lines
from studio.ui.compose.roll_state import RollState, Snap
from studio.ui.compose.ruler_region import Grip, grip_at, paint_region
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.theme import font_small, tabular, theme

HEIGHT = 28
NUMBER_GAP = 44.0
_HEIGHTS = {"grid_bar": 12, "grid_beat": 6, "grid_step": 3}
_CURSORS: dict[Grip | None, Qt.CursorShape] = {
    None: Qt.CursorShape.ArrowCursor,
    "first": Qt.CursorShape.SizeHorCursor,
    "last": Qt.CursorShape.SizeHorCursor,
    "whole": Qt.CursorShape.OpenHandCursor,
}
SHIFT = Qt.KeyboardModifier.ShiftModifier


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
        self.is_punch: Callable[[], bool] = lambda: False  # whether the loop is where one records
        self._pressed_at = 0
        self._grip: Grip | None = None
        self._held = (0, 0)  # the region as it was when it was taken hold of
        self._held_at = 0.0
        self.setObjectName("ruler")
        self.setAccessibleName(self.tr("Ruler"))
        self.setToolTip(self.tr("Click: playhead. Shift-drag: loop. Ctrl-drag: select"))
        self.setStatusTip(self._hint(None))
        self.setMouseTracking(True)
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
        edges = self._edges()
        if edges is not None:
            paint_region(painter, *edges, HEIGHT, is_punch=self.is_punch())

    def _edges(self) -> tuple[float, float] | None:
        """Where the loop begins and ends on the screen."""
        loop, x_of = self._loop(), self._roll_geometry.x_of
        return None if loop is None else (x_of(loop[0]), x_of(loop[1]))

    def _paint_playhead(self, painter: QPainter) -> None:
        x = self._roll_geometry.x_of(self._position_ticks())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().color("playhead"))
        corners = (QPointF(x - 5, HEIGHT - 11), QPointF(x + 5, HEIGHT - 11), QPointF(x, HEIGHT - 2))
        painter.drawPolygon(QPolygonF(corners))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed_at = self._tick(event)
        self._grip = self._grip_under(event)
        self._held = self._loop() or (0, 0)
        self._held_at = self._roll_geometry.tick_at(event.position().x())
        self._follow(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons():
            self._follow(event)
        else:
            self._say(self._grip_under(event))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grip = None

    def _grip_under(self, event: QMouseEvent) -> Grip | None:
        edges, held = self._edges(), event.modifiers()
        if edges is None or held & (SHIFT | Qt.KeyboardModifier.ControlModifier):
            return None
        return grip_at(*edges, event.position().x(), event.position().y())

    def _say(self, grip: Grip | None) -> None:
        """Tell what the mouse would do here."""
        self.setCursor(_CURSORS[grip])
        hint = self._hint(grip)
        if hint != self.statusTip():
            self.setStatusTip(hint)
            QApplication.sendEvent(self, QStatusTipEvent(hint))

    def _hint(self, grip: Grip | None) -> str:
        if grip is None:
            return self.tr(
                "Click or drag to move the playhead. Shift-drag: what to repeat. "
                "Ctrl-drag: select what sounds there. Alt: off the grid"
            )
        if self.is_punch():
            return {
                "first": self.tr("Drag: where recording begins. Alt: off the grid"),
                "last": self.tr("Drag: where recording ends. Alt: off the grid"),
                "whole": self.tr("Drag: move what is recorded. Alt: off the grid"),
            }[grip]
        return {
            "first": self.tr("Drag: where the loop begins. Alt: off the grid"),
            "last": self.tr("Drag: where the loop ends. Alt: off the grid"),
            "whole": self.tr("Drag: move the loop. Alt: off the grid"),
        }[grip]

    def _follow(self, event: QMouseEvent) -> None:
        """A plain drag moves the playhead; with Shift it draws the loop, with Ctrl it selects."""
        tick, held = self._tick(event), event.modifiers()
        first, last = sorted((self._pressed_at, tick))
        if self._grip is not None:
            self._ask_for(*self._dragged(self._grip, event))
        elif held & SHIFT:
            self._ask_for(first, last)
        elif held & Qt.KeyboardModifier.ControlModifier:
            self.time_chosen.emit(first, last)
        else:
            self.seek_requested.emit(tick)

    def _ask_for(self, first: int, last: int) -> None:
        if last > first and (first, last) != self._loop():
            self.loop_requested.emit(first, last)
            self.update()

    def _dragged(self, grip: Grip, event: QMouseEvent) -> tuple[int, int]:
        """The region as the drag makes it; an edge that passes the other takes its part."""
        first, last = self._held
        if grip == "whole":
            way = self._roll_geometry.tick_at(event.position().x()) - self._held_at
            start = self._snapped(first + way, event)
            return start, start + last - first
        ends = sorted((self._tick(event), last if grip == "first" else first))
        return ends[0], ends[1]

    def _tick(self, event: QMouseEvent) -> int:
        return self._snapped(self._roll_geometry.tick_at(event.position().x()), event)

    def _snapped(self, tick: float, event: QMouseEvent) -> int:
        song = self._view_model.song
        is_free = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        step = 1.0 if is_free else max(1.0, self._state.grid.ticks(song.ticks_per_beat))
        return Snap(song.metre, step).nearest(max(0.0, tick))

    def wheelEvent(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / 120
        self._roll_geometry.zoom_time(1.2**notches, event.position().x())
        event.accept()
