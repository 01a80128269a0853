"""Which keys do what: the tables say it, and the user may say it otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QKeySequence

from studio.settings import Settings

SETTING = "keys"


class KeyRow(Protocol):
    """A row of a table of keys."""

    @property
    def name(self) -> str:
        """What the settings call it."""

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that it has where the user says nothing."""


@dataclass(frozen=True, slots=True)
class Command:
    """Something that can be asked for by its name, with the keys that do it."""

    row: KeyRow
    text: str
    place: str  # where its keys work, in words
    run: Callable[[], object]
    area: str = ""  # whose keys do not disturb those of other areas; none: everywhere

    @property
    def shown_keys(self) -> str:
        """Its keys as this system writes them."""
        return ", ".join(native_keys(self.row))

    def is_rival_of(self, other: Command) -> bool:
        """Whether one key can't mean both."""
        is_apart = self.area and other.area and self.area != other.area
        return self.row.name != other.row.name and not is_apart


class Keymap(QObject):
    """The keys in force. There is one: `keymap()`."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._own: dict[str, tuple[str, ...]] = {}
        self._settings: Settings | None = None

    def load(self, settings: Settings) -> None:
        """Take the user's own keys from `settings`, and keep what changes there."""
        self._settings = settings
        own = settings.get(SETTING, {})
        rows = own.items() if isinstance(own, dict) else ()
        self._own = {
            str(name): tuple(key for key in keys if isinstance(key, str))
            for name, keys in rows
            if isinstance(keys, list)
        }
        self.changed.emit()

    def keys(self, row: KeyRow) -> tuple[str, ...]:
        """The keys of a row: the user's, or those of the table."""
        return self._own.get(row.name, row.keys)

    def is_own(self, row: KeyRow) -> bool:
        """Whether the user has changed the keys of a row."""
        return row.name in self._own

    def set_keys(self, row: KeyRow, keys: Iterable[str]) -> None:
        """Give a row other keys; none at all are keys, too."""
        self._own[row.name] = tuple(keys)
        self._keep()

    def reset(self, row: KeyRow | None = None) -> None:
        """Give a row the keys of the table again, or all rows."""
        if row is None:
            self._own.clear()
        else:
            self._own.pop(row.name, None)
        self._keep()

    def _keep(self) -> None:
        if self._settings is not None:
            self._settings.set(SETTING, {name: list(keys) for name, keys in self._own.items()})
        self.changed.emit()


@cache
def keymap() -> Keymap:
    """The application's one map of keys."""
    return Keymap()


def native_keys(row: KeyRow) -> list[str]:
    """The keys of a row as this system writes them."""
    native = QKeySequence.SequenceFormat.NativeText
    return [QKeySequence(keys).toString(native) for keys in keymap().keys(row)]


def in_brackets(row: KeyRow) -> str:
    """The first key of a row, to stand behind words; nothing where it has none."""
    return "".join(f" ({keys})" for keys in native_keys(row)[:1])
