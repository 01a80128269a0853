"""The assistant's finer settings, folded away until they are wanted."""

from __future__ import annotations

import random

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QToolButton, QVBoxLayout, QWidget

from studio.assistant.presets import Wish
from studio.ui.compose.form_parts import (
    SliderRow,
    combo,
    count,
    explain,
    form_of,
    side_by_side,
)
from studio.ui.compose.pitch_chooser import PitchChooser
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.icons import icon
from studio.ui.theme import GRID, ICON_S, SPACE_M

MOST_ITERATIONS = 1000
SLIDER_ITERATIONS = 100
MOST_PER_BAR = 64
MOST_VARIATIONS = 8
MAX_SEED = 999_999
TONICS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


class MoreSettings(QWidget):
    """Pitches, density, rhythm, key, variations, passes and seed."""

    changed = Signal()
    folded = Signal()  # or unfolded: its height is another
    unfolded = Signal()  # and laid out

    def __init__(self, score: ScoreViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pitches = PitchChooser(score)
        self.key = combo("assistant_key", self.tr("Key"), self.tr("Which notes may be added"))
        self._fill_keys()
        self._make_checks()
        self._make_numbers()
        self._fold = self._make_fold()
        self._box = form_of(
            (
                (self.tr("Pitches"), self.pitches),
                (self.tr("Key"), self.key),
                (self.tr("Density"), self.density),
                ("", self.keep_rhythm),
                (self.tr("Variations"), SliderRow(self.variations, MOST_VARIATIONS)),
                ("", self.is_different),
                (self.tr("Iterations"), SliderRow(self.iterations, SLIDER_ITERATIONS)),
                (self.tr("Seed"), self._seed_row()),
            )
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_M)
        layout.addWidget(self._fold)
        layout.addWidget(self._box)
        self._fold.toggled.connect(self._on_fold)
        self._on_fold(False)
        for signal in (
            self.pitches.changed,
            self.density.valueChanged,
            self.keep_rhythm.toggled,
            self.variations.valueChanged,
            self.is_different.toggled,
        ):
            signal.connect(lambda *_: self.changed.emit())

    def _make_fold(self) -> QToolButton:
        fold = QToolButton()
        tip = self.tr("Pitches, key, density, rhythm, variations, iterations and seed")
        explain(fold, "assistant_more", self.tr("More settings"), tip)
        fold.setText(self.tr("More settings"))
        fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        fold.setCheckable(True)
        return fold

    def _on_fold(self, is_open: bool) -> None:
        arrow = Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow
        self._fold.setArrowType(arrow)
        self._box.setVisible(is_open)
        if (layout := self.layout()) is not None:
            layout.activate()
        self.folded.emit()
        if is_open:
            QTimer.singleShot(0, self, self.unfolded.emit)

    def _make_checks(self) -> None:
        self.keep_rhythm = QCheckBox(self.tr("Keep the rhythm"))
        tip = self.tr("Every track keeps the times at which its notes start; only pitches change")
        explain(self.keep_rhythm, "assistant_keep_rhythm", self.tr("Keep the rhythm"), tip)
        self.is_different = QCheckBox(self.tr("Different from last"))
        tip = self.tr("Propose nothing that was proposed the last time")
        explain(self.is_different, "assistant_different", self.tr("Different from last"), tip)

    def _make_numbers(self) -> None:
        self.density = count(
            "assistant_density",
            self.tr("Density"),
            self.tr("Add nothing to a bar in which so many notes start already"),
            MOST_PER_BAR,
            0,
        )
        self.density.setSpecialValueText(self.tr("any"))
        self.density.setMinimumHeight(3 * GRID)  # words reach lower than figures
        self.density.setSuffix(self.tr(" notes a bar"))
        self.variations = count(
            "assistant_variations",
            self.tr("Variations"),
            self.tr("How many proposals to choose from: [ and ] show the one before and the next"),
            MOST_VARIATIONS,
            1,
        )
        self.variations.setMinimum(1)
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

    def set(self, wish: Wish) -> None:
        """Show what a preset asks for."""
        self.keep_rhythm.setChecked(wish.keep_rhythm)
        self.density.setValue(wish.max_per_bar or 0)
        self.variations.setValue(wish.variations)
        self.is_different.setChecked(wish.is_different)

    def wish(self, max_add: int, max_remove: int, risk: float) -> Wish:
        """What these controls ask for, with the amounts that others do."""
        return Wish(
            max_add,
            max_remove,
            risk,
            self.keep_rhythm.isChecked(),
            self.density.value() or None,
            self.variations.value(),
            self.is_different.isChecked(),
        )

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
