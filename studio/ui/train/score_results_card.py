"""Step 4 of a score model: what it mends, by set of pieces, and how likely it finds them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QLabel, QWidget

from studio.training.run_follower import REPORT_FILE
from studio.ui.theme import GRID, font_small
from studio.ui.train.card import Card
from studio.ui.train.row_table import RowTable

FIGURES = {
    "n_pieces": ("Pieces", "How many were measured: of few, little is known"),
    "removal_auc": (
        "Wrong notes found, AUC",
        "How often a wrong note is found likelier to be wrong than a right one: 0.5 is guessing",
    ),
    "addition_hit_at_k": (
        "Missing notes found",
        "Of the notes taken out, how many are among as many proposals",
    ),
    "corrupted_f1": ("F1 before repair", "How much of the spoilt piece is the true one: 1 is all"),
    "repair_f1": ("F1 after repair", "How much of the repaired piece is the true one: 1 is all"),
    "nll": ("Nats a frame", "How much each step surprises the model: less is better"),
}
SPLITS = {"test": "Test", "valid": "Validation"}
LIKELIHOODS = Path("figures", "likelihoods.png")
SET_COLUMN = 1  # names may be long
PICTURE_WIDTH = 80 * GRID


class ScoreResultsCard(Card):
    """The repair table and the likelihoods of a run; hidden while there are none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("train_score_results", parent)
        self.title.setText(self.tr("4  Result"))
        self.table = RowTable("repair_table")
        self.table.setAccessibleName(self.tr("What the model mends, by set of pieces"))
        self.table.setStatusTip(self.tr("Test pieces were never seen; validation chose the epoch"))
        heads = {
            self.tr("Measured on"): self.tr("Which split the pieces are from"),
            self.tr("Set"): self.tr("Which data set they are from"),
            **{self.tr(title): self.tr(tip) for title, tip in FIGURES.values()},
        }
        self.table.set_heads(heads, range(SET_COLUMN + 1, len(heads)), wide=(SET_COLUMN,))
        self.likelihoods = QLabel()
        self.likelihoods.setObjectName("likelihoods")
        self.likelihoods.setAccessibleName(self.tr("How likely the model finds the pieces"))
        self._settings = QLabel()
        self._settings.setProperty("kind", "muted")
        self._settings.setFont(font_small())
        self._settings.setWordWrap(True)
        for part in (self.table, self.likelihoods, self._settings):
            self.column.addWidget(part)
        self.hide()

    def show_run(self, folder: Path) -> bool:
        """Show what was measured of a run; False, and hidden, where nothing was."""
        report = _report(folder)
        rows = _rows(report.get("metrics", {}))
        self.setVisible(bool(rows))
        self.table.setRowCount(len(rows))
        for row, cells in enumerate(rows):
            for column, text in enumerate(cells):
                self.table.put(row, column, text)
        self.table.fit_height(len(rows))
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
