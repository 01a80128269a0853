"""Step 1: the data. Choose a folder, see what is in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

import resources
from studio.ui.drop_files import local_files
from studio.ui.icons import icon
from studio.ui.theme import GRID, SPACE_M, font_bold
from studio.ui.train.class_bars import ClassBars
from studio.ui.train.train_view_model import TrainViewModel

MAX_WARNINGS = 6


class DataCard(QFrame):
    """Takes a folder by button or by drop, and shows what `studio inspect` finds."""

    folder_chosen = Signal(object)  # Path

    def __init__(self, view_model: TrainViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("train_data")
        self.setProperty("kind", "card")
        self.setAcceptDrops(True)
        self._view_model = view_model
        title = QLabel(self.tr("1  Data"))
        title.setFont(font_bold())
        self._summary = QLabel()
        self._summary.setObjectName("train_summary")
        self._summary.setWordWrap(True)
        self._bars = ClassBars()
        self._warnings = QLabel()
        self._warnings.setObjectName("train_warnings")
        self._warnings.setProperty("kind", "warning")
        self._warnings.setWordWrap(True)
        self._choices: list[QPushButton] = []
        self._details = self._details_button()
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(SPACE_M)
        column.addWidget(title)
        column.addLayout(self._buttons())
        column.addWidget(self._summary)
        column.addWidget(self._bars)
        column.addWidget(self._warnings)
        column.addStretch(1)
        view_model.inspected.connect(self.show_report)
        view_model.state_changed.connect(self._on_state)
        self._show_empty()

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(SPACE_M)
        choose = self._button("train_choose", "folder", self.tr("Choose a folder…"))
        choose.setToolTip(self.tr("A folder of sound files by genre, or of MIDI files"))
        choose.clicked.connect(self.choose)
        sounds = self._button("train_demo_sounds", "listen", self.tr("Demo sounds"))
        sounds.setToolTip(self.tr("A tiny set of our own, to try the genre listener on"))
        sounds.clicked.connect(lambda: self.take(resources.path("demo", "training_genre")))
        scores = self._button("train_demo_scores", "compose", self.tr("Demo scores"))
        scores.setToolTip(self.tr("A dozen pieces of our own, to try a score model on"))
        scores.clicked.connect(lambda: self.take(resources.path("demo", "training_scores")))
        for button in (choose, sounds, scores):
            row.addWidget(button)
            self._choices.append(button)
        row.addStretch(1)
        row.addWidget(self._details)
        return row

    def _button(self, name: str, sign: str, text: str) -> QPushButton:
        button = QPushButton(icon(sign), text)
        button.setObjectName(name)
        button.setAccessibleName(text)
        return button

    def _details_button(self) -> QToolButton:
        """Folds what was found away, so that a run has its room."""
        button = QToolButton()
        button.setObjectName("train_details")
        button.setText(self.tr("Details"))
        button.setAccessibleName(self.tr("Details of the data"))
        button.setToolTip(self.tr("Show or hide the classes and what there is to know of them"))
        button.setStatusTip(button.toolTip())
        button.setCheckable(True)
        button.toggled.connect(self._show_details)
        button.hide()
        return button

    def _show_details(self, is_shown: bool) -> None:
        self._bars.setVisible(is_shown)
        self._warnings.setVisible(is_shown and bool(self._warnings.text()))

    def choose(self) -> None:
        """Ask for a folder."""
        name = QFileDialog.getExistingDirectory(self, self.tr("Choose a folder of music"))
        if name:
            self.take(Path(name))

    def take(self, folder: Path) -> None:
        """Look `folder` over."""
        self._view_model.inspect(folder)

    def _show_empty(self) -> None:
        self._summary.setText(
            self.tr(
                "Teach a model your own music. A genre listener learns from a folder with a folder "
                "of sound files for each genre; a score model from a folder of MIDI files. "
                "Drop one here."
            )
        )
        self._hide_details()

    def _hide_details(self) -> None:
        self._details.hide()
        self._details.setChecked(False)
        self._show_details(False)

    def _on_state(self, state: str) -> None:
        for button in self._choices:
            button.setEnabled(state not in ("running", "stopping"))
        if state == "inspecting" and self._view_model.data is not None:
            self._summary.setText(self.tr("Looking {0} over…").format(self._view_model.data.name))
            self._hide_details()
        elif state == "running":
            self._details.setChecked(False)
        elif state == "idle":
            self._show_empty()

    def show_report(self, report: dict[str, Any]) -> None:
        """Show what was found."""
        what = self.tr("sound files") if report["kind"] == "genre" else self.tr("MIDI files")
        splits = ", ".join(f"{name} {count}" for name, count in report["splits"].items() if count)
        by = self.tr("as given") if report["has_own_split"] else self.tr("split by us, seeded")
        text = self.tr("<b>{0}</b>: {1} {2}, {3:.1f} minutes. {4} ({5}).").format(
            Path(report["path"]).name, report["n_items"], what, report["seconds"] / 60, splits, by
        )
        self._summary.setText(text)
        self._bars.show_classes(report["classes"])
        warnings = report["warnings"]
        shown = [f"\N{WARNING SIGN} {warning}" for warning in warnings[:MAX_WARNINGS]]
        if len(warnings) > MAX_WARNINGS:
            shown.append(self.tr("… and {0} more").format(len(warnings) - MAX_WARNINGS))
        self._warnings.setText("\n".join(shown))
        self._details.show()
        self._details.setChecked(True)
        self._show_details(True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(path.is_dir() for path in local_files(event.mimeData())):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        folders = [path for path in local_files(event.mimeData()) if path.is_dir()]
        if folders:
            event.acceptProposedAction()
            self.take(folders[0])
