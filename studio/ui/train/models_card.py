"""The models there are: what each is and comes from, and what can be done with it."""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtGui import QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QTextBrowser,
    QToolButton,
    QWidget,
)

from studio.training.model_trash import Deleted
from studio.training.model_zip import SUFFIX
from studio.training.registry import ModelEntry
from studio.ui.drop_files import local_files
from studio.ui.icons import icon
from studio.ui.theme import GRID, SPACE_M
from studio.ui.train.card import Card, describe, enable, row_of
from studio.ui.train.lineage_words import lineage_rows
from studio.ui.train.models_table import ModelsTable
from studio.ui.train.models_view_model import ModelRow, ModelsViewModel

LEAST_WIDTH = 36 * GRID  # of what is told about a model


class ModelsCard(Card):
    """Lists the models; a zip that is dropped on it is imported."""

    def __init__(self, view_model: ModelsViewModel, parent: QWidget | None = None) -> None:
        super().__init__("train_models", parent)
        self.title.setText(self.tr("Models"))
        self.setAcceptDrops(True)
        self._view_model = view_model
        self.table = ModelsTable()
        self.about = QTextBrowser()
        self.about.setObjectName("models_about")
        self.about.setAccessibleName(self.tr("Where the model comes from"))
        self.about.setMinimumWidth(LEAST_WIDTH)
        self.about.setOpenLinks(False)
        self._base = QLabel()
        self._base.setObjectName("models_base")
        self._make_buttons()
        self._lay_out()
        self.table.chosen.connect(self._on_chosen)
        self.table.renamed.connect(view_model.rename)
        view_model.listed.connect(self._on_listed)
        view_model.trash_changed.connect(self._show_trash)
        view_model.base_changed.connect(self._show_base)
        self.table.delete_requested.connect(self._on_delete)
        self._show_base(None)
        self._show_trash([])
        self._on_chosen(None)
        self.about.setPlainText(self.tr("Looking for models…"))

    def _make_buttons(self) -> None:
        self.use = self._button("models_use", self.tr("Use"))
        self.use.setProperty("kind", "primary")
        self.fine_tune = self._button("models_fine_tune", self.tr("Fine-tune"))
        self.rename = self._button("models_rename", self.tr("Rename"))
        self.export = self._button("models_export", self.tr("Export…"))
        self.delete = self._button("models_delete", self.tr("Delete"))
        self.imports = self._button("models_import", self.tr("Import…"))
        describe(self.imports, self.tr("Add a model that somebody sent you; it is checked first"))
        self.imports.setIcon(icon("folder"))
        self.from_nothing = self._button("models_from_nothing", self.tr("Begin from nothing"))
        describe(self.from_nothing, self.tr("The next training begins without a model"))
        self.trash = QToolButton()
        self.trash.setObjectName("models_trash")
        self.trash.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.trash.setProperty("kind", "menu")
        self.trash.setMenu(QMenu(self.trash))
        for button, act in (
            (self.use, lambda: self._with_chosen(self._view_model.use)),
            (self.fine_tune, lambda: self._with_chosen(self._view_model.fine_tune)),
            (self.rename, self.table.edit_name),
            (self.export, lambda: self._with_chosen(self._choose_target)),
            (self.delete, self._on_delete),
            (self.imports, self._choose_source),
            (self.from_nothing, lambda: self._view_model.fine_tune(None)),
        ):
            button.clicked.connect(lambda _checked=False, act=act: act())

    def _button(self, name: str, text: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAccessibleName(text)
        return button

    def _lay_out(self) -> None:
        for part in (self._base, self.from_nothing, self.imports, self.trash):
            self.head.addWidget(part)
        middle = QHBoxLayout()
        middle.setSpacing(SPACE_M)
        middle.addWidget(self.table, 3)
        middle.addWidget(self.about, 2)
        foot = row_of(self.use, self.fine_tune, self.rename, self.export, None, self.delete)
        self.column.addLayout(middle, 1)
        self.column.addLayout(foot)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._view_model.refresh()  # others may have come while another place was shown

    def _with_chosen(self, act: Any) -> None:
        row = self.table.current
        if row is not None:
            act(row.entry)

    def _on_listed(self, rows: Sequence[ModelRow]) -> None:
        self.table.show_rows(rows)
        if self.table.current is None and rows:
            self.table.choose(rows[0].entry)
        elif not rows:
            self._tell_about(None)

    def _on_chosen(self, row: ModelRow | None) -> None:
        entry = row.entry if row else None
        card = entry.card if entry else None
        place = self.tr("Listen") if card and card.kind == "genre" else self.tr("Compose")
        text = self.tr("Use in {0}").format(place) if card else self.tr("Use")
        self.use.setText(text)
        self.use.setAccessibleName(text)
        reason = self._why_not(entry)
        enable(self.use, self.tr("Take it in {0} at once").format(place), reason)
        enable(self.export, self.tr("Write it as one file, for others"), reason)
        fixed = (
            "" if entry and entry.origin == "user" else reason or self.tr("It ships with Studio")
        )
        enable(self.rename, self.tr("Give it another name (F2)"), fixed)
        enable(self.delete, self.tr("Put it into the trash (Delete)"), fixed)
        odd = self._view_model.why_not_fine_tune(entry) if entry else reason
        tip = self.tr("The next training goes on from this model instead of from nothing")
        enable(self.fine_tune, tip, odd)
        self._tell_about(entry)

    def _why_not(self, entry: ModelEntry | None) -> str:
        if entry is None:
            return self.tr("Choose a model first")
        return entry.error or ""

    def _tell_about(self, entry: ModelEntry | None) -> None:
        if entry is None:
            self.about.setPlainText(self.tr("There are no models yet. Train one above."))
        elif entry.card is None:
            self.about.setPlainText(entry.error or "")
        else:
            rows = "".join(_paragraph(*row) for row in lineage_rows(entry.card))
            self.about.setHtml(rows or self.tr("Its card says no more."))

    def _show_base(self, entry: ModelEntry | None) -> None:
        self._base.setVisible(entry is not None)
        self.from_nothing.setVisible(entry is not None)
        if entry is not None:
            self._base.setText(self.tr("The next training begins from {0}").format(entry.name))

    def _show_trash(self, models: Sequence[Deleted]) -> None:
        menu = self.trash.menu()
        menu.clear()
        for deleted in models:
            action = menu.addAction(self.tr("Restore {0}").format(deleted.name))
            action.triggered.connect(
                lambda _checked=False, deleted=deleted: self._view_model.restore(deleted)
            )
        menu.addSeparator()
        empty = menu.addAction(self.tr("Delete all of it for good"))
        empty.triggered.connect(self._view_model.empty_trash)
        text = self.tr("Trash ({0})").format(len(models)) if models else self.tr("Trash")
        self.trash.setText(text)
        self.trash.setAccessibleName(text)
        self.trash.setEnabled(bool(models))
        describe(self.trash, self.tr("Bring a model back") if models else self.tr("It is empty"))

    def _on_delete(self) -> None:
        if self.delete.isEnabled():
            self._with_chosen(self._view_model.delete)

    def _choose_target(self, entry: ModelEntry) -> None:
        kinds = self.tr("Models (*{0})").format(SUFFIX)
        name = f"{entry.name}{SUFFIX}"
        chosen, _ = QFileDialog.getSaveFileName(self, self.tr("Export the model"), name, kinds)
        if chosen:
            self._view_model.export(entry, Path(chosen))

    def _choose_source(self) -> None:
        kinds = self.tr("Models (*{0})").format(SUFFIX)
        chosen, _ = QFileDialog.getOpenFileName(self, self.tr("Import a model"), "", kinds)
        if chosen:
            self._view_model.import_file(Path(chosen))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _zips(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        for path in _zips(event):
            event.acceptProposedAction()
            self._view_model.import_file(path)


def _zips(event: QDropEvent) -> list[Path]:
    return [path for path in local_files(event.mimeData()) if path.suffix.lower() == SUFFIX]


def _paragraph(caption: str, text: str) -> str:
    words = html.escape(text).replace("\n", "<br>")
    return f"<p style='margin:0 0 6px 0'><b>{html.escape(caption)}</b><br>{words}</p>"
