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
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(SPACE_M)
        column.addWidget(title)
        column.addLayout(self._buttons())
        column.addWidget(self._summary)
        column.addWidget(self._bars)
        column.addWidget(self._warnings)
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
        row.addStretch(1)
        return row

    def _button(self, name: str, sign: str, text: str) -> QPushButton:
        button = QPushButton(icon(sign), text)
        button.setObjectName(name)
        button.setAccessibleName(text)
        return button

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
        self._bars.hide()
        self._warnings.hide()

    def _on_state(self, state: str) -> None:
        if state == "inspecting" and self._view_model.data is not None:
            self._summary.setText(self.tr("Looking {0} over…").format(self._view_model.data.name))
            self._bars.hide()
            self._warnings.hide()
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
        self._bars.show()
        warnings = report["warnings"]
        shown = [f"\N{WARNING SIGN} {warning}" for warning in warnings[:MAX_WARNINGS]]
        if len(warnings) > MAX_WARNINGS:
            shown.append(self.tr("… and {0} more").format(len(warnings) - MAX_WARNINGS))
        self._warnings.setText("\n".join(shown))
        self._warnings.setVisible(bool(shown))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(path.is_dir() for path in local_files(event.mimeData())):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        folders = [path for path in local_files(event.mimeData()) if path.is_dir()]
        if folders:
            event.acceptProposedAction()
            self.take(folders[0])
