"""Step 4 of a score model: what it mends, by set of pieces, and how likely it finds them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.training.run_follower import REPORT_FILE
from studio.ui.theme import GRID, SPACE_M, font_bold, font_normal, font_small, tabular

FIGURES = {
    "n_pieces": "Pieces",
    "removal_auc": "Wrong notes found, AUC",
    "addition_hit_at_k": "Missing notes found",
    "corrupted_f1": "F1 before repair",
    "repair_f1": "F1 after repair",
    "nll": "Nats a frame",
}
SPLITS = {"test": "Test", "valid": "Validation"}
LIKELIHOODS = Path("figures", "likelihoods.png")
ROW_HEIGHT = 3 * GRID
SET_COLUMN = 1  # names may be long
PICTURE_WIDTH = 80 * GRID


class ScoreResultsCard(QFrame):
    """The repair table and the likelihoods of a run; hidden while there are none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("train_score_results")
        self.setProperty("kind", "card")
        title = QLabel(self.tr("4  Result"))
        title.setFont(font_bold())
        self.table = QTableWidget()
        self.table.setObjectName("repair_table")
        self.table.setAccessibleName(self.tr("What the model mends, by set of pieces"))
        self.table.setStatusTip(self.tr("Test pieces were never seen; validation chose the epoch"))
        self.table.setFont(tabular(font_normal()))
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setShowGrid(False)
        self.table.setAlternatingRowColors(True)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        heads = [self.tr("Measured on"), self.tr("Set"), *map(self.tr, FIGURES.values())]
        self.table.setColumnCount(len(heads))
        self.table.setHorizontalHeaderLabels(heads)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(SET_COLUMN, QHeaderView.ResizeMode.Stretch)
        self.likelihoods = QLabel()
        self.likelihoods.setObjectName("likelihoods")
        self.likelihoods.setAccessibleName(self.tr("How likely the model finds the pieces"))
        self._settings = QLabel()
        self._settings.setProperty("kind", "muted")
        self._settings.setFont(font_small())
        self._settings.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(SPACE_M)
        for part in (title, self.table, self.likelihoods, self._settings):
            column.addWidget(part)
        self.hide()

    def show_run(self, folder: Path) -> bool:
        """Show what was measured of a run; False, and hidden, where nothing was."""
        report = _report(folder)
        rows = _rows(report.get("metrics", {}))
        self.setVisible(bool(rows))
        self.table.setRowCount(len(rows))
        for row, cells in enumerate(rows):
            for column, text in enumerate(cells):
                item = QTableWidgetItem(text)
                if column > 1:
                    item.setTextAlignment(
                        Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                    )
                self.table.setItem(row, column, item)
        self.table.setFixedHeight(ROW_HEIGHT * (len(rows) + 1) + 2 * GRID)
        self._settings.setText(str(report.get("command", "")))
        picture = QPixmap(str(folder / LIKELIHOODS))
        self.likelihoods.setVisible(not picture.isNull())
        if not picture.isNull():
            ratio = self.devicePixelRatioF()
            smooth = Qt.TransformationMode.SmoothTransformation
            scaled = picture.scaledToWidth(round(PICTURE_WIDTH * ratio), smooth)
            scaled.setDevicePixelRatio(ratio)
            self.likelihoods.setPixmap(scaled)
        return bool(rows)


def _report(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads((folder / REPORT_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    is_score = isinstance(found, dict) and found.get("kind") in ("ar-cnn", "lstm")
    return found if is_score else {}


def _rows(metrics: dict[str, Any]) -> list[list[str]]:
    """A row for each split and set that was measured, the test split first."""
    return [
        [words, name, *(_cell(found.get(key)) for key in FIGURES)]
        for split, words in SPLITS.items()
        for name, found in sorted((metrics.get(split) or {}).items())
        if isinstance(found, dict) and "n_pieces" in found
    ]


def _cell(value: Any) -> str:
    if value is None:
        return "\N{EN DASH}"
    return str(value) if isinstance(value, int) else f"{value:.3f}"
