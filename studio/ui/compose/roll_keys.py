"""The keys of the roll, while it has the focus and only then."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from studio.ui.compose.ghosts import GhostSource
from studio.ui.compose.roll_commands import RollCommands
from studio.ui.compose.roll_key_table import ROLL_KEYS, RollKey, run_key
from studio.ui.keymap import keymap

WINDOW_COMMANDS = ("undo", "redo")  # a window that has them too goes first


def key_table(rows: Iterable[RollKey] = ROLL_KEYS) -> dict[tuple[int, int], RollKey]:
    """Rows of a table of keys by (key, modifiers), as key events carry them."""
    table = {}
    for row in rows:
        for keys in keymap().keys(row):
            sequence = QKeySequence(keys)
            if not sequence.count():
                continue
            combination = sequence[0]  # type: ignore[index]
            table[int(combination.key()), combination.keyboardModifiers().value] = row
    return table


class RollKeys(QObject):
    """Takes the key events of the widget that it is installed on."""

    def __init__(
        self,
        commands: RollCommands,
        cancel: Callable[[], bool],
        ghosts: GhostSource | None,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._commands, self._cancel, self._ghosts = commands, cancel, ghosts
        self.rows: tuple[RollKey, ...] = ROLL_KEYS
        self._table = key_table()
        self._mode_rows: tuple[RollKey, ...] = ()
        self._mode_commands: object = None
        self._is_mode_on: Callable[[], bool] = lambda: False
        self._mode_table = key_table(())
        keymap().changed.connect(self._read_keys)
        self._others: dict[str, object] = {}  # command -> what has it

    def add(self, rows: Iterable[RollKey], commands: object) -> None:
        """Other keys that work in the roll, whose commands `commands` has."""
        rows = tuple(rows)
        self.rows += rows
        self._read_keys()
        self._others |= {row.command: commands for row in rows}

    def add_mode(
        self, rows: Iterable[RollKey], commands: object, is_on: Callable[[], bool]
    ) -> None:
        """Keys that go before all others while `is_on` says so."""
        self._mode_rows, self._mode_commands, self._is_mode_on = tuple(rows), commands, is_on
        self._read_keys()

    def _read_keys(self) -> None:
        self._table = key_table(self.rows)
        self._mode_table = key_table(self._mode_rows)

    def run(self, row: RollKey) -> None:
        """Do what a row of the table says."""
        run_key(self._others.get(row.command, self._commands), row)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            row = self._row(event, self._mode_table) or self._row(event, self._table)
            if row is not None and row.command not in WINDOW_COMMANDS:
                event.accept()
                return True
        elif kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._press(event)
        return False

    def _row(self, event: QKeyEvent, table: dict[tuple[int, int], RollKey]) -> RollKey | None:
        if table is self._mode_table and not self._is_mode_on():
            return None
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        return table.get((int(event.key()), modifiers.value))

    def _press(self, event: QKeyEvent) -> bool:
        row = self._row(event, self._mode_table)
        if row is not None:
            run_key(self._mode_commands, row)
            return True
        if event.key() == Qt.Key.Key_Escape:
            is_done = self._cancel() or self._answer(is_yes=False)
            return is_done or self._commands.select_none()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return self._answer(is_yes=True)
        row = self._row(event, self._table)
        if row is None:
            return False
        self.run(row)
        return True

    def _answer(self, *, is_yes: bool) -> bool:
        """Accept or refuse the suggestion that is shown; False where there is none."""
        if self._ghosts is None or not self._ghosts.ghosts:
            return False
        (self._ghosts.accept if is_yes else self._ghosts.refuse)()
        return True
