"""The place Train: data, model, run, result, from left to right and top to bottom."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QGridLayout, QScrollArea, QVBoxLayout, QWidget

from studio.ui.theme import GRID, SPACE_M
from studio.ui.train.collect_view_model import CollectViewModel
from studio.ui.train.data_card import DataCard
from studio.ui.train.models_card import ModelsCard
from studio.ui.train.models_view_model import ModelsViewModel
from studio.ui.train.results_card import ResultsCard
from studio.ui.train.run_card import RunCard
from studio.ui.train.runs_card import RunsCard
from studio.ui.train.score_results_card import ScoreResultsCard
from studio.ui.train.settings_card import SettingsCard
from studio.ui.train.train_view_model import TrainViewModel


class TrainPanel(QWidget):
    """Lays the four steps out."""

    def __init__(
        self,
        view_model: TrainViewModel,
        models: ModelsViewModel,
        collect: CollectViewModel,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("train_panel")
        self.data_card = DataCard(view_model, collect)
        self.settings_card = SettingsCard(view_model)
        self.run_card = RunCard(view_model)
        self.runs_card = RunsCard(view_model, self.run_card)
        self.results_card = ResultsCard(view_model)
        self.score_card = self._make_score_card(view_model)
        self.models_card = ModelsCard(models)
        self.settings_card.start_requested.connect(view_model.start)
        self.settings_card.stop_requested.connect(view_model.stop)
        self.settings_card.pause_requested.connect(view_model.pause)
        content = QWidget()
        grid = QGridLayout(content)
        grid.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
        grid.setSpacing(SPACE_M)
        grid.addWidget(self.data_card, 0, 0)
        grid.addWidget(self.settings_card, 0, 1)
        grid.addWidget(self.run_card, 1, 0, 1, 2)
        grid.setColumnStretch(0, 1)
        grid.setRowStretch(1, 1)
        self.settings_card.setMinimumWidth(38 * GRID)
        grid.addWidget(self.runs_card, 2, 0, 1, 2)
        grid.addWidget(self.results_card, 3, 0, 1, 2)
        grid.addWidget(self.score_card, 4, 0, 1, 2)
        grid.addWidget(self.models_card, 5, 0, 1, 2)
        scroll = QScrollArea()
        scroll.setObjectName("train_scroll")
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(content)
        self._scroll = scroll
        self.results_card.shown.connect(self._show_results)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)

    def _make_score_card(self, view_model: TrainViewModel) -> ScoreResultsCard:
        self.runs_card.score_chosen.connect(self._show_score)
        view_model.state_changed.connect(lambda state: self._on_state(view_model, state))
        return ScoreResultsCard()

    def _on_state(self, view_model: TrainViewModel, state: str) -> None:
        """Of a score model, what was measured is in the run's report."""
        if state == "running":
            self.score_card.hide()
        elif state == "ended" and view_model.follower is not None:
            self.score_card.show_run(view_model.follower.folder)

    def _show_score(self, folder: Path) -> None:
        if self.score_card.show_run(folder):
            QTimer.singleShot(0, self, lambda: self._scroll.ensureWidgetVisible(self.score_card))

    def _show_results(self) -> None:
        """Bring the results into sight when they are laid out."""
        QTimer.singleShot(0, self, lambda: self._scroll.ensureWidgetVisible(self.results_card))
