"""What the musician asks of the model: what for, which model, where, how much, how daring."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QSize, Qt, Signal
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from models.protocol import Conditions
from studio.assistant.presets import OWN, PRESETS, Wish, find_preset, preset_of
from studio.training.registry import ModelEntry, list_models
from studio.ui.compose.form_parts import (
    SliderRow,
    caption,
    combo,
    count,
    decimal,
    explain,
    form_of,
    side_by_side,
)
from studio.ui.compose.more_settings import MoreSettings
from studio.ui.compose.region_chooser import RegionChooser
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.compose.track_chooser import TrackChooser
from studio.ui.compose.worker_request import Request
from studio.ui.icons import icon
from studio.ui.theme import ICON_S, SPACE_M

MOST_EDITS = 500
SLIDER_EDITS = 32  # where the slider ends: more is rarely asked for
MOST_RISK = 2.0


class AssistantForm(QWidget):
    """The controls; `conditions()` and `wish()` read them, a preset sets them."""

    changed = Signal()  # something was chosen that may matter to what can be asked
    model_changed = Signal()
    style_requested = Signal()  # the model is to fit what Listen hears

    def __init__(self, score: ScoreViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_setting = False
        self.model = combo("assistant_model", self.tr("Model"), self.tr("Which model proposes"))
        self.model.setMinimumContentsLength(4)  # beside it stands a button
        self.quality = caption()
        self.quality.setObjectName("assistant_model_quality")
        self.region = RegionChooser(score)
        self.tracks = TrackChooser(score)
        self.more = MoreSettings(score)
        self._make_amounts()
        self._make_presets()
        self._lay_out()
        self._wire()
        self.fill_models()
        self._on_wish()

    def _make_presets(self) -> None:
        tip = self.tr("What the assistant is to do: sets the amounts and the risk below")
        self.preset = combo("assistant_preset", self.tr("What to do"), tip)
        for preset in PRESETS:
            self.preset.addItem(_word(preset.title), preset.name)
        self.preset.addItem(self.tr("My own settings"), OWN)
        self.sentence = caption()
        self.sentence.setObjectName("assistant_preset_sentence")

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

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_M)
        rows: tuple[tuple[str, QWidget], ...] = (
            (self.tr("What to do"), self.preset),
            ("", self.sentence),
            (self.tr("Model"), self._model_row()),
            ("", self.quality),
            (self.tr("Region"), self.region),
            (self.tr("Tracks"), self.tracks),
            (self.tr("Most notes to add"), SliderRow(self.add, SLIDER_EDITS)),
            (self.tr("Most notes to remove"), SliderRow(self.remove, SLIDER_EDITS)),
            (self.tr("Creative risk"), SliderRow(self.risk, MOST_RISK, 0.1)),
        )
        layout.addWidget(form_of(rows))
        layout.addWidget(self.more)

    def _model_row(self) -> QWidget:
        style = QToolButton()
        tip = self.tr("Choose the model that fits the genre heard in Listen")
        explain(style, "assistant_style", self.tr("The model that fits what is heard"), tip)
        style.setIcon(icon("listen"))
        style.setIconSize(QSize(ICON_S, ICON_S))
        style.clicked.connect(self.style_requested)
        row = side_by_side(self.model, style)
        row.setFocusProxy(self.model)
        return row

    def _wire(self) -> None:
        self.model.currentIndexChanged.connect(self._on_model)
        self.preset.currentIndexChanged.connect(self._on_preset)
        for chooser in (self.region, self.tracks, self.more.pitches):
            chooser.changed.connect(self.changed)
        for box in (self.add, self.remove, self.risk):
            box.valueChanged.connect(self._on_wish)
        self.more.changed.connect(self._on_wish)

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

    def _on_preset(self) -> None:
        """Another preset: its settings go into the controls."""
        preset = find_preset(self.preset.currentData())
        if preset is not None:
            self._set(preset.wish)
        self._on_wish()

    def _set(self, wish: Wish) -> None:
        self._is_setting = True
        self.add.setValue(wish.max_add)
        self.remove.setValue(wish.max_remove)
        self.risk.setValue(wish.risk)
        self.more.set(wish)
        self._is_setting = False

    def _on_wish(self) -> None:
        """The controls have other values: say whose settings they are now."""
        if self._is_setting:
            return
        name = preset_of(self.wish(), self.preset.currentData())
        self.preset.blockSignals(True)
        self.preset.setCurrentIndex(self.preset.findData(name))
        self.preset.blockSignals(False)
        preset = find_preset(name)
        self.sentence.setText(_word(preset.sentence) if preset else "")
        self.sentence.setVisible(preset is not None)
        self.changed.emit()

    def wish(self) -> Wish:
        """How much may change and how freely, as the controls say."""
        return self.more.wish(self.add.value(), self.remove.value(), round(self.risk.value(), 1))

    @property
    def folder(self) -> Path | None:
        """The chosen model's folder, None if there is no model."""
        data = self.model.currentData()
        return Path(data) if data else None

    @property
    def continues(self) -> bool:
        """Whether the chosen preset writes new bars rather than change those that are there."""
        preset = find_preset(self.preset.currentData())
        return preset is not None and preset.continues

    @property
    def problem(self) -> str:
        """Why nothing can be asked with these choices, '' where it can."""
        if self.folder is None:
            return self.tr("There is no score model yet: train one in Train (Ctrl+3).")
        if self.continues:
            return self.tracks.problem
        return self.region.problem or self.tracks.problem or self.more.pitches.problem

    def conditions(self) -> Conditions:
        """What the controls say."""
        start, end = self.region.ticks()
        low, high = self.more.pitches.pitches()
        wish = self.wish()
        return Conditions(
            max_add=wish.max_add,
            max_remove=wish.max_remove,
            iterations=self.more.iterations.value(),
            temperature=wish.risk,
            seed=self.more.seed.value(),
            start_tick=start,
            end_tick=end,
            tracks=self.tracks.tracks,
            pitch_min=low,
            pitch_max=high,
            key=self.more.key.currentData(),
            keep_rhythm=wish.keep_rhythm,
            max_per_bar=wish.max_per_bar,
        )

    def request(self, folder: Path, bars: int = 0) -> Request:
        """All of it, for the model in `folder`; with `bars`, for new bars after the end."""
        wish = self.wish()
        preset = "continue" if bars else self.preset.currentData()
        return Request(folder, self.conditions(), bars, wish.variations, wish.is_different, preset)


def _word(text: str) -> str:
    """Words of the table of presets in the user's language."""
    return QCoreApplication.translate("presets", text)
