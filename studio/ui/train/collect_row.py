"""Record into a class: its name, a button, and where the clips go."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from studio.ui.icons import icon
from studio.ui.theme import GRID, SPACE_M, SPACE_S, font_small
from studio.ui.train.card import describe
from studio.ui.train.collect_view_model import CollectViewModel


class CollectRow(QWidget):
    """Name a class, press Record, make the sound, press again: there is a clip more."""

    def __init__(self, view_model: CollectViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("collect_row")
        self._view_model = view_model
        self.name = self._name_field()
        self.record = QPushButton()
        self.record.setObjectName("collect_record")
        self.record.setMinimumWidth(14 * GRID)
        self.record.clicked.connect(view_model.toggle)
        self._about = QLabel()
        self._about.setObjectName("collect_about")
        self._about.setProperty("kind", "muted")
        self._about.setFont(font_small())
        self._about.setWordWrap(True)
        row = QHBoxLayout()
        row.setSpacing(SPACE_M)
        label = QLabel(self.tr("Class"))
        label.setBuddy(self.name)
        for part in (label, self.name, self.record):
            row.addWidget(part)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        column.addLayout(row)
        column.addWidget(self._about)
        view_model.changed.connect(self.refresh)
        view_model.name_needed.connect(self.name.setFocus)
        self.refresh()

    def _name_field(self) -> QComboBox:
        field = QComboBox()
        field.setObjectName("collect_class")
        field.setEditable(True)
        field.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        field.setMinimumSize(22 * GRID, 7 * GRID // 2)
        field.setAccessibleName(self.tr("Class to collect for"))
        describe(field, self.tr("The class that is recorded, and that dropped files go to"))
        edit = field.lineEdit()
        if edit is not None:
            edit.setPlaceholderText(self.tr("a name, such as clap"))
        field.editTextChanged.connect(self._on_name)
        return field

    def _on_name(self, name: str) -> None:
        self._view_model.class_name = name.strip()
        self.refresh()

    def show_report(self, report: dict[str, Any]) -> None:
        """Offer the classes that there are; the name that stands there stays."""
        name = self.name.currentText()
        self.name.blockSignals(True)
        self.name.clear()
        if report["kind"] == "genre":
            self.name.addItems(list(report["classes"]))
        self.name.setEditText(name)
        self.name.blockSignals(False)
        self.refresh()

    def refresh(self) -> None:
        """The button and the words of the moment."""
        model, recording = self._view_model, self._view_model.recording
        is_on = model.is_recording
        self.record.setVisible(recording is not None)
        self.name.setEnabled(not is_on)
        self.record.setIcon(icon("stop" if is_on else "record"))
        if is_on and recording is not None:
            text = self.tr("Stop  {0:.1f} s").format(recording.seconds)
        elif recording is not None and recording.is_waiting:
            text = self.tr("Opening…")
        else:
            text = self.tr("Record")
        self.record.setText(text)
        self._describe(is_on)

    def _describe(self, is_on: bool) -> None:
        model = self._view_model
        name = model.class_name or self.tr("the class")
        tip = self.tr("End the clip") if is_on else self.tr("Record what Listen hears (Space)")
        self.record.setAccessibleName(self.tr("Record {0}").format(name))
        describe(self.record, tip)
        where = model.collection / model.class_name if model.class_name else model.collection
        text = self.tr("Record what Listen hears, or drop sound files here: they go to {0}.")
        self._about.setText(text.format(where))
