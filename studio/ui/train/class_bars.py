"""How much there is of each class, as bars."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.ui.theme import GRID, SPACE_M, font_small, tabular, theme

ROW = 20
MAX_ROWS = 12
NAME_WIDTH = 15 * GRID
VALUE_WIDTH = 15 * GRID


class ClassBars(QWidget):
    """A row a class: name, bar, items and minutes. The largest twelve."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("class_bars")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._rows: list[tuple[str, int, float]] = []
        theme().changed.connect(self.update)

    def show_classes(self, classes: dict[str, dict[str, float]]) -> None:
        """Show what `studio inspect` counted."""
        rows = [(name, int(row["items"]), row["seconds"]) for name, row in classes.items()]
        self._rows = sorted(rows, key=lambda row: -row[2])[:MAX_ROWS]
        words = ", ".join(f"{name}: {items} files" for name, items, _ in self._rows)
        self.setAccessibleName(self.tr("Classes: {0}").format(words))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(48 * GRID, max(1, len(self._rows)) * ROW)

    def minimumSizeHint(self) -> QSize:
        return QSize(36 * GRID, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(tabular(font_small()))
        metrics = QFontMetrics(painter.font())
        longest = max((seconds for _, _, seconds in self._rows), default=1.0) or 1.0
        width = max(1, self.width() - NAME_WIDTH - VALUE_WIDTH - 2 * SPACE_M)
        middle = Qt.AlignmentFlag.AlignVCenter
        for index, (name, items, seconds) in enumerate(self._rows):
            y = index * ROW
            painter.setPen(theme().color("text"))
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, NAME_WIDTH)
            painter.drawText(QRectF(0, y, NAME_WIDTH, ROW), middle, text)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme().color("note"))
            bar = QRectF(NAME_WIDTH + SPACE_M, y + 6, max(2.0, width * seconds / longest), ROW - 12)
            painter.drawRoundedRect(bar, 3, 3)
            painter.setPen(theme().color("text_muted"))
            value = QRectF(self.width() - VALUE_WIDTH, y, VALUE_WIDTH, ROW)
            words = self.tr("{0} files, {1:.1f} min").format(items, seconds / 60)
            painter.drawText(value, Qt.AlignmentFlag.AlignRight | middle, words)
