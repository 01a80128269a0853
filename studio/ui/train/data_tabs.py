"""What there is to know of a data set: its classes, its map, its splits."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QLabel, QTabWidget, QVBoxLayout, QWidget

from studio.training.data_splits import DataSplits
from studio.ui.theme import GRID, SPACE_M
from studio.ui.train.class_bars import ClassBars
from studio.ui.train.map_pane import MapPane
from studio.ui.train.split_table import SplitTable
from studio.ui.train.train_view_model import TrainViewModel

MAX_WARNINGS = 6
LEAST_HEIGHT = 38 * GRID


class DataTabs(QTabWidget):
    """Shows a report of `studio inspect`; splits are changed here."""

    def __init__(self, view_model: TrainViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("data_tabs")
        self.setAccessibleName(self.tr("The data"))
        self.setDocumentMode(True)
        self.setMinimumHeight(LEAST_HEIGHT)
        self.bars = ClassBars()
        self.warnings = QLabel()
        self.warnings.setObjectName("train_warnings")
        self.warnings.setProperty("kind", "warning")
        self.warnings.setWordWrap(True)
        self.map = MapPane()
        self.splits = SplitTable()
        self.addTab(self._classes(), self.tr("Classes"))
        self.addTab(self.map, self.tr("Map"))
        self.addTab(self.splits, self.tr("Splits"))
        self.splits.move_requested.connect(view_model.splits.move)
        self.splits.forget_requested.connect(view_model.splits.forget)
        view_model.splits.changed.connect(self._show_splits)
        view_model.state_changed.connect(self._on_state)

    def _classes(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, SPACE_M, 0, 0)
        column.setSpacing(SPACE_M)
        column.addWidget(self.bars)
        column.addWidget(self.warnings)
        column.addStretch(1)
        return page

    def show_report(self, report: dict[str, Any]) -> None:
        """Show what was found."""
        self.bars.show_classes(report["classes"])
        warnings = report["warnings"]
        shown = [f"\N{WARNING SIGN} {warning}" for warning in warnings[:MAX_WARNINGS]]
        if len(warnings) > MAX_WARNINGS:
            shown.append(self.tr("… and {0} more").format(len(warnings) - MAX_WARNINGS))
        self.warnings.setText("\n".join(shown))
        self.warnings.setVisible(bool(shown))
        self.map.show_report(report)
        self._show_splits(report)

    def _show_splits(self, report: dict[str, Any]) -> None:
        self.splits.show_splits(DataSplits(report), is_edited=bool(report.get("is_edited")))

    def _on_state(self, state: str) -> None:
        self.splits.set_editable(state in ("ready", "ended"))
        if state in ("running", "inspecting"):
            self.map.player.stop()
