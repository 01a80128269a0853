"""The models there are, as the window sees them: listed, named anew, put away, sent, received."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from models.errors import ModelError
from studio.errors import StudioError
from studio.training.fine_tune import base_settings, kind_to_train
from studio.training.model_state import ModelState, model_state
from studio.training.model_trash import (
    Deleted,
    delete_model,
    deleted_models,
    empty_trash,
    rename_model,
    restore_model,
)
from studio.training.model_zip import export_model
from studio.training.registry import ModelEntry, list_models
from studio.training.run_process import import_model
from studio.ui.background import Background
from studio.ui.train.train_view_model import TrainViewModel


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A model folder with what takes a moment to find out; `state` is None until it is known."""

    entry: ModelEntry
    n_bytes: int
    state: ModelState | None = None


class ModelsViewModel(QObject):
    """Lists the models in the background and does what is asked with one. Never blocks.

    The trainings of `train` begin from the model that is chosen here.
    """

    listed = Signal(object)  # list of ModelRow
    trash_changed = Signal(object)  # list of Deleted
    deleted = Signal(object)  # Deleted: it can be brought back
    moved = Signal(object, object)  # the folder that was, and the one that is, or None
    arrived = Signal(object)  # the folder of a model that was imported or brought back
    base_changed = Signal(object)  # ModelEntry or None: what the next training begins from
    model_chosen = Signal(str, str)  # model kind, folder
    notice = Signal(str, str)

    def __init__(self, train: TrainViewModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._train = train
        self.rows: Sequence[ModelRow] = ()
        self.base: ModelEntry | None = None
        self.trained_on: Path | None = None  # the data of the run under way
        self._asked = 0
        self._background = Background(self)
        train.base_settings = self.base_settings
        train.state_changed.connect(self._on_training)
        for data_changed in (train.inspected, train.splits.changed):
            data_changed.connect(lambda _: self.refresh())

    def refresh(self) -> None:
        """List the models anew; `listed` follows, and again with the states."""
        self._asked += 1
        asked, trained_on = self._asked, self.trained_on
        post = self._background.post

        def look() -> tuple[int, Sequence[ModelRow]]:
            rows = [ModelRow(entry, entry.n_bytes) for entry in list_models()]
            post(self._on_rows, (asked, rows))
            post(self.trash_changed.emit, deleted_models())
            return asked, [_with_state(row, trained_on) for row in rows]

        self._background.do(look, self._on_rows)

    def _on_rows(self, found: tuple[int, Sequence[ModelRow]]) -> None:
        asked, rows = found
        if asked == self._asked:
            self.rows = rows
            self.listed.emit(rows)

    def _on_training(self, state: str) -> None:
        """Models of the data that are being learned from are marked so."""
        data = self._train.data if state in ("running", "stopping") else None
        if data != self.trained_on:
            self.trained_on = data
            self.refresh()

    def use(self, entry: ModelEntry) -> None:
        """Have Listen or Compose take the model at once."""
        if entry.card is not None:
            self.model_chosen.emit(entry.card.kind, str(entry.folder))

    def fine_tune(self, entry: ModelEntry | None) -> None:
        """Have the next training begin from a model, or from nothing."""
        self.base = entry
        self.base_changed.emit(entry)

    def why_not_fine_tune(self, entry: ModelEntry) -> str:
        """Why no training can begin from a model; '' if one can."""
        try:
            if entry.card is not None:
                kind_to_train(entry.card)
                return ""
        except StudioError as error:
            return str(error)
        return str(entry.error)

    def base_settings(self, kind: str) -> tuple[str, ...]:
        """What a training of `kind` is told of its base. Raises StudioError where none fits."""
        if self.base is None:
            return ()
        try:
            return base_settings(self.base.folder, kind)
        except ModelError as error:
            raise StudioError(str(error)) from error

    def rename(self, entry: ModelEntry, name: str) -> None:
        """Give a model another name; whoever uses it goes on with it."""
        try:
            folder = rename_model(entry.name, name)
        except StudioError as error:
            self.notice.emit("error", str(error))
        else:
            self._follow_move(entry, folder)
        self.refresh()

    def delete(self, entry: ModelEntry) -> None:
        """Put a model into the trash; `deleted` follows, with which it can be brought back."""
        try:
            deleted = delete_model(entry.name)
        except StudioError as error:
            self.notice.emit("error", str(error))
        else:
            self._follow_move(entry, None)
            self.deleted.emit(deleted)
        self.refresh()

    def _follow_move(self, entry: ModelEntry, folder: Path | None) -> None:
        if folder != entry.folder:
            self.moved.emit(entry.folder, folder)
        if self.base is not None and self.base.folder == entry.folder:
            self.fine_tune(None)

    def restore(self, deleted: Deleted) -> None:
        """Take a model out of the trash."""
        try:
            self.arrived.emit(restore_model(deleted))
        except StudioError as error:
            self.notice.emit("error", str(error))
        self.refresh()

    def empty_trash(self) -> None:
        """Delete what is in the trash for good."""
        empty_trash()
        self.refresh()

    def export(self, entry: ModelEntry, target: Path) -> None:
        """Write a model as one file, in the background."""
        text = self.tr("{0} is in {1}.").format(entry.name, target)
        self._background.attempt(
            lambda: export_model(entry.folder, target),
            lambda outcome: self._tell(outcome, text),
        )

    def import_file(self, source: Path) -> None:
        """Check a file that somebody sent and add its model, by `studio models import`."""
        self.notice.emit("info", self.tr("Checking {0}…").format(source.name))
        self._background.attempt(lambda: import_model(source), self._on_imported)

    def _on_imported(self, outcome: Path | Exception) -> None:
        if isinstance(outcome, Exception):
            self._tell(outcome)
            return
        self._tell(outcome, self.tr("{0} is checked and ready.").format(outcome.name))
        self.arrived.emit(outcome)
        self.refresh()

    def _tell(self, outcome: object, text: str = "") -> None:
        """That it went well, in `text`, or why it did not."""
        is_well = not isinstance(outcome, Exception)
        self.notice.emit("info" if is_well else "error", text if is_well else str(outcome))


def _with_state(row: ModelRow, trained_on: Path | None) -> ModelRow:
    card = row.entry.card
    return ModelRow(row.entry, row.n_bytes, model_state(card, trained_on) if card else "none")
