"""The list of models: a row each, with what tells them apart."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QBrush, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QTableWidgetItem, QWidget

from studio.training.registry import ModelEntry
from studio.ui.theme import GRID, theme
from studio.ui.train.lineage_words import headline
from studio.ui.train.models_view_model import ModelRow
from studio.ui.train.row_table import ROW_HEIGHT, RowTable

LEAST_ROWS, LEAST_WIDTH = 6, 64 * GRID  # narrower ones are scrolled
NAME, KIND, ARCHITECTURE, SIZE, MEASURED, DATE, STATE = range(7)
_STATES = {None: "…", "none": "\N{EN DASH}"}
_MARKS = {"up to date": "success", "out of date": "warning", "training": "accent"}


class ModelsTable(RowTable):
    """A row a model; the name of the user's own can be edited in place."""

    chosen = Signal(object)  # ModelRow or None
    renamed = Signal(object, str)  # ModelEntry, new name
    delete_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("models_table", parent)
        self.setAccessibleName(self.tr("Models"))
        self.setStatusTip(self.tr("F2 renames a model of yours, Delete puts it into the trash"))
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setMinimumWidth(LEAST_WIDTH)
        self.setMinimumHeight((LEAST_ROWS + 1) * ROW_HEIGHT + GRID)
        self._rows: Sequence[ModelRow] = ()
        self._is_filling = False
        self.set_heads(self._heads(), figures=(SIZE,), wide=(NAME,))
        self.itemChanged.connect(self._on_edited)
        self.currentItemChanged.connect(self._on_current)
        theme().changed.connect(self._on_theme)

    def _heads(self) -> dict[str, str]:
        return {
            self.tr("Name"): self.tr("What the model is called, here and in commands"),
            self.tr("For"): self.tr("Genres are named in Listen, scores are edited in Compose"),
            self.tr("Architecture"): self.tr("How the network is built"),
            self.tr("Size"): self.tr("What its folder takes on the disk"),
            self.tr("Measured"): self.tr("The figure that says most, and on which data"),
            self.tr("Trained"): self.tr("When"),
            self.tr("Data"): self.tr(
                "Whether the model has learned from the data, split as they are now. "
                "A dash: its data are not on this computer"
            ),
        }

    @property
    def current(self) -> ModelRow | None:
        """The row that is chosen."""
        at = self.currentRow()
        return self._rows[at] if 0 <= at < len(self._rows) else None

    def show_rows(self, rows: Sequence[ModelRow]) -> None:
        """Show these models; the one that is chosen stays so."""
        chosen = self.current
        self._is_filling = True
        self._rows = rows
        self.setRowCount(len(rows))
        for at, row in enumerate(rows):
            for column, text in enumerate(_cells(row)):
                self._describe(self.put(at, column, text), row)
        folders = [row.entry.folder for row in rows]
        if chosen is not None and chosen.entry.folder in folders:
            self.setCurrentCell(folders.index(chosen.entry.folder), NAME)
        self._is_filling = False
        self._on_current()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete:
            self.delete_requested.emit()
        else:
            super().keyPressEvent(event)

    def choose(self, entry: ModelEntry) -> None:
        """Choose a model, if it is listed."""
        for at, row in enumerate(self._rows):
            if row.entry.folder == entry.folder:
                self.setCurrentCell(at, NAME)

    def edit_name(self) -> None:
        """Let the user type another name for the model that is chosen."""
        item = self.item(self.currentRow(), NAME)
        if item is not None and item.flags() & Qt.ItemFlag.ItemIsEditable:
            self.setFocus()
            self.editItem(item)

    def _describe(self, item: QTableWidgetItem, row: ModelRow) -> None:
        text, column = item.text(), item.column()
        item.setToolTip(row.entry.error or _TIPS.get(text, text))
        is_own = column == NAME and row.entry.origin == "user"
        if not is_own:
            item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
        role = "error" if row.entry.card is None else _MARKS.get(text) if column == STATE else None
        if role is not None:
            item.setForeground(QBrush(theme().color(role)))

    def _on_edited(self, item: QTableWidgetItem) -> None:
        if self._is_filling or item.column() != NAME:
            return
        entry = self._rows[item.row()].entry
        if item.text().strip() != entry.name:
            self.renamed.emit(entry, item.text())

    def _on_theme(self) -> None:
        self.show_rows(self._rows)

    def _on_current(self, *_: object) -> None:
        if not self._is_filling:
            self.chosen.emit(self.current)


_TIPS = {
    "up to date": "It has learned from the data as they are now",
    "out of date": "The data or their splits have changed since: train it again, or fine-tune it",
    "training": "A run learns from its data just now",
    "\N{EN DASH}": "Its data are not on this computer",
}


def _cells(row: ModelRow) -> list[str]:
    card, name = row.entry.card, row.entry.name
    size = size_words(row.n_bytes)
    if card is None:
        return [name, "", "", size, "can't be used", "", ""]
    place = {"genre": "Listen", "score": "Compose"}[card.kind]
    date = str(card.training.get("date", ""))[:10]
    state = _STATES.get(row.state, str(row.state))
    return [name, place, card.architecture, size, headline(card), date, state]


def size_words(n_bytes: int) -> str:
    """'5.3 MB', '12 kB'."""
    if n_bytes >= 100_000:
        return f"{n_bytes / 1e6:.1f} MB"
    return f"{n_bytes / 1e3:.0f} kB"
