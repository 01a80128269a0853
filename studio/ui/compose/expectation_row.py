"""The switch of what the model expects, and what it has found."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from studio.ui.compose.expectation_painter import SURPRISING
from studio.ui.compose.expectation_view_model import ExpectationViewModel
from studio.ui.compose.form_parts import caption, explain
from studio.ui.theme import SPACE_S


class ExpectationRow(QWidget):
    """Shows an `ExpectationViewModel`: on or off, and a sentence while it is on."""

    def __init__(self, expectation: ExpectationViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._expectation = expectation
        self.switch = QCheckBox(self.tr("What the model expects"))
        tip = self.tr("Show in the roll how likely each note is, and where one is missed (E)")
        explain(self.switch, "assistant_expectation", self.tr("What the model expects"), tip)
        self.words = caption()
        self.words.setObjectName("assistant_expectation_words")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_S)
        layout.addWidget(self.switch)
        layout.addWidget(self.words)
        self.switch.clicked.connect(expectation.toggle)
        expectation.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show what there is to say."""
        expectation = self._expectation
        state = Qt.CheckState.Checked if expectation.is_on else Qt.CheckState.Unchecked
        self.switch.setCheckState(state)
        self.words.setVisible(expectation.is_on)
        self.words.setText(self._sentence())

    def _sentence(self) -> str:
        expectation = self._expectation
        if expectation.failure:
            return expectation.failure
        if expectation.is_too_long:
            return self.tr("Too many bars at once: zoom in.")
        if not expectation.notes:
            return self.tr("No notes to judge here yet.")
        n_surprising = sum(e.likelihood < SURPRISING for e in expectation.notes.values())
        text = self.tr("{0} of {1} notes here are surprising, {2} missed.")
        return text.format(n_surprising, len(expectation.notes), len(expectation.missed))
