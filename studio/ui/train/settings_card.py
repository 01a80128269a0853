"""Step 2: what to train, and how long."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QFrame,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from studio.ui.theme import GRID, SPACE_M, font_bold, font_small
from studio.ui.train.train_view_model import TrainViewModel

KINDS = {
    "genre": ("Genre listener", "Names the genre of what sounds, live in Listen.", "genre"),
    "ar-cnn": ("AR-CNN", "Proposes notes to add and to remove, in Compose.", "score"),
    "lstm": ("LSTM", "Continues a piece and finds what surprises it, in Compose.", "score"),
}
PRESETS = {"default": "Default", "tiny": "Tiny: seconds, to try it out"}
NO_LIMIT = 0
FIELD_HEIGHT = 7 * GRID // 2


class SettingsCard(QFrame):
    """The choices, and the button that starts the run or says why it can't."""

    start_requested = Signal(str, str, object)  # kind, preset, epochs or None
    stop_requested = Signal()

    def __init__(self, view_model: TrainViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("train_settings")
        self.setProperty("kind", "card")
        self._view_model = view_model
        title = QLabel(self.tr("2  Model"))
        title.setFont(font_bold())
        self.kind = self._combo("train_kind", self.tr("What to train"))
        self._about = QLabel()
        self._about.setProperty("kind", "muted")
        self._about.setFont(font_small())
        self._about.setWordWrap(True)
        self.preset = self._combo("train_preset", self.tr("Preset"))
        for name, text in PRESETS.items():
            self.preset.addItem(self.tr(text), name)
        self.epochs = QSpinBox()
        self.epochs.setObjectName("train_epochs")
        self.epochs.setAccessibleName(self.tr("Most epochs"))
        self.epochs.setToolTip(
            self.tr("Training also ends by itself when it no longer gets better")
        )
        self.epochs.setRange(NO_LIMIT, 1000)
        self.epochs.setSpecialValueText(self.tr("as the preset"))
        self.start = QPushButton()
        self.start.setObjectName("train_start")
        self.start.setProperty("kind", "primary")
        self.start.clicked.connect(self._on_pressed)
        self._reason = QLabel()
        self._reason.setObjectName("train_reason")
        self._reason.setProperty("kind", "muted")
        self._reason.setFont(font_small())
        self._reason.setWordWrap(True)
        self._lay_out(title)
        self.kind.currentIndexChanged.connect(self._show_about)
        view_model.inspected.connect(self._offer_kinds)
        view_model.state_changed.connect(lambda _: self.refresh())
        self._fill("")
        self.refresh()

    def _lay_out(self, title: QLabel) -> None:
        form = QFormLayout()
        form.setSpacing(SPACE_M)
        form.addRow(self.tr("What to train"), self.kind)
        form.addRow(self._about)
        form.addRow(self.tr("Preset"), self.preset)
        form.addRow(self.tr("Most epochs"), self.epochs)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(SPACE_M)
        column.addWidget(title)
        column.addLayout(form)
        column.addWidget(self.start)
        column.addWidget(self._reason)
        column.addStretch(1)
        for field in (self.kind, self.preset, self.epochs):
            field.setMinimumHeight(FIELD_HEIGHT)

    def _combo(self, name: str, label: str) -> QComboBox:
        combo = QComboBox()
        combo.setObjectName(name)
        combo.setAccessibleName(label)
        combo.setToolTip(label)
        combo.setStatusTip(label)
        return combo

    def _offer_kinds(self, report: dict[str, Any]) -> None:
        self._fill(report["kind"])
        self.refresh()

    def _fill(self, data_kind: str) -> None:
        """Only what this data can teach."""
        self.kind.clear()
        for name, (text, _, kind) in KINDS.items():
            if data_kind in ("", kind):
                self.kind.addItem(self.tr(text), name)
        self._show_about()

    def _show_about(self) -> None:
        name = self.kind.currentData()
        self._about.setText(self.tr(KINDS[name][1]) if name else "")

    def _on_pressed(self) -> None:
        if self._view_model.state == "running":
            self.stop_requested.emit()
            return
        epochs = self.epochs.value() or None
        self.start_requested.emit(self.kind.currentData(), self.preset.currentData(), epochs)

    def refresh(self) -> None:
        """The button of the moment."""
        state, has_data = self._view_model.state, self._view_model.report is not None
        for field in (self.kind, self.preset, self.epochs):
            field.setEnabled(state not in ("running", "stopping"))
        if state == "running":
            self._set_button(self.tr("Stop and keep best"), True, self.tr("End within a second"))
        elif state == "stopping":
            reason = self.tr("The best model is being measured and saved.")
            self._set_button(self.tr("Stopping…"), False, reason)
        elif has_data:
            tip = self.tr("Train in the background; you can go on playing")
            self._set_button(self.tr("Start training"), True, tip)
        else:
            reason = self.tr("Choose a folder of music first.")
            self._set_button(self.tr("Start training"), False, reason)

    def _set_button(self, text: str, is_enabled: bool, tip: str) -> None:
        self.start.setText(text)
        self.start.setEnabled(is_enabled)
        self.start.setToolTip(tip)
        self.start.setStatusTip(tip)
        self.start.setAccessibleName(text)
        self._reason.setText(tip)
        self._reason.setVisible(not is_enabled)
