"""The keys of a place, as rows of a table: found by key events, done by name, told in tips."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from studio.ui.keymap import in_brackets, keymap

SHIFT = Qt.KeyboardModifier.ShiftModifier
NO_MODIFIERS = Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.GroupSwitchModifier


@dataclass(frozen=True, slots=True)
class PlaceKey:
    """Keys of a place: what they do, in words and as the name of a method of its commands."""

    keys: tuple[str, ...]
    text: str
    command: str
    amount: int = 0
    place: str = "roll"

    @property
    def name(self) -> str:
        """What a file of the user's own keys calls it."""
        return f"{self.place}.{self.command}" + (f".{self.amount}" if self.amount else "")


WINDOW_KEYS = (PlaceKey(("?", "Shift+?"), "Show all keys", "show_keys"),)


def run_key(commands: object, key: PlaceKey) -> None:
    """Do what a row of a table of keys says, on what has its command."""
    command = getattr(commands, key.command)
    if key.amount:
        command(key.amount)
    else:
        command()


class KeyTable(QObject):
    """Rows by the keys in force, which the user may change."""

    def __init__(self, rows: Iterable[PlaceKey], parent: QObject) -> None:
        super().__init__(parent)
        self.rows = tuple(rows)
        self._table: dict[tuple[int, int], PlaceKey] = {}
        keymap().changed.connect(self._read)
        self._read()

    def add(self, rows: Iterable[PlaceKey]) -> None:
        """More rows; they go before the others where they have the same keys."""
        self.rows += tuple(rows)
        self._read()

    def _read(self) -> None:
        self._table.clear()
        for row in self.rows:
            for keys in keymap().keys(row):
                sequence = QKeySequence(keys)
                if sequence.count():
                    combination = sequence[0]  # type: ignore[index]
                    held = combination.keyboardModifiers().value
                    self._table[int(combination.key()), held] = row

    def row(self, event: QKeyEvent) -> PlaceKey | None:
        """The row whose keys are pressed."""
        return self._table.get((int(event.key()), (event.modifiers() & ~NO_MODIFIERS).value))

    def loose_row(self, event: QKeyEvent) -> PlaceKey | None:
        """As `row`; and signs and arrows with Shift as without it, where no row says otherwise."""
        row, key = self.row(event), event.key()
        if row is not None or Qt.Key.Key_A <= key <= Qt.Key.Key_Z:
            return row
        return self._table.get((int(key), (event.modifiers() & ~NO_MODIFIERS & ~SHIFT).value))


class KeyTip(QObject):
    """Words with the keys in force in them: `{0}`, `{1}` … stand for those of `rows`."""

    def __init__(
        self, owner: QObject, say: Callable[[str], object], text: str, *rows: PlaceKey
    ) -> None:
        super().__init__(owner)
        self._say, self._text, self._rows = say, text, rows
        keymap().changed.connect(self._tell)
        self._tell()

    def _tell(self) -> None:
        self._say(self._text.format(*map(in_brackets, self._rows)))


def tip_with_keys(widget: QWidget, text: str, *rows: PlaceKey) -> None:
    """Give `widget` a tip that tells the keys in force, whatever the user makes of them."""

    def say(words: str) -> None:
        widget.setToolTip(words)
        widget.setStatusTip(words)

    KeyTip(widget, say, text, *rows)
