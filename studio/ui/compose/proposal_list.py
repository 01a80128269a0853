"""The proposals as a list: a row a note, taken or left by its check box."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QBrush
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QWidget

from studio.assistant.suggestion import Ghost
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.compose.suggestion_view_model import SuggestionViewModel
from studio.ui.theme import font_normal, tabular, theme

PITCH_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")


class ProposalList(QListWidget):
    """Shows the ghosts of the suggestion; choosing a row reveals its note in the roll."""

    reveal = Signal(int, int)  # tick, pitch

    def __init__(
        self, suggestions: SuggestionViewModel, score: ScoreViewModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("proposals")
        self.setAccessibleName(self.tr("Proposed notes"))
        self.setStatusTip(self.tr("Space or a click on the box takes a proposal or leaves it"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setUniformItemSizes(True)
        self.setFont(tabular(font_normal()))
        self._suggestions, self._score = suggestions, score
        suggestions.changed.connect(self.refresh)
        theme().changed.connect(self.refresh)
        self.itemChanged.connect(self._on_item_changed)
        self.currentRowChanged.connect(self._on_row_chosen)

    def refresh(self) -> None:
        """Make the rows what the suggestion is."""
        ghosts = self._suggestions.ghosts
        with QSignalBlocker(self):
            while self.count() > len(ghosts):
                self.takeItem(self.count() - 1)
            for row, ghost in enumerate(ghosts):
                item = self.item(row) if row < self.count() else None
                if item is None:
                    item = QListWidgetItem()
                    self.addItem(item)
                self._show(item, ghost)

    def _show(self, item: QListWidgetItem, ghost: Ghost) -> None:
        is_add = ghost.event.action == "add"
        item.setText(self._words(ghost))
        item.setForeground(QBrush(theme().color("ghost_added" if is_add else "ghost_removed")))
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        state = Qt.CheckState.Checked if ghost.is_accepted else Qt.CheckState.Unchecked
        item.setCheckState(state)
        action = self.tr("Add") if is_add else self.tr("Remove")
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{action} {self._words(ghost)}")

    def _words(self, ghost: Ghost) -> str:
        note = ghost.event.note
        position = self._score.song.metre.position(note.start)
        name = PITCH_NAMES[note.pitch % 12] + str(note.pitch // 12 - 1)
        sign = "+" if ghost.event.action == "add" else "\N{MINUS SIGN}"
        place = f"{position.bar}.{position.beat}"
        return f"{sign} {ghost.event.probability:\N{FIGURE SPACE}>4.0%}   {name} at {place}"

    def _on_item_changed(self, item: QListWidgetItem) -> None:
        row = self.row(item)
        is_checked = item.checkState() == Qt.CheckState.Checked
        ghosts = self._suggestions.ghosts
        if row < len(ghosts) and ghosts[row].is_accepted != is_checked:
            self._suggestions.toggle(row)

    def _on_row_chosen(self, row: int) -> None:
        if 0 <= row < len(self._suggestions.ghosts):
            note = self._suggestions.ghosts[row].event.note
            self.reveal.emit(note.start, note.pitch)
