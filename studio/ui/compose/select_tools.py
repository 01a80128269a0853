"""Gestures that choose notes: a frame, or a line drawn round them. Neither ever snaps."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPolygonF

from models.notes import Note
from studio.score.note_batch import as_set
from studio.score.note_columns import Bools
from studio.score.note_keys import Ints
from studio.ui.compose.roll_tools import Gesture, RollContext, RollPoint

Numbers = NDArray[np.floating[Any]]


class Marquee(Gesture):
    """Choose every note that the frame touches."""

    hint = "Choose the notes in the frame. Shift: add to the chosen ones. Ctrl: in or out"

    def follow(self, point: RollPoint) -> None:
        self.marquee = QPolygonF(QRectF(self.press.position, point.position).normalized())

    def release(self) -> None:
        view_model = self.context.view_model
        inside = self._inside()
        if self.press.holds(Qt.KeyboardModifier.ControlModifier):
            view_model.select(view_model.selection ^ inside)
        elif self.press.holds(Qt.KeyboardModifier.ShiftModifier):
            view_model.select(view_model.selection | inside)
        else:
            view_model.select(inside)

    def _inside(self) -> Set[Note]:
        if self.marquee is None:
            return frozenset()
        columns, found = self.context.view_model.score.columns, self._found()
        is_found = np.zeros(len(columns), dtype=np.bool_)
        is_found[self.context.reached(found)] = True
        return as_set(columns.where(is_found))

    def _found(self) -> Ints:
        """The rows of the notes that touch the frame of what was drawn."""
        geometry, columns = self.context.geometry, self.context.view_model.score.columns
        frame = self.marquee.boundingRect() if self.marquee is not None else QRectF()
        return columns.within(
            geometry.tick_at(frame.left()),
            geometry.tick_at(frame.right()),
            geometry.pitch_at(frame.bottom()),
            geometry.pitch_at(frame.top()),
        )


class Lasso(Marquee):
    """Choose every note that a line drawn by hand goes round or through."""

    hint = "Draw round the notes to choose. Shift: add to the chosen ones. Ctrl: in or out"

    def __init__(self, context: RollContext, press: RollPoint) -> None:
        super().__init__(context, press)
        self._way = [press.position]

    def follow(self, point: RollPoint) -> None:
        self._way.append(QPointF(point.position))
        self.marquee = QPolygonF(self._way)

    def _found(self) -> Ints:
        found, columns = super()._found(), self.context.view_model.score.columns
        return found[self._touches(columns.start[found], columns.ends[found], columns.pitch[found])]

    def goes_round(self, notes: Sequence[Note]) -> list[int]:
        """The indices of those of `notes` that the line goes round or through."""
        if self.marquee is None or not notes:
            return []
        table = np.array([(n.start, n.end, n.pitch) for n in notes], dtype=np.int64)
        found: list[int] = np.flatnonzero(self._touches(*table.T)).tolist()
        return found

    def _touches(self, start: Ints, end: Ints, pitch: Ints) -> Bools:
        geometry = self.context.geometry
        middle = geometry.row_height / 2
        y = (127 - pitch) * geometry.row_height - geometry.scroll_y + middle
        scale, origin = geometry.pixels_per_tick, geometry.left_tick
        left, right = (start - origin) * scale, (end - origin) * scale
        is_seen = (right > 0) & (left < geometry.width) & (y >= 0) & (y < geometry.height)
        return is_seen & self._is_round(left, right, y)

    def _is_round(self, left: Numbers, right: Numbers, y: Numbers) -> Bools:
        """Whether the line goes round any point of each of some level stretches."""
        width, height = self.context.geometry.width, self.context.geometry.height
        inside = _filled(self.marquee or QPolygonF(), width, height)
        counts = np.zeros((height, width + 1), dtype=np.int32)
        np.cumsum(inside, axis=1, out=counts[:, 1:])
        row = np.clip(y, 0, height - 1).astype(np.int64)
        first = np.clip(np.floor(left), 0, width - 1).astype(np.int64)
        last = np.clip(np.ceil(right), first + 1, width).astype(np.int64)
        is_round: Bools = counts[row, last] > counts[row, first]
        return is_round


def _filled(polygon: QPolygonF, width: int, height: int) -> Bools:
    """The pixels inside `polygon`, or on its line."""
    image = QImage(width, height, QImage.Format.Format_Grayscale8)
    image.fill(0)
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    path.addPolygon(polygon)
    painter = QPainter(image)
    painter.setBrush(Qt.GlobalColor.white)
    painter.setPen(Qt.GlobalColor.white)
    painter.drawPath(path)
    painter.end()
    stride = image.bytesPerLine()
    pixels = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(height, stride)
    return pixels[:, :width] > 0
