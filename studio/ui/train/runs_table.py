"""The runs there are, as a table: what was asked, how far each came, how good it is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QTableWidgetItem, QWidget

from studio.training.run_list import RunSummary
from studio.ui.train.metric_words import NAMES, duration_words
from studio.ui.train.row_table import RowTable

MOST_COMPARED = 6  # more curves than that are told apart by nobody
COMPARE, NAME, ASKED, EPOCHS, LOSS, METRIC, TIME, STANDING = range(8)
FIGURES = (EPOCHS, LOSS, METRIC, TIME)


class RunsTable(RowTable):
    """A row a run; the box in front draws its curve beside the others."""

    compared = Signal(object)  # list of RunSummary whose curves are wanted
    chosen = Signal(object)  # RunSummary or None: the row with the cursor

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("runs_table", parent)
        self.setAccessibleName(self.tr("Runs"))
        self.setStatusTip(self.tr("Space draws a run's curve beside the others"))
        self._words = {
            "running": self.tr("running"),
            "done": self.tr("done"),
            "paused": self.tr("paused"),
            "stopped": self.tr("stopped"),
            "failed": self.tr("failed"),
            "interrupted": self.tr("cut off"),
        }
        self.set_heads(self._heads(), FIGURES, wide=(NAME, ASKED))
        self._runs: list[RunSummary] = []
        self._compared: set[Path] = set()
        self.itemChanged.connect(self._on_checked)
        self.itemSelectionChanged.connect(lambda: self.chosen.emit(self.current))

    def _heads(self) -> dict[str, str]:
        return {
            "": self.tr("Draw the curve of this run, too"),
            self.tr("Run"): self.tr("When it was started, and what was trained"),
            self.tr("Settings"): self.tr("The preset, and what was changed in it"),
            self.tr("Best epoch"): self.tr("The epoch whose model was kept, of those trained"),
            self.tr("Loss"): self.tr("The validation loss of that epoch: lower is better"),
            self.tr("Figure"): self.tr("The main figure of that epoch on the validation data"),
            self.tr("Time"): self.tr("How long it has trained"),
            self.tr("State"): self.tr("Whether it goes on, is over, or can be gone on with"),
        }

    @property
    def current(self) -> RunSummary | None:
        """The run with the cursor."""
        row = self.currentRow()
        is_one = 0 <= row < len(self._runs) and bool(self.selectedItems())
        return self._runs[row] if is_one else None

    def show_runs(self, runs: Sequence[RunSummary]) -> None:
        """Show these, the cursor and the compared ones kept."""
        current = self.current.folder if self.current else None
        with QSignalBlocker(self):
            self._runs = list(runs)
            self.setRowCount(len(runs))
            for row, run in enumerate(runs):
                self._fill(row, run)
            rows = [row for row, run in enumerate(runs) if run.folder == current]
            if rows:
                self.selectRow(rows[0])
        self.chosen.emit(self.current)
        self._tell_compared()

    def _fill(self, row: int, run: RunSummary) -> None:
        state = run.state
        name, value = run.metric or ("", None)
        figure = "" if value is None else f"{NAMES.get(name, name)} {value:.2f}"
        best = f"{state.best_epoch}" if state.best_epoch else "\N{EN DASH}"
        loss = "\N{EN DASH}" if state.best_loss is None else f"{state.best_loss:.3f}"
        cells = [
            "",
            run.name,
            run.changed_words,
            self.tr("{0} of {1}").format(best, state.epoch),
            loss,
            figure,
            duration_words(state.seconds),
            self._words[run.standing],
        ]
        for column, text in enumerate(cells):
            item = self.put(row, column, text)
            item.setToolTip(self._tip(run))
            if column == COMPARE:
                is_on = run.folder in self._compared
                item.setCheckState(Qt.CheckState.Checked if is_on else Qt.CheckState.Unchecked)
                words = self.tr("Compare {0}").format(run.name)
                item.setData(Qt.ItemDataRole.AccessibleTextRole, words)

    def _tip(self, run: RunSummary) -> str:
        parts = [run.name, run.changed_words, str(run.data), self.tr("seed {0}").format(run.seed)]
        return "\n".join([*parts, *filter(None, [run.state.message])])

    def _on_checked(self, item: QTableWidgetItem) -> None:
        if item.column() != COMPARE:
            return
        folder = self._runs[item.row()].folder
        if item.checkState() == Qt.CheckState.Unchecked:
            self._compared.discard(folder)
        elif len(self._compared) < MOST_COMPARED:
            self._compared.add(folder)
        else:
            with QSignalBlocker(self):
                item.setCheckState(Qt.CheckState.Unchecked)
            return
        self._tell_compared()

    def _tell_compared(self) -> None:
        self.compared.emit([run for run in self._runs if run.folder in self._compared])

    def toggle_compared(self) -> None:
        """Draw the curve of the row with the cursor, or no longer."""
        box = self.item(self.currentRow(), COMPARE)
        if box is not None:
            is_on = box.checkState() == Qt.CheckState.Checked
            box.setCheckState(Qt.CheckState.Unchecked if is_on else Qt.CheckState.Checked)
