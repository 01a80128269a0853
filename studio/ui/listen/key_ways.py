"""Lets the keys of Listen reach it from wherever the focus is."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QComboBox, QWidget

CTRL_OR_ALT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
LEAVE = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)


class KeyWays(QObject):
    """Has the lists in `place` pass on letters and signs, which they would search their texts for.

    What is clicked with the mouse does not take the focus: Space still pauses after it.
    """

    def __init__(self, place: QWidget) -> None:
        super().__init__(place)
        for box in place.findChildren(QComboBox):
            box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            box.installEventFilter(self)
        for button in place.findChildren(QAbstractButton):
            if button.focusPolicy() != Qt.FocusPolicy.NoFocus:
                button.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not (isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress):
            return False
        if not is_sign(event) and event.key() not in LEAVE:
            return False
        event.ignore()  # so that the parent is asked
        return True


def is_sign(event: QKeyEvent) -> bool:
    """Whether a key types something that can be seen."""
    text = event.text()
    return bool(text.strip()) and text.isprintable() and not event.modifiers() & CTRL_OR_ALT
