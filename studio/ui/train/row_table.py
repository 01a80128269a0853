"""The tables of Train: a row a thing, read and chosen as a whole, figures at the right."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from studio.ui.theme import GRID, font_normal, tabular

ROW_HEIGHT = 3 * GRID


def show_rows_whole(table: QTableView) -> None:
    """Have rows chosen as a whole, without a grid or numbers in front of them."""
    table.setFont(tabular(font_normal()))
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setShowGrid(False)
    table.setAlternatingRowColors(True)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)  # Tab leads on to what is done with the row
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
    table.horizontalHeader().setHighlightSections(False)


class RowTable(QTableWidget):
    """A table that is read; whoever lets a cell be changed says so."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._figures: Collection[int] = ()
        show_rows_whole(self)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)

    def set_heads(
        self, heads: Mapping[str, str], figures: Collection[int], wide: Collection[int]
    ) -> None:
        """Head the columns: title and tip of each, which hold figures, which share the room."""
        self._figures = figures
        self.setColumnCount(len(heads))
        for column, (text, tip) in enumerate(heads.items()):
            head = self._aligned(column, text)
            head.setToolTip(tip)
            self.setHorizontalHeaderItem(column, head)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        for column in wide:
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)

    def put(self, row: int, column: int, text: str) -> QTableWidgetItem:
        """Write a cell, figures below each other."""
        item = self._aligned(column, text)
        self.setItem(row, column, item)
        return item

    def _aligned(self, column: int, text: str) -> QTableWidgetItem:
        side = (
            Qt.AlignmentFlag.AlignRight if column in self._figures else Qt.AlignmentFlag.AlignLeft
        )
        item = QTableWidgetItem(text)
        item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        return item

    def fit_height(self, most_rows: int) -> None:
        """Be as high as the rows there are, up to so many."""
        n_rows = min(self.rowCount(), most_rows)
        self.setFixedHeight(ROW_HEIGHT * (n_rows + 1) + 2 * GRID)
