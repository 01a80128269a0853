"""Lets the keys of Listen reach it from wherever the focus is, and the wheel pass by its boxes."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QWidget

CTRL_OR_ALT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
LEAVE = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)


class KeyWays(QObject):
    """Has the lists in `place` pass on letters and signs, which they would search their texts for.

    What is clicked with the mouse does not take the focus: Space still pauses after it. The wheel
    turns a box only if it has the focus, or scrolling the cards would change the concert pitch.
    """

    def __init__(self, place: QWidget) -> None:
        super().__init__(place)
        for box in place.findChildren(QComboBox):
            box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            box.installEventFilter(self)
        for spin_box in place.findChildren(QAbstractSpinBox):
            spin_box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            spin_box.installEventFilter(self)
        for button in place.findChildren(QAbstractButton):
            if button.focusPolicy() != Qt.FocusPolicy.NoFocus:
                button.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            is_list = isinstance(watched, QComboBox)
            passes = is_list and (is_sign(event) or event.key() in LEAVE)
        else:
            is_wheel = event.type() == QEvent.Type.Wheel
            passes = is_wheel and isinstance(watched, QWidget) and not watched.hasFocus()
        if passes:
            event.ignore()  # so that the parent is asked
        return passes


def is_sign(event: QKeyEvent) -> bool:
    """Whether a key types something that can be seen."""
    text = event.text()
    return bool(text.strip()) and text.isprintable() and not event.modifiers() & CTRL_OR_ALT
