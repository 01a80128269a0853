"""What the musician asks of the model: which model, where, how much, how daring."""

from __future__ import annotations

import random
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFormLayout, QToolButton, QWidget

from models.protocol import Conditions
from studio.training.registry import ModelEntry, list_models
from studio.ui.compose.form_parts import (
    SliderRow,
    caption,
    combo,
    count,
    decimal,
    explain,
    side_by_side,
)
from studio.ui.compose.region_chooser import RegionChooser
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.compose.track_chooser import TrackChooser
from studio.ui.icons import icon
from studio.ui.theme import ICON_S, SPACE_M

MOST_EDITS = 500
SLIDER_EDITS = 32  # where the slider ends: more is rarely asked for
MOST_ITERATIONS = 1000
SLIDER_ITERATIONS = 100
MOST_RISK = 2.0
MAX_SEED = 999_999
TONICS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


class AssistantForm(QWidget):
    """The controls; `conditions()` reads them."""

    changed = Signal()  # something was chosen that may matter to what can be asked
    model_changed = Signal()

    def __init__(self, score: ScoreViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = combo("assistant_model", self.tr("Model"), self.tr("Which model proposes"))
        self.quality = caption()
        self.quality.setObjectName("assistant_model_quality")
        self.region = RegionChooser(score)
        self.tracks = TrackChooser(score)
        self._make_amounts()
        self.key = combo("assistant_key", self.tr("Key"), self.tr("Which notes may be added"))
        self._fill_keys()
        self._lay_out()
        self.model.currentIndexChanged.connect(self._on_model)
        self.region.changed.connect(self.changed)
        self.tracks.changed.connect(self.changed)
        self.fill_models()

    def _make_amounts(self) -> None:
        self.add = count(
            "assistant_add",
            self.tr("Most notes to add"),
            self.tr("Most notes to add: an exact limit"),
            MOST_EDITS,
            8,
        )
        self.remove = count(
            "assistant_remove",
            self.tr("Most notes to remove"),
            self.tr("Most notes to remove: an exact limit"),
            MOST_EDITS,
            4,
        )
        self.risk = decimal(
            "assistant_risk",
            self.tr("Creative risk"),
            self.tr("Creative risk: 0 takes only what the model finds most likely, 2 is daring"),
            MOST_RISK,
            0.5,
        )
        self.iterations = count(
            "assistant_iterations",
            self.tr("Iterations"),
            self.tr("How often the model may look at the score anew: fewer is quicker, less exact"),
            MOST_ITERATIONS,
            100,
        )
        self.iterations.setMinimum(1)
        self.seed = count(
            "assistant_seed",
            self.tr("Seed"),
            self.tr("The same score, settings and seed give the same proposals"),
            MAX_SEED,
            0,
        )

    def _lay_out(self) -> None:
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(SPACE_M)
        form.setVerticalSpacing(SPACE_M)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        rows: tuple[tuple[str, QWidget], ...] = (
            (self.tr("Model"), self.model),
            ("", self.quality),
            (self.tr("Region"), self.region),
            (self.tr("Tracks"), self.tracks),
            (self.tr("Most notes to add"), SliderRow(self.add, SLIDER_EDITS)),
            (self.tr("Most notes to remove"), SliderRow(self.remove, SLIDER_EDITS)),
            (self.tr("Creative risk"), SliderRow(self.risk, MOST_RISK, 0.1)),
            (self.tr("Iterations"), SliderRow(self.iterations, SLIDER_ITERATIONS)),
            (self.tr("Key"), self.key),
            (self.tr("Seed"), self._seed_row()),
        )
        for text, widget in rows:
            if not text:
                form.addRow(widget)
                continue
            label = caption(text)
            label.setWordWrap(False)
            label.setBuddy(widget)
            form.addRow(label, widget)

    def _seed_row(self) -> QWidget:
        dice = QToolButton()
        tip = self.tr("Another seed: other proposals")
        explain(dice, "assistant_dice", self.tr("Another seed"), tip)
        dice.setIcon(icon("refresh"))
        dice.setIconSize(QSize(ICON_S, ICON_S))
        dice.clicked.connect(lambda: self.seed.setValue(random.randint(0, MAX_SEED)))
        row = side_by_side(self.seed, dice)
        row.setFocusProxy(self.seed)
        return row

    def _fill_keys(self) -> None:
        self.key.addItem(self.tr("As the piece"), "auto")
        self.key.addItem(self.tr("Any note"), "off")
        for mode, word in (("maj", self.tr("major")), ("min", self.tr("minor"))):
            for tonic in TONICS:
                name = tonic.replace("#", "\N{MUSIC SHARP SIGN}").replace(
                    "b", "\N{MUSIC FLAT SIGN}"
                )
                self.key.addItem(f"{name} {word}", f"{tonic}:{mode}")

    def fill_models(self) -> None:
        """List the score models that are there now; keep the choice if it still is."""
        chosen = self.model.currentData()
        self.model.blockSignals(True)
        self.model.clear()
        for entry in list_models():
            if entry.card is not None and entry.card.kind == "score":
                self.model.addItem(entry.name, str(entry.folder))
                at = self.model.count() - 1
                self.model.setItemData(at, self._quality(entry), Qt.ItemDataRole.ToolTipRole)
        self.model.setCurrentIndex(max(0, self.model.findData(chosen)))
        self.model.blockSignals(False)
        self._on_model()

    def choose_model(self, folder: Path) -> None:
        """Choose the model in `folder`, if it is one of those listed."""
        self.fill_models()
        index = self.model.findData(str(folder))
        if index >= 0:
            self.model.setCurrentIndex(index)

    def _on_model(self) -> None:
        text = self.model.currentData(Qt.ItemDataRole.ToolTipRole) or ""
        self.quality.setText(text)
        self.quality.setVisible(bool(text))
        self.model_changed.emit()

    def _quality(self, entry: ModelEntry) -> str:
        """What the card says of how well the model mends scores, in a line."""
        for split in ("test", "valid"):
            numbers = entry.card.metrics.get(split, {}) if entry.card else {}
            wrong, missing = (numbers.get(key) for key in ("removal_auc", "addition_hit_at_k"))
            if isinstance(wrong, int | float) and isinstance(missing, int | float):
                text = self.tr(
                    "Tells wrong from right in {0:.1f} % of pairs, finds {1:.0f} % of missing notes"
                )
                return text.format(100 * wrong, 100 * missing) + f" ({split})"
        return ""

    @property
    def folder(self) -> Path | None:
        """The chosen model's folder, None if there is no model."""
        data = self.model.currentData()
        return Path(data) if data else None

    @property
    def problem(self) -> str:
        """Why nothing can be asked with these choices, '' where it can."""
        if self.folder is None:
            return self.tr("There is no score model yet: train one in Train (Ctrl+3).")
        return self.region.problem or self.tracks.problem

    def conditions(self) -> Conditions:
        """What the controls say."""
        start, end = self.region.ticks()
        return Conditions(
            max_add=self.add.value(),
            max_remove=self.remove.value(),
            iterations=self.iterations.value(),
            temperature=self.risk.value(),
            seed=self.seed.value(),
            start_tick=start,
            end_tick=end,
            tracks=self.tracks.tracks,
            key=self.key.currentData(),
        )
