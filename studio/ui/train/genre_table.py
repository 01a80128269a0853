"""The figures of each genre, as a table."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from studio.ui.theme import GRID, font_normal, tabular
from studio.ui.train.metric_words import with_interval

FIGURES = ("precision", "recall", "f1", "roc_auc")
ROW_HEIGHT = 3 * GRID


class GenreTable(QTableWidget):
    """A row a genre: clips, precision, recall, F1 and ROC AUC, with their 95 % intervals."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("genre_table")
        self.setAccessibleName(self.tr("Figures of each genre"))
        self.setStatusTip(self.tr("In brackets: the 95 % interval"))
        self.setFont(tabular(font_normal()))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        heads = {
            self.tr("Genre"): self.tr("What the clip is"),
            self.tr("Clips"): self.tr("How many were measured: of few, little is known"),
            self.tr("Precision"): self.tr("Of the clips called so, how many are"),
            self.tr("Recall"): self.tr("Of the clips that are so, how many were called so"),
            self.tr("F1"): self.tr("Precision and recall in one figure: their harmonic mean"),
            self.tr("ROC AUC"): self.tr(
                "How often a clip that is so is found likelier to be so than one that is not"
            ),
        }
        self.setColumnCount(len(heads))
        for column, (text, tip) in enumerate(heads.items()):
            head = QTableWidgetItem(text)
            head.setToolTip(tip)
            side = Qt.AlignmentFlag.AlignLeft if column == 0 else Qt.AlignmentFlag.AlignRight
            head.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
            self.setHorizontalHeaderItem(column, head)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setHighlightSections(False)

    def show_classes(self, classes: dict[str, dict[str, Any]]) -> None:
        """Show the `classes` of `studio evaluate --json`."""
        self.setRowCount(len(classes))
        for row, (label, figures) in enumerate(classes.items()):
            cells = [label, str(figures["support"])]
            cells += [with_interval(figures.get(n), figures.get(f"{n}_ci95")) for n in FIGURES]
            for column, text in enumerate(cells):
                item = QTableWidgetItem(text)
                if column:
                    item.setTextAlignment(
                        Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                    )
                self.setItem(row, column, item)
