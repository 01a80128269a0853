"""The runs there are: to compare, to go on with, to look at again."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from studio.training.results import has_results
from studio.training.run_follower import REPORT_FILE
from studio.training.run_list import RunSummary
from studio.ui.theme import font_small
from studio.ui.train.card import Card, enable
from studio.ui.train.run_card import RunCard
from studio.ui.train.runs_table import MOST_COMPARED, RunsTable
from studio.ui.train.train_view_model import MODEL_KIND, TrainViewModel

REFRESH_MS = 3000
MOST_ROWS = 8


class RunsCard(Card):
    """The table of runs, and what can be done with the one that has the cursor."""

    score_chosen = Signal(object)  # the folder of a score model's run

    def __init__(
        self, view_model: TrainViewModel, run_card: RunCard, parent: QWidget | None = None
    ) -> None:
        super().__init__("train_runs", parent)
        self.title.setText(self.tr("Runs"))
        self._view_model = view_model
        self._run_card = run_card
        self._hint = QLabel(
            self.tr("Tick up to {0} runs to draw their curves over each other.").format(
                MOST_COMPARED
            )
        )
        self._hint.setProperty("kind", "muted")
        self._hint.setFont(font_small())
        self.table = RunsTable()
        self.table.installEventFilter(self)
        self.table.compared.connect(run_card.compare)
        self.table.chosen.connect(self._on_chosen)
        self.table.cellDoubleClicked.connect(lambda row, column: self._open())
        self.resume = self._button("runs_resume", self.tr("Go on"))
        self.resume.clicked.connect(self._resume)
        self.open = self._button("runs_open", self.tr("Show result"))
        self.open.clicked.connect(self._open)
        self.head.insertWidget(1, self._hint)
        self.head.addWidget(self.open)
        self.head.addWidget(self.resume)
        self.column.addWidget(self.table)
        self._timer = QTimer(self, interval=REFRESH_MS)
        self._timer.timeout.connect(view_model.shelf.refresh)
        view_model.shelf.listed.connect(self.show_runs)
        view_model.state_changed.connect(lambda _: self._on_state())
        self.hide()

    def _button(self, name: str, text: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAccessibleName(text)
        return button

    def show_runs(self, runs: Sequence[RunSummary]) -> None:
        """Show the runs; hidden while there are none."""
        self.table.show_runs(runs)
        self.table.fit_height(MOST_ROWS)
        self.setVisible(bool(runs))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._on_state()

    def _on_state(self) -> None:
        """While one runs, the table follows."""
        if self._view_model.state in ("running", "stopping"):
            self._timer.start()
        else:
            self._timer.stop()
        self._on_chosen(self.table.current)

    def _on_chosen(self, run: RunSummary | None) -> None:
        is_free = self._view_model.state not in ("running", "stopping")
        nothing = "" if run else self.tr("Choose a run first")
        busy = "" if is_free else self.tr("One training at a time: stop or pause the other first")
        over = "" if run and run.can_resume else self.tr("It has come to its end")
        enable(
            self.resume, self.tr("Take the run up again where it was left"), nothing or busy or over
        )
        is_measured = run is not None and (has_results(run.folder) or _has_report(run))
        unknown = "" if is_measured else self.tr("It has left no result")
        enable(self.open, self.tr("What was measured of its model (Return)"), nothing or unknown)

    def _resume(self) -> None:
        run = self.table.current
        if run is not None:
            self._view_model.resume(run)

    def _open(self) -> None:
        run = self.table.current
        if run is None or not self.open.isEnabled():
            return
        if _has_report(run):
            self.score_chosen.emit(run.folder)
        else:
            self._view_model.measured.load(run.folder)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        is_mine = watched is self.table and event.type() == QEvent.Type.KeyPress
        if is_mine and isinstance(event, QKeyEvent) and self._takes(Qt.Key(event.key())):
            return True
        return super().eventFilter(watched, event)

    def _takes(self, key: Qt.Key) -> bool:
        if key == Qt.Key.Key_Space:
            self.table.toggle_compared()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open()
        else:
            return False
        return True


def _has_report(run: RunSummary) -> bool:
    """Whether a score model's run has left what was measured."""
    return MODEL_KIND.get(run.kind) == "score" and (run.folder / REPORT_FILE).is_file()
