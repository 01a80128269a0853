"""The confusion matrix: which genre was taken for which, to click on."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from studio.ui.theme import GRID, SPACE_M, SPACE_S, font_small, tabular, theme
from studio.ui.train.picking_view import PickingView

LEAST_CELL, MOST_CELL = 20, 34
SLANT = 45.0
LIGHT_TEXT_BELOW = 0.45  # luminance of the cell under the count
Cell = tuple[int, int]  # row, column
ARROWS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class ConfusionView(PickingView[Cell]):
    """Counts by true genre (rows) and said genre (columns); the share of a row is its colour."""

    cell_chosen = Signal(str, str)  # true, said

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("confusion_view")
        self.setStatusTip(self.tr("Click a cell to hear its clips (arrow keys and Return)"))
        self._labels: tuple[str, ...] = ()
        self._counts: list[list[int]] = []
        self._cursor = (0, 0)
        self._name_cell()
        theme().changed.connect(self.update)

    def show_confusion(self, labels: Sequence[str], counts: list[list[int]]) -> None:
        """Show a matrix; its largest mistake is the cell to begin with."""
        self._labels, self._counts = tuple(labels), counts
        n = len(labels)
        cells = [(row, column) for row in range(n) for column in range(n)]
        self._cursor = max(cells, key=lambda c: (c[0] != c[1], counts[c[0]][c[1]]), default=(0, 0))
        self._name_cell()
        self.updateGeometry()
        self.update()

    @property
    def cell(self) -> tuple[str, str]:
        """True and said genre of the cell with the cursor."""
        row, column = self._cursor
        return self._labels[row], self._labels[column]

    def words(self, part: Cell) -> str:
        """What a cell says."""
        row, column = part
        count, total = self._counts[row][column], sum(self._counts[row])
        true, said = self._labels[row], self._labels[column]
        if row == column:
            return self.tr("{0} named rightly: {1} of {2} clips").format(true, count, total)
        return self.tr("{0} taken for {1}: {2} of {3} clips").format(true, said, count, total)

    def sizeHint(self) -> QSize:
        side = MOST_CELL * len(self._labels)
        return QSize(round(side + self._margin_left()), round(side + self._margin_bottom()))

    def minimumSizeHint(self) -> QSize:
        side = LEAST_CELL * len(self._labels)
        return QSize(round(side + self._margin_left()), round(side + self._margin_bottom()))

    def _longest(self) -> int:
        metrics = QFontMetrics(font_small())
        return max((metrics.horizontalAdvance(label) for label in self._labels), default=0)

    def _margin_left(self) -> float:
        return self._longest() + 2 * SPACE_M

    def _margin_bottom(self) -> float:
        return self._longest() / sqrt(2) + 3 * GRID

    def _side(self) -> float:
        n = max(1, len(self._labels))
        width = self.width() - self._margin_left() - GRID
        height = self.height() - self._margin_bottom()
        return max(4.0, min(MOST_CELL, width / n, height / n))

    def cell_rect(self, row: int, column: int) -> QRectF:
        """Where a cell is."""
        side = self._side()
        return QRectF(self._margin_left() + column * side, row * side, side - 1, side - 1)

    def part_at(self, place: QPointF) -> Cell | None:
        """The cell there."""
        side, n = self._side(), len(self._labels)
        column, row = int((place.x() - self._margin_left()) // side), int(place.y() // side)
        return (row, column) if 0 <= row < n and 0 <= column < n else None

    def _name_cell(self) -> None:
        words = self.words(self._cursor) if self._labels else self.tr("Nothing measured yet")
        self.setAccessibleName(self.tr("Confusion matrix. {0}").format(words))

    def choose(self, part: Cell) -> None:
        """Put the cursor on a cell; `cell_chosen` follows."""
        self._cursor = part
        self._name_cell()
        self.update()
        self.cell_chosen.emit(*self.cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        n, key = len(self._labels), Qt.Key(event.key())
        if key in ARROWS and n:
            rows, columns = ARROWS[key]
            row, column = self._cursor
            self._cursor = (min(max(0, row + rows), n - 1), min(max(0, column + columns), n - 1))
            self._name_cell()
            self.update()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and n:
            self.choose(self._cursor)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(tabular(font_small()))
        for row in range(len(self._labels)):
            self._draw_row(painter, row)
        for column, label in enumerate(self._labels):
            self._draw_said(painter, column, label)
        if self._labels:
            self._draw_frame(painter, self._cursor, "text", 2.0 if self.hasFocus() else 1.2)
        if self._hovered is not None:
            self._draw_frame(painter, self._hovered, "accent", 1.2)

    def _draw_row(self, painter: QPainter, row: int) -> None:
        total = max(1, sum(self._counts[row]))
        first = self.cell_rect(row, 0)
        box = QRectF(0, first.top(), self._margin_left() - SPACE_M, first.height())
        painter.setPen(theme().color("text"))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(box, right, self._labels[row])
        for column, count in enumerate(self._counts[row]):
            ground = _shade(count / total)
            cell = self.cell_rect(row, column)
            painter.fillRect(cell, ground)
            if count:
                is_dark = ground.lightnessF() < LIGHT_TEXT_BELOW
                painter.setPen(QColor("white") if is_dark else QColor("black"))
                painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, str(count))

    def _draw_said(self, painter: QPainter, column: int, label: str) -> None:
        below = self.cell_rect(len(self._labels) - 1, column)
        width = QFontMetrics(painter.font()).horizontalAdvance(label)
        painter.save()
        painter.translate(below.center().x() + SPACE_S, below.bottom() + SPACE_M)
        painter.rotate(-SLANT)
        painter.setPen(theme().color("text"))
        painter.drawText(QPointF(-width, SPACE_M), label)
        painter.restore()

    def _draw_frame(self, painter: QPainter, cell: Cell, role: str, width: float) -> None:
        painter.setPen(QPen(theme().color(role), width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(self.cell_rect(*cell))


def _shade(share: float) -> QColor:
    """From the ground of the card to the colour of notes."""
    ground, full = theme().color("surface_sunken"), theme().color("note")

    def mixed(one: int, other: int) -> int:
        return round(one + (other - one) * share)

    return QColor(
        mixed(ground.red(), full.red()),
        mixed(ground.green(), full.green()),
        mixed(ground.blue(), full.blue()),
    )
