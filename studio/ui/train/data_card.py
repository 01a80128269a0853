"""Step 1: the data. Choose a folder, see what is in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QWidget,
)

import resources
from models.split_file import SPLITS
from studio.ui.drop_files import local_files
from studio.ui.icons import icon
from studio.ui.theme import SPACE_M
from studio.ui.train.card import Card, describe
from studio.ui.train.collect_row import CollectRow
from studio.ui.train.collect_view_model import CollectViewModel
from studio.ui.train.data_tabs import DataTabs
from studio.ui.train.train_view_model import TrainViewModel

SOUNDS = (".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".au", ".m4a")


class DataCard(Card):
    """Takes a folder or a zip by button or by drop, and shows what `studio inspect` finds.

    Sound files that are dropped, and what is recorded, go into the class that is named.
    """

    def __init__(
        self,
        view_model: TrainViewModel,
        collect: CollectViewModel,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("train_data", parent)
        self.title.setText(self.tr("1  Data"))
        self.setAcceptDrops(True)
        self._view_model = view_model
        self._summary = QLabel()
        self._summary.setObjectName("train_summary")
        self._summary.setWordWrap(True)
        self.tabs = DataTabs(view_model)
        view_model.splits.changed.connect(self._show_summary)
        self._collect = collect
        self.collect_row = CollectRow(collect)
        self._shown: Path | None = None  # whose report is shown
        self._choices: list[QPushButton] = []
        self._details = self._details_button()
        self.head.addWidget(self._details)
        self.column.addLayout(self._buttons())
        self.column.addWidget(self.collect_row)
        self.column.addWidget(self._summary)
        self.column.addWidget(self.tabs, 1)
        self.column.addStretch(0)
        view_model.inspected.connect(self.show_report)
        view_model.state_changed.connect(self._on_state)
        self._show_empty()

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(SPACE_M)
        choose = self._button("train_choose", "folder", self.tr("Choose a folder…"))
        choose.setToolTip(self.tr("A folder of sound files by genre, or of MIDI files"))
        choose.clicked.connect(self.choose)
        packed = self._button("train_choose_zip", "file", self.tr("Zip…"))
        packed.setToolTip(self.tr("A zip of such a folder"))
        packed.clicked.connect(self.choose_zip)
        sounds = self._button("train_demo_sounds", "listen", self.tr("Demo sounds"))
        sounds.setToolTip(self.tr("A tiny set of our own, to try the genre listener on"))
        sounds.clicked.connect(lambda: self.take(resources.path("demo", "training_genre")))
        scores = self._button("train_demo_scores", "compose", self.tr("Demo scores"))
        scores.setToolTip(self.tr("A dozen pieces of our own, to try a score model on"))
        scores.clicked.connect(lambda: self.take(resources.path("demo", "training_scores")))
        for button in (choose, packed, sounds, scores):
            button.setStatusTip(button.toolTip())
            row.addWidget(button)
            self._choices.append(button)
        row.addStretch(1)
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
        describe(button, self.tr("Show or hide the classes and what there is to know of them"))
        button.setCheckable(True)
        button.toggled.connect(self._show_details)
        button.hide()
        return button

    def _show_details(self, is_shown: bool) -> None:
        self.tabs.setVisible(is_shown)

    def choose(self) -> None:
        """Ask for a folder."""
        name = QFileDialog.getExistingDirectory(self, self.tr("Choose a folder of music"))
        if name:
            self.take(Path(name))

    def choose_zip(self) -> None:
        """Ask for a zip."""
        title, what = self.tr("Choose a zip of music"), self.tr("Zip files (*.zip)")
        name, _ = QFileDialog.getOpenFileName(self, title, filter=what)
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
                "Drop one here, or a zip of one. Or name a class above and record it."
            )
        )
        self._shown = None
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
            if self._view_model.data != self._shown:
                self._hide_details()
        elif state == "running":
            self._details.setChecked(False)
        self.collect_row.setVisible(state not in ("running", "stopping"))
        if state == "idle":
            self._show_empty()

    def show_report(self, report: dict[str, Any]) -> None:
        """Show what was found."""
        self._show_summary(report)
        self.tabs.show_report(report)
        self.collect_row.show_report(report)
        is_same, self._shown = self._shown == Path(report["path"]), Path(report["path"])
        self._details.show()
        if not is_same:  # else the one tab or none that is open stays so
            self._details.setChecked(True)
            self._show_details(True)

    def _show_summary(self, report: dict[str, Any]) -> None:
        what = self.tr("sound files") if report["kind"] == "genre" else self.tr("MIDI files")
        counts = report["splits"]
        splits = ", ".join(f"{name} {counts[name]}" for name in SPLITS if counts.get(name))
        by = self.tr("as given") if report["has_own_split"] else self.tr("split by us, seeded")
        if report.get("is_edited"):
            by = self.tr("{0}, then changed by you").format(by)
        text = self.tr("<b>{0}</b>: {1} {2}, {3:.1f} minutes. {4} ({5}).").format(
            Path(report["path"]).name, report["n_items"], what, report["seconds"] / 60, splits, by
        )
        if report["kind"] == "score" and report.get("pitch_range"):
            text += " " + self._score_words(report)
        self._summary.setText(text)

    def _score_words(self, report: dict[str, Any]) -> str:
        """Notes, range, voices, metres and how many notes lie on the grid."""
        low, high = report["pitch_range"]
        metres = ", ".join(f"{name} ({count})" for name, count in [*report["metres"].items()][:3])
        words = self.tr(
            "{0} notes from MIDI {1} to {2}, {3:.1f} at once, {4:.0%} on the sixteenth grid; {5}."
        )
        at_once = report["polyphony"]["median"]
        no_metre = self.tr("no metre given")
        return words.format(
            report["notes"], low, high, at_once, report["on_grid"], metres or no_metre
        )

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(_is_data(path) or _is_sound(path) for path in local_files(event.mimeData())):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = local_files(event.mimeData())
        data, sounds = list(filter(_is_data, paths)), list(filter(_is_sound, paths))
        if not data and not sounds:
            return
        event.acceptProposedAction()
        if len(data) == 1:
            self.take(data[0])
            n_taken = 1
        else:  # several folders: each is a class
            folders = [path for path in data if path.is_dir()]
            for folder in folders:
                self._collect.add(sorted(filter(_is_sound, folder.rglob("*"))), folder.name)
            self._collect.add(sounds)
            n_taken = len(folders) + len(sounds)
        if n_taken < len(paths):
            text = self.tr(
                "{0} of what was dropped is left alone: drop one data set at a time, or "
            )
            text += self.tr("sound files, or folders that are a class each.")
            self._view_model.notice.emit("info", text.format(len(paths) - n_taken))


def _is_data(path: Path) -> bool:
    """Whether it can be a whole data set."""
    return path.is_dir() or path.suffix.lower() == ".zip"


def _is_sound(path: Path) -> bool:
    return path.suffix.lower() in SOUNDS and path.is_file()
