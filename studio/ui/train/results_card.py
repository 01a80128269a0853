"""Step 4: how good a genre model is, in figures, curves and sounds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from studio.training.results import Results
from studio.ui.icons import icon
from studio.ui.theme import GRID, SPACE_M, font_small, tabular
from studio.ui.train.calibration_view import CalibrationView
from studio.ui.train.card import Card, describe
from studio.ui.train.clip_list import ClipList
from studio.ui.train.clip_player import ClipPlayer
from studio.ui.train.confusion_view import ConfusionView
from studio.ui.train.curve_panels import CurvePanels
from studio.ui.train.genre_table import GenreTable
from studio.ui.train.metric_words import figure_words
from studio.ui.train.train_view_model import TrainViewModel

TABS_HEIGHT = 50 * GRID


class ResultsCard(Card):
    """Shows what was measured, by split; hidden while there is nothing."""

    shown = Signal()

    def __init__(self, view_model: TrainViewModel, parent: QWidget | None = None) -> None:
        super().__init__("train_results", parent)
        self.title.setText(self.tr("4  Result"))
        self._view_model = view_model
        self._results: Sequence[Results] = ()
        self.player = ClipPlayer(self)
        self._figures = self._label("results_figures")
        self._settings = self._label("results_settings")
        self._settings.setProperty("kind", "muted")
        self._settings.setFont(font_small())
        self.split = QComboBox()
        self.split.setObjectName("results_split")
        self.split.setAccessibleName(self.tr("Measured on"))
        describe(
            self.split, self.tr("Test clips were never seen; validation clips chose the epoch")
        )
        self.split.activated.connect(self._show)
        self.tabs = QTabWidget()
        self.tabs.setObjectName("results_tabs")
        self.tabs.setAccessibleName(self.tr("Results"))
        self.tabs.setDocumentMode(True)
        self.tabs.setMinimumHeight(TABS_HEIGHT)
        self._make_tabs()
        self._lay_out()
        self.hide()
        view_model.results_loaded.connect(self.show_results)
        view_model.state_changed.connect(self._on_state)

    def _label(self, name: str) -> QLabel:
        label = QLabel()
        label.setObjectName(name)
        label.setWordWrap(True)
        return label

    def _make_tabs(self) -> None:
        self.table = GenreTable()
        self.confusion = ConfusionView()
        self.confusion.cell_chosen.connect(self._on_cell)
        self.clips = ClipList(self.player)
        self.roc = CurvePanels("roc_view", "AUC", is_rising=True)
        self.precision_recall = CurvePanels("precision_recall_view", "AP", is_rising=False)
        self.calibration = CalibrationView()
        heard = QWidget()
        row = QHBoxLayout(heard)
        row.setContentsMargins(0, SPACE_M, 0, 0)
        row.setSpacing(2 * GRID)
        row.addWidget(self.confusion, 3)
        row.addWidget(self.clips, 2)
        words = self.tr("A row is what a clip is, a column what the model said.")
        self._tab(heard, self.tr("Confusion"), words, is_scrolled=False)
        self._tab(self.table, self.tr("Genres"), "", is_scrolled=False)
        words = self.tr(
            "How many of a genre are found (up), and how many others are taken for it "
            "(right), as the threshold moves. Dotted: guessing."
        )
        self._tab(self.roc, self.tr("ROC"), words)
        words = self.tr(
            "How many of those called so are so (up), and how many of the genre are "
            "found (right), as the threshold moves. Dotted: guessing."
        )
        self._tab(self.precision_recall, self.tr("Precision and recall"), words)
        words = self.tr(
            "On the dotted line the model is right as often as it is sure. Lines: 95 % intervals."
        )
        self._tab(self.calibration, self.tr("Calibration"), words)

    def _tab(self, content: QWidget, title: str, words: str, *, is_scrolled: bool = True) -> None:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, SPACE_M, 0, 0)
        column.setSpacing(SPACE_M)
        if words:
            label = QLabel(words)
            label.setProperty("kind", "muted")
            label.setWordWrap(True)
            column.addWidget(label)
        if is_scrolled:
            scroll = QScrollArea()
            scroll.setWidget(content)
            scroll.setWidgetResizable(True)
            scroll.viewport().setAutoFillBackground(False)  # the card's ground shows
            content.setAutoFillBackground(False)
            column.addWidget(scroll, 1)
        else:
            column.addWidget(content, 1)
        self.tabs.addTab(page, title)

    def _lay_out(self) -> None:
        self._figures.setFont(tabular(self._figures.font()))
        self.head.addWidget(self.split)
        self.column.addWidget(self._figures)
        self.column.addWidget(self.tabs, 1)
        self.column.addWidget(self._settings)

    def show_results(self, results: Sequence[Results]) -> None:
        """Show what was measured."""
        self._results = results
        words = {"valid": self.tr("Validation"), "test": self.tr("Test")}
        self.split.clear()
        for each in results:
            name = words.get(each.split, each.split)
            self.split.addItem(self.tr("{0}: {1} clips").format(name, len(each.clips)))
        self.split.setVisible(len(results) > 1)
        self._show(0)
        self.show()
        self.shown.emit()

    def _show(self, index: int) -> None:
        results = self._results[index]
        self.player.data = self._view_model.data
        self._figures.setText(figure_words(results.metrics))
        self._settings.setText(results.settings.replace("\n", ", "))
        self.table.show_classes(results.metrics["classes"])
        self.confusion.show_confusion(results.labels, results.confusion)
        self.clips.show_clips("", [])
        self.roc.show_curves(results.roc)
        self.precision_recall.show_curves(results.precision_recall)
        self.calibration.show_bins(results.metrics["calibration"])

    def _on_cell(self, genre: str, predicted: str) -> None:
        results = self._results[max(0, self.split.currentIndex())]
        row, column = results.labels.index(genre), results.labels.index(predicted)
        self.player.data = self._view_model.data
        self.clips.show_clips(
            self.confusion.words((row, column)), results.of_cell(genre, predicted)
        )
        self.clips.play_first()

    def _on_state(self, state: str) -> None:
        if state in ("running", "inspecting"):
            self.player.stop()
        if state == "running":
            self.hide()


class EarlierResults(QPushButton):
    """Asks for the folder of an earlier run, or of `studio evaluate -o`, and has it shown."""

    def __init__(self, view_model: TrainViewModel) -> None:
        super().__init__(icon("folder"), "")
        self.setObjectName("train_earlier")
        self.setText(self.tr("Earlier results…"))
        self.setAccessibleName(self.text())
        describe(self, self.tr("Open the folder of an earlier run, or one of 'studio evaluate -o'"))
        self._view_model = view_model
        self.clicked.connect(self._choose)

    def _choose(self, _checked: Any = False) -> None:
        name = QFileDialog.getExistingDirectory(self, self.tr("Choose the folder of a run"))
        if name:
            self._view_model.measured.load(Path(name))
