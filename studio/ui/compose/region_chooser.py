"""Where a model may change the score: everywhere, in the selected bars, in bars A to B."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSpinBox, QVBoxLayout, QWidget

from studio.ui.compose.form_parts import caption, combo, explain, side_by_side
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.theme import SPACE_S

WHOLE, SELECTION, BARS = "whole", "selection", "bars"
DEFAULT_BARS = 8


class RegionChooser(QWidget):
    """A choice of bars; `ticks()` is what it comes to in the score of the moment."""

    changed = Signal()

    def __init__(self, score: ScoreViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._score = score
        self.choice = combo(
            "assistant_region", self.tr("Region"), self.tr("Where notes may come and go")
        )
        self.choice.addItem(self.tr("The whole piece"), WHOLE)
        self.choice.addItem(self.tr("The selected bars"), SELECTION)
        self.choice.addItem(self.tr("From bar to bar"), BARS)
        self.first = self._bar_box("assistant_first_bar", self.tr("First bar"))
        self.last = self._bar_box("assistant_last_bar", self.tr("Last bar"))
        self._hint = caption()
        self._hint.setWordWrap(False)
        self._between = caption("\N{EN DASH}")
        self._bars = side_by_side(self.first, self._between, self.last)
        self._bars.layout().setStretch(2, 1)  # type: ignore[union-attr]
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_S)
        for widget in (self.choice, self._bars, self._hint):
            layout.addWidget(widget)
        self.setFocusProxy(self.choice)
        self.choice.currentIndexChanged.connect(self._refresh)
        self.first.valueChanged.connect(self._on_first)
        self.last.valueChanged.connect(self._on_last)
        score.selection_changed.connect(self._refresh)
        score.song_changed.connect(self._on_song)
        score.edited.connect(self._on_length)
        self._on_song()

    def _bar_box(self, name: str, label: str) -> QSpinBox:
        box = QSpinBox()
        explain(box, name, label, self.tr("{0} of the region, counted from 1").format(label))
        box.setMinimum(1)
        return box

    @property
    def problem(self) -> str:
        """Why the region is none, '' where it is one."""
        if self.choice.currentData() == SELECTION and not self._score.selection:
            return self.tr("Select notes in the roll first, or choose another region.")
        return ""

    def ticks(self) -> tuple[int, int | None]:
        """Where the region starts, and where it ends (None: with the piece)."""
        if self.choice.currentData() == WHOLE or self.problem:
            return 0, None
        first, last = self._range()
        metre = self._score.song.metre
        return metre.bar_start(first), metre.bar_start(last + 1)

    def _range(self) -> tuple[int, int]:
        """The first and the last bar, counted from 0."""
        if self.choice.currentData() == BARS:
            return self.first.value() - 1, self.last.value() - 1
        metre, notes = self._score.song.metre, self._score.selection
        first = metre.bar_of(min(note.start for note in notes))
        return first, metre.bar_of(max(note.end for note in notes) - 1)

    def _on_song(self) -> None:
        self._on_length()
        self.first.setValue(1)
        self.last.setValue(DEFAULT_BARS)
        self._refresh()

    def _on_length(self, _change: object = None) -> None:
        """There are as many bars to choose from as the piece has."""
        song = self._score.song
        n_bars = song.metre.bar_of(max(0, song.end - 1)) + 1
        for box in (self.first, self.last):
            box.setMaximum(n_bars)

    def _on_first(self, bar: int) -> None:
        self.last.setValue(max(bar, self.last.value()))
        self._refresh()

    def _on_last(self, bar: int) -> None:
        self.first.setValue(min(bar, self.first.value()))
        self._refresh()

    def _refresh(self, _change: object = None) -> None:
        choice = self.choice.currentData()
        self._bars.setVisible(choice == BARS)
        self._hint.setVisible(choice == SELECTION)
        if choice == SELECTION:
            self._hint.setText(self.tr("No notes selected") if self.problem else self._words())
        self.changed.emit()

    def _words(self) -> str:
        first, last = (bar + 1 for bar in self._range())
        if first == last:
            return self.tr("Bar {0}").format(first)
        return self.tr("Bars {0} to {1}").format(first, last)
