"""The frame of each step of Train."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.ui.theme import GRID, SPACE_M, font_bold


class Card(QFrame):
    """A title, at its right what belongs to the whole card (`head`), and the rest (`column`)."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("kind", "card")
        self.title = QLabel()
        self.title.setFont(font_bold())
        self.head = row_of(self.title, None)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        self.column.setSpacing(SPACE_M)
        self.column.addLayout(self.head)


def row_of(*widgets: QWidget | None) -> QHBoxLayout:
    """Widgets side by side; None takes what room is left."""
    row = QHBoxLayout()
    row.setSpacing(SPACE_M)
    for widget in widgets:
        if widget is None:
            row.addStretch(1)
        else:
            row.addWidget(widget)
    return row


def describe(widget: QWidget, tip: str) -> None:
    """Say what a control does to whoever rests on it, and below the window."""
    widget.setToolTip(tip)
    widget.setStatusTip(tip)


def enable(button: QAbstractButton, tip: str, reason: str = "") -> None:
    """A button that can be pressed says what it does; one that can't (`reason`) says why."""
    button.setEnabled(not reason)
    describe(button, reason or tip)
