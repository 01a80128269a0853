"""Step 2: what to train, and how long."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QWidget,
)

from models.settings.kinds import KIND_SETTINGS, PRESET_WORDS
from studio.errors import StudioError
from studio.training.run_process import RunRequest
from studio.ui.theme import GRID, SPACE_M, font_small
from studio.ui.train.card import Card, describe, row_of
from studio.ui.train.metric_words import estimate_words
from studio.ui.train.settings_dialog import SettingsDialog
from studio.ui.train.train_view_model import TrainViewModel

KINDS = {
    "genre": ("Genre listener", "Names the genre of what sounds, live in Listen.", "genre"),
    "ar-cnn": ("AR-CNN", "Proposes notes to add and to remove, in Compose.", "score"),
    "lstm": ("LSTM", "Continues a piece and finds what surprises it, in Compose.", "score"),
}
PRESETS = {
    "quick": "Quick",
    "balanced": "Balanced",
    "best": "Best",
    "tiny": "Tiny, to try it out",
    "reference": "Reference",
    "frames": "Frames",
}
FIRST_PRESET = "balanced"
ESTIMATE_AFTER_MS = 500  # the user may go on choosing
NO_LIMIT = 0
FIELD_HEIGHT = 7 * GRID // 2


class SettingsCard(Card):
    """The choices, and the button that starts the run or says why it can't."""

    start_requested = Signal(str, str, object, object)  # kind, preset, epochs or None, settings
    stop_requested = Signal()
    pause_requested = Signal()

    def __init__(self, view_model: TrainViewModel, parent: QWidget | None = None) -> None:
        super().__init__("train_settings", parent)
        self.title.setText(self.tr("2  Model"))
        self._view_model = view_model
        self.kind = self._combo("train_kind", self.tr("What to train"))
        self._about = self._muted("train_about")
        self.preset = self._combo("train_preset", self.tr("Preset"))
        self._preset_words = self._muted("train_preset_words")
        self.changes: dict[str, Any] = {}
        self._cost = self._muted("train_estimate")
        self._cost_timer = QTimer(self, interval=ESTIMATE_AFTER_MS, singleShot=True)
        self._cost_timer.timeout.connect(self._ask_cost)
        self.start = QPushButton()
        self.start.setObjectName("train_start")
        self.start.setProperty("kind", "primary")
        self.start.clicked.connect(self._on_pressed)
        self._make_controls()
        self._reason = self._muted("train_reason")
        self._lay_out()
        self.kind.currentIndexChanged.connect(self._show_about)
        self.preset.currentIndexChanged.connect(self._on_preset)
        self.epochs.valueChanged.connect(self._on_choice)
        view_model.shelf.estimated.connect(self._on_estimated)
        view_model.shelf.estimating.connect(
            lambda: self._cost.setText(self.tr("Measuring a few batches to tell time and memory…"))
        )
        view_model.inspected.connect(self._offer_kinds)
        view_model.state_changed.connect(lambda _: self.refresh())
        self._fill("")
        self.refresh()

    def _make_controls(self) -> None:
        self.epochs = QSpinBox()
        self.epochs.setObjectName("train_epochs")
        self.epochs.setAccessibleName(self.tr("Most epochs"))
        self.epochs.setToolTip(
            self.tr("Training also ends by itself when it no longer gets better")
        )
        self.epochs.setRange(NO_LIMIT, 1000)
        self.epochs.setSpecialValueText(self.tr("as the preset"))
        self.all_settings = QPushButton(self.tr("All settings…"))
        self.all_settings.setObjectName("train_all")
        self.all_settings.setAccessibleName(self.tr("All settings"))
        describe(self.all_settings, self.tr("Every setting with its range, to change the preset"))
        self.all_settings.clicked.connect(self._show_all)
        self.pause = QPushButton(self.tr("Pause"))
        self.pause.setObjectName("train_pause")
        self.pause.setAccessibleName(self.tr("Pause the training"))
        describe(self.pause, self.tr("End it for now; Go on, under Runs, takes it up again"))
        self.pause.clicked.connect(self.pause_requested)

    def _lay_out(self) -> None:
        self._form = form = QFormLayout()
        form.setSpacing(SPACE_M)
        form.addRow(self.tr("What to train"), self.kind)
        form.addRow(self._about)
        form.addRow(self.tr("Preset"), self.preset)
        form.addRow(self._preset_words)
        form.addRow(self.tr("Most epochs"), self.epochs)
        row = row_of(self.start, self.pause)
        row.setStretchFactor(self.start, 1)
        self.column.addLayout(form)
        self.column.addWidget(self.all_settings)
        self.column.addWidget(self._cost)
        self.column.addLayout(row)
        self.column.addWidget(self._reason)
        self.column.addStretch(1)
        for field in (self.kind, self.preset, self.epochs):
            field.setMinimumHeight(FIELD_HEIGHT)

    def _muted(self, name: str) -> QLabel:
        label = QLabel()
        label.setObjectName(name)
        label.setProperty("kind", "muted")
        label.setFont(font_small())
        label.setWordWrap(True)
        return label

    def _combo(self, name: str, label: str) -> QComboBox:
        combo = QComboBox()
        combo.setObjectName(name)
        combo.setAccessibleName(label)
        describe(combo, label)
        return combo

    def _offer_kinds(self, report: dict[str, Any]) -> None:
        self._fill(report["kind"])
        self.refresh()
        self._on_choice()

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
        wanted = self.preset.currentData() or FIRST_PRESET
        self.preset.clear()
        known = KIND_SETTINGS[name].presets if name else {}
        for preset, text in PRESETS.items():
            if preset in known:
                self.preset.addItem(self.tr(text), preset)
        self.preset.setCurrentIndex(max(0, self.preset.findData(wanted)))
        self._on_preset()

    def _on_preset(self) -> None:
        """Another preset has other values: what was changed in the last one is forgotten."""
        self.changes = {}
        self._preset_words.setText(self.tr(PRESET_WORDS.get(self.preset.currentData() or "", "")))
        self._on_choice()

    def _on_choice(self) -> None:
        n = len(self.changes)
        text = self.tr("All settings ({0} changed)…").format(n) if n else self.tr("All settings…")
        self.all_settings.setText(text)
        self._cost.clear()
        self._cost_timer.start()

    @property
    def settings(self) -> tuple[str, ...]:
        """What was changed in the preset, as `--set` says it."""
        return tuple(f"{name}={value}" for name, value in sorted(self.changes.items()))

    def _show_all(self) -> None:
        dialog = SettingsDialog(
            self.kind.currentData(), self.preset.currentData(), self.changes, self
        )
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self.changes = dialog.changes
            self._on_choice()

    def _ask_cost(self) -> None:
        """Ask what the run would cost, once there is data to measure by."""
        model, kind = self._view_model, self.kind.currentData()
        is_ready = model.state in ("ready", "ended") and model.report is not None
        if not is_ready or model.data is None or not kind:
            return
        try:
            settings = (*model.base_settings(kind), *self.settings)
        except StudioError as error:  # the model to begin from does not fit: nor will it start
            self._cost.setText(str(error))
            return
        epochs = self.epochs.value() or None
        model.shelf.estimate(
            RunRequest(kind, model.data, self.preset.currentData(), epochs, settings)
        )

    def _on_estimated(self, _request: RunRequest, outcome: Any) -> None:
        text = estimate_words(outcome) if isinstance(outcome, dict) else str(outcome)
        self._cost.setText(text)

    def _on_pressed(self) -> None:
        if self._view_model.state == "running":
            self.stop_requested.emit()
            return
        epochs = self.epochs.value() or None
        kind, preset = self.kind.currentData(), self.preset.currentData()
        self.start_requested.emit(kind, preset, epochs, self.settings)

    def refresh(self) -> None:
        """The button of the moment."""
        state, has_data = self._view_model.state, self._view_model.report is not None
        for field in (self.kind, self.preset, self.epochs):
            field.setEnabled(state not in ("running", "stopping"))
        self.pause.setVisible(state == "running")
        is_free = state not in ("running", "stopping")
        for part in (self._about, self._preset_words, self.all_settings, self._cost):
            part.setVisible(is_free)  # a run wants the room
        self._form.setRowVisible(self.epochs, is_free)
        if state == "running":
            self._set_button(self.tr("Stop and keep best"), True, self.tr("End within a second"))
        elif state == "stopping":
            is_paused = self._view_model.is_paused
            text = self.tr("Pausing…") if is_paused else self.tr("Stopping…")
            reason = self.tr("The best model is being measured and saved.")
            self._set_button(
                text, False, self.tr("The state is being saved.") if is_paused else reason
            )
        elif has_data:
            tip = self.tr("Train in the background; you can go on playing")
            self._set_button(self.tr("Start training"), True, tip)
        else:
            reason = self.tr("Choose a folder of music first.")
            self._set_button(self.tr("Start training"), False, reason)

    def _set_button(self, text: str, is_enabled: bool, tip: str) -> None:
        self.start.setText(text)
        self.start.setEnabled(is_enabled)
        describe(self.start, tip)
        self.start.setAccessibleName(text)
        self._reason.setText(tip)
        self._reason.setVisible(not is_enabled)
