"""The figures of each genre, as a table."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from studio.ui.train.metric_words import with_interval
from studio.ui.train.row_table import RowTable

FIGURES = ("precision", "recall", "f1", "roc_auc")


class GenreTable(RowTable):
    """A row a genre: clips, precision, recall, F1 and ROC AUC, with their 95 % intervals."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("genre_table", parent)
        self.setAccessibleName(self.tr("Figures of each genre"))
        self.setStatusTip(self.tr("In brackets: the 95 % interval"))
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
        self.set_heads(heads, figures=range(1, len(heads)), wide=(0,))

    def show_classes(self, classes: dict[str, dict[str, Any]]) -> None:
        """Show the `classes` of `studio evaluate --json`."""
        self.setRowCount(len(classes))
        for row, (label, figures) in enumerate(classes.items()):
            cells = [label, str(figures["support"])]
            cells += [with_interval(figures.get(n), figures.get(f"{n}_ci95")) for n in FIGURES]
            for column, text in enumerate(cells):
                self.put(row, column, text)
