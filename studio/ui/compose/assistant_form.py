"""What the musician asks of the model: which model, where, how much, how daring."""

from __future__ import annotations

import random
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QSlider,
    QSpinBox,
    QToolButton,
    QWidget,
)

from models.protocol import Conditions
from studio.training.registry import ModelEntry, list_models
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.icons import icon
from studio.ui.theme import ICON_S, SPACE_M, SPACE_S, font_small

MOST_EDITS = 200
MAX_SEED = 999_999
TONICS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
WHOLE, SELECTION = "whole", "selection"
RISK_STEPS = 20  # of 0.1, from 0 to 2


class AssistantForm(QWidget):
    """The controls; `conditions()` reads them."""

    def __init__(self, score: ScoreViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._score = score
        self.model = _combo("assistant_model", self.tr("Model"), self.tr("Which model proposes"))
        self.quality = QLabel()
        self.quality.setObjectName("assistant_model_quality")
        self.quality.setProperty("kind", "muted")
        self.quality.setFont(font_small())
        self.quality.setWordWrap(True)
        self.region = _combo("assistant_region", self.tr("Region"), self.tr("Where it may change"))
        self.region.addItem(self.tr("The whole piece"), WHOLE)
        self.region.addItem(self.tr("Around the selection"), SELECTION)
        self.track = _combo("assistant_track", self.tr("Track"), self.tr("Which tracks may change"))
        self.add = _count("assistant_add", self.tr("Most notes to add"), 8)
        self.remove = _count("assistant_remove", self.tr("Most notes to remove"), 4)
        self.risk = _risk("assistant_risk", self.tr("Creative risk"))
        self.key = _combo("assistant_key", self.tr("Key"), self.tr("Which notes may be added"))
        self.seed = _count("assistant_seed", self.tr("Seed"), 0, MAX_SEED)
        self.seed.setToolTip(self.tr("The same score, settings and seed give the same proposals"))
        self._fill_keys()
        self._lay_out()
        self.model.currentIndexChanged.connect(self._show_quality)
        score.song_changed.connect(self.fill_tracks)
        self.fill_tracks()
        self.fill_models()

    def _lay_out(self) -> None:
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(SPACE_M)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(self.tr("Model"), self.model)
        form.addRow(self.quality)
        form.addRow(self.tr("Region"), self.region)
        form.addRow(self.tr("Tracks"), self.track)
        form.addRow(self.tr("Add at most"), self.add)
        form.addRow(self.tr("Remove at most"), self.remove)
        form.addRow(self.tr("Creative risk"), self._risk_row())
        form.addRow(self.tr("Key"), self.key)
        form.addRow(self.tr("Seed"), self._seed_row())

    def _risk_row(self) -> QWidget:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setObjectName("assistant_risk_slider")
        slider.setAccessibleName(self.tr("Creative risk"))
        slider.setToolTip(self.risk.toolTip())
        slider.setMaximum(RISK_STEPS)
        slider.setValue(round(self.risk.value() * 10))
        slider.valueChanged.connect(lambda value: self.risk.setValue(value / 10))
        self.risk.valueChanged.connect(lambda value: slider.setValue(round(value * 10)))
        return _row(slider, self.risk)

    def _seed_row(self) -> QWidget:
        dice = QToolButton()
        dice.setObjectName("assistant_dice")
        dice.setIcon(icon("refresh"))
        dice.setIconSize(QSize(ICON_S, ICON_S))
        dice.setToolTip(self.tr("Another seed: other proposals"))
        dice.setAccessibleName(self.tr("Another seed"))
        dice.clicked.connect(lambda: self.seed.setValue(random.randint(0, MAX_SEED)))
        return _row(self.seed, dice)

    def _fill_keys(self) -> None:
        self.key.addItem(self.tr("As the piece"), "auto")
        self.key.addItem(self.tr("Any note"), "off")
        for mode, word in (("maj", self.tr("major")), ("min", self.tr("minor"))):
            for tonic in TONICS:
                self.key.addItem(f"{tonic} {word}", f"{tonic}:{mode}")

    def fill_models(self) -> None:
        """List the score models that are there now; keep the choice if it still is."""
        chosen = self.model.currentData()
        self.model.blockSignals(True)
        self.model.clear()
        for entry in list_models():
            if entry.card is not None and entry.card.kind == "score":
                self.model.addItem(entry.name, entry.folder)
                tip = _quality(entry)
                self.model.setItemData(self.model.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.model.setCurrentIndex(max(0, self.model.findData(chosen)))
        self.model.blockSignals(False)
        self._show_quality()

    def choose_model(self, folder: Path) -> None:
        """Choose the model in `folder`, if it is one of those listed."""
        self.fill_models()
        index = self.model.findData(folder)
        if index >= 0:
            self.model.setCurrentIndex(index)

    def fill_tracks(self) -> None:
        """List the tracks of the song."""
        self.track.clear()
        self.track.addItem(self.tr("All tracks"), None)
        for index, track in enumerate(self._score.tracks):
            self.track.addItem(track.name or self.tr("Track {0}").format(index + 1), index)

    def _show_quality(self) -> None:
        tip = self.model.currentData(Qt.ItemDataRole.ToolTipRole)
        self.quality.setText(tip or "")
        self.quality.setVisible(bool(tip))

    @property
    def folder(self) -> Path | None:
        """The chosen model's folder, None if there is no model."""
        data = self.model.currentData()
        return data if isinstance(data, Path) else None

    def conditions(self) -> Conditions:
        """What the controls say."""
        start, end = self._ticks()
        track = self.track.currentData()
        return Conditions(
            max_add=self.add.value(),
            max_remove=self.remove.value(),
            temperature=self.risk.value(),
            seed=self.seed.value(),
            start_tick=start,
            end_tick=end,
            tracks=None if track is None else (track,),
            key=self.key.currentData(),
        )

    def _ticks(self) -> tuple[int, int | None]:
        """The region: whole bars that hold the selection."""
        selection = self._score.selection
        if self.region.currentData() == WHOLE or not selection:
            return 0, None
        metre = self._score.song.metre
        first = metre.bar_of(min(note.start for note in selection))
        last = metre.bar_of(max(note.end for note in selection) - 1)
        return metre.bar_start(first), metre.bar_start(last + 1)


def _combo(name: str, label: str, tip: str) -> QComboBox:
    combo = QComboBox()
    combo.setObjectName(name)
    combo.setAccessibleName(label)
    combo.setToolTip(tip)
    combo.setStatusTip(tip)
    combo.setMinimumContentsLength(8)
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return combo


def _count(name: str, label: str, value: int, most: int = MOST_EDITS) -> QSpinBox:
    box = QSpinBox()
    box.setObjectName(name)
    box.setAccessibleName(label)
    box.setToolTip(label)
    box.setStatusTip(label)
    box.setRange(0, most)
    box.setValue(value)
    return box


def _risk(name: str, label: str) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setObjectName(name)
    box.setAccessibleName(label)
    box.setToolTip(f"{label}: 0 takes only what the model finds most likely, 2 is daring")
    box.setStatusTip(box.toolTip())
    box.setRange(0, RISK_STEPS / 10)
    box.setSingleStep(0.1)
    box.setDecimals(1)
    box.setValue(0.5)
    return box


def _row(*widgets: QWidget) -> QWidget:
    box = QWidget()
    layout = QHBoxLayout(box)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(SPACE_S)
    for index, widget in enumerate(widgets):
        layout.addWidget(widget, 1 if index == 0 else 0)
    return box


def _quality(entry: ModelEntry) -> str:
    """One line of the card's repair measures, for those that have them."""
    metrics = entry.card.metrics if entry.card else {}
    for split in ("test", "valid"):
        numbers = metrics.get(split, {})
        repair = numbers.get("repair", numbers) if isinstance(numbers, dict) else {}
        auc = repair.get("removal_auc") if isinstance(repair, dict) else None
        if isinstance(auc, int | float):
            return f"Finds wrong notes with AUC {auc:.2f} ({split} pieces)"
    return ""
