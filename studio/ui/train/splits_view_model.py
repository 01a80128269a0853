"""Which group of the data is in which split, as the window sees and changes it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QObject, Signal

from models.errors import ModelError
from studio.errors import StudioError
from studio.training.data_splits import DataSplits


class SplitsViewModel(QObject):
    """Moves groups between the splits in a report of `studio inspect`."""

    changed = Signal(object)  # the report, with the splits as they are now
    forgotten = Signal()  # they are as drawn or given from the next look on
    refused = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._report: dict[str, Any] = {}

    def show_report(self, report: dict[str, Any]) -> None:
        """Know of the data that was looked over."""
        self._report = report

    def move(self, groups: Iterable[tuple[str, str]], split: str) -> None:
        """Put groups, each of class and name, into a split; `changed` follows."""
        try:
            DataSplits(self._report).move(groups, split)
        except (StudioError, ModelError) as error:
            self.refused.emit(str(error))
        else:
            self.changed.emit(self._report)

    def forget(self) -> None:
        """Take all changes back; `forgotten` follows."""
        try:
            DataSplits(self._report).forget()
        except StudioError as error:
            self.refused.emit(str(error))
        else:
            self.forgotten.emit()
