"""What is being recorded, over the roll, before it is a part of the score."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from studio.score.take import Take
from studio.ui.compose.roll_geometry import RollGeometry
from studio.ui.record_view_model import RecordViewModel
from studio.ui.theme import theme

LEAST_WIDTH = 3.0
OPACITY = 0.75


class TakeView(QWidget):
    """Draws the notes of the take, and those that still sound up to the playhead."""

    def __init__(
        self,
        record: RecordViewModel,
        geometry: RollGeometry,
        roll: QWidget,
        color_number: Callable[[int], int],
    ) -> None:
        super().__init__(roll)
        self.setObjectName("take_view")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._record, self._roll_geometry, self._color_number = record, geometry, color_number
        self._drawn = QRect()
        record.notes_changed.connect(self._follow)
        geometry.changed.connect(self.update)
        roll.installEventFilter(self)
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self.setGeometry(watched.rect())
        return False

    def _follow(self) -> None:
        take, parent = self._record.take, self.parentWidget()
        if take is None or parent is None:
            self.hide()
            return
        if self.isHidden():
            self.setGeometry(parent.rect())
            self.show()
        before, self._drawn = self._drawn, self._bounds(take)
        self.update(before.united(self._drawn))

    def _bounds(self, take: Take) -> QRect:
        bounds = QRectF()
        for place in self._places(take):
            bounds = bounds.united(place)
        return bounds.toAlignedRect().adjusted(-2, -2, 2, 2)

    def _places(self, take: Take) -> Iterator[QRectF]:
        for note in take.notes:
            yield self._place(note.start, note.end, note.pitch)
        for pitch, start in take.sounding.items():
            yield self._place(start, max(start, self._record.heard_tick), pitch)

    def _place(self, start: float, end: float, pitch: int) -> QRectF:
        geometry = self._roll_geometry
        left, right = geometry.x_of(start), geometry.x_of(end)
        height = geometry.row_height - 1
        return QRectF(left, geometry.y_of(pitch), max(LEAST_WIDTH, right - left), height)

    def paintEvent(self, event: QPaintEvent) -> None:
        take = self._record.take
        if take is None:
            return
        painter, look = QPainter(self), theme()
        fill = QColor(look.track_color(self._color_number(take.track)))
        fill.setAlphaF(OPACITY)
        painter.setBrush(fill)
        painter.setPen(look.color("playhead"))
        for place in self._places(take):
            if place.intersects(QRectF(event.rect())):
                painter.drawRect(place)
