"""The keys of the roll, while it has the focus and only then."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent

from studio.ui.compose.ghosts import GhostSource
from studio.ui.compose.roll_commands import RollCommands
from studio.ui.compose.roll_key_table import ROLL_KEYS
from studio.ui.place_keys import KeyTable, PlaceKey, run_key

WINDOW_COMMANDS = ("undo", "redo")  # a window that has them too goes first


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
        self._table = KeyTable(ROLL_KEYS, self)
        self._mode_commands: object = None
        self._is_mode_on: Callable[[], bool] = lambda: False
        self._mode_table = KeyTable((), self)
        self._others: dict[str, object] = {}  # command -> what has it

    def add(self, rows: Iterable[PlaceKey], commands: object) -> None:
        """Other keys that work in the roll, whose commands `commands` has."""
        rows = tuple(rows)
        self._table.add(rows)
        self._others |= {row.command: commands for row in rows}

    def add_mode(
        self, rows: Iterable[PlaceKey], commands: object, is_on: Callable[[], bool]
    ) -> None:
        """Keys that go before all others while `is_on` says so."""
        self._mode_commands, self._is_mode_on = commands, is_on
        self._mode_table.add(rows)

    @property
    def rows(self) -> tuple[PlaceKey, ...]:
        """All keys of the roll, but for those of a mode."""
        return self._table.rows

    def run(self, row: PlaceKey) -> None:
        """Do what a row of the table says."""
        run_key(self._others.get(row.command, self._commands), row)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            row = self._mode_row(event) or self._table.row(event)
            if row is not None and row.command not in WINDOW_COMMANDS:
                event.accept()
                return True
        elif kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._press(event)
        return False

    def _mode_row(self, event: QKeyEvent) -> PlaceKey | None:
        return self._mode_table.row(event) if self._is_mode_on() else None

    def _press(self, event: QKeyEvent) -> bool:
        row = self._mode_row(event)
        if row is not None:
            run_key(self._mode_commands, row)
            return True
        if event.key() == Qt.Key.Key_Escape:
            is_done = self._cancel() or self._answer(is_yes=False)
            return is_done or self._commands.select_none()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return self._answer(is_yes=True)
        row = self._table.row(event)
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
