"""The roll as a screen reader meets it: a chart whose value is the note that has the focus."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QObject
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QAccessibleEvent,
    QAccessibleInterface,
)
from PySide6.QtWidgets import QAccessibleWidget, QWidget

SPOKEN = "spoken"  # the property of a widget that holds what is to be said of it


class RollAccessible(QAccessibleWidget):
    """Says the property `spoken` of its widget as its value."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget, QAccessible.Role.Chart, widget.accessibleName())

    def text(self, kind: QAccessible.Text) -> str:
        if kind == QAccessible.Text.Value:
            return str(self.object().property(SPOKEN) or "")
        return super().text(kind)


def _interface(_key: str, thing: QObject) -> QAccessibleInterface | None:
    is_roll = isinstance(thing, QWidget) and thing.property(SPOKEN) is not None
    return RollAccessible(thing) if is_roll and isinstance(thing, QWidget) else None


def make_speaking(widget: QWidget) -> None:
    """Let screen readers ask `widget` for what `speak` has said last."""
    widget.setProperty(SPOKEN, "")
    _install()


@cache
def _install() -> None:
    QAccessible.installFactory(_interface)


def speak(widget: QWidget, words: str) -> None:
    """Say `words` of `widget`, if anybody listens; they are its value from now on."""
    if widget.property(SPOKEN) == words:
        return
    widget.setProperty(SPOKEN, words)
    if QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleEvent(widget, QAccessible.Event.ValueChanged))
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, words))
