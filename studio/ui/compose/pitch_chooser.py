"""Which pitches a model may change: the piece's own, the selection's, or from one to another."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QSpinBox, QVBoxLayout, QWidget

from studio.ui.compose.form_parts import caption, combo, explain, side_by_side
from studio.ui.compose.roll_painter import pitch_name
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.theme import SPACE_S, font_normal, tabular

PIECE, SELECTION, RANGE = "piece", "selection", "range"
LOWEST, HIGHEST = 48, 84
_BY_NAME = {pitch_name(pitch): pitch for pitch in range(128)}


class PitchBox(QSpinBox):
    """A pitch by its name; the arrows go by semitones."""

    def __init__(self, name: str, label: str, tip: str, pitch: int) -> None:
        super().__init__()
        explain(self, name, label, tip)
        self.setFont(tabular(font_normal()))
        self.setRange(0, 127)
        self.setValue(pitch)

    def textFromValue(self, value: int) -> str:  # noqa: N802 (Qt names it so)
        return pitch_name(value)

    def valueFromText(self, text: str) -> int:  # noqa: N802 (Qt names it so)
        return _read(text) if _read(text) is not None else self.value()  # type: ignore[return-value]

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        is_whole = _read(text) is not None
        state = QValidator.State.Acceptable if is_whole else QValidator.State.Intermediate
        return state, text, position


class PitchChooser(QWidget):
    """A choice of pitches; `pitches()` is what it comes to at the moment."""

    changed = Signal()

    def __init__(self, score: ScoreViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._score = score
        self.choice = combo(
            "assistant_pitches",
            self.tr("Pitches"),
            self.tr("How low and how high notes may change"),
        )
        self.choice.addItem(self.tr("As the piece"), PIECE)
        self.choice.addItem(self.tr("Of the selected notes"), SELECTION)
        self.choice.addItem(self.tr("From pitch to pitch"), RANGE)
        self.low = self._box("assistant_lowest", self.tr("Lowest pitch"), LOWEST)
        self.high = self._box("assistant_highest", self.tr("Highest pitch"), HIGHEST)
        self._range = side_by_side(self.low, caption("\N{EN DASH}"), self.high)
        self._range.layout().setStretch(2, 1)  # type: ignore[union-attr]
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_S)
        layout.addWidget(self.choice)
        layout.addWidget(self._range)
        self.setFocusProxy(self.choice)
        self.choice.currentIndexChanged.connect(self._refresh)
        self.low.valueChanged.connect(lambda low: self.high.setValue(max(low, self.high.value())))
        self.high.valueChanged.connect(lambda high: self.low.setValue(min(high, self.low.value())))
        score.selection_changed.connect(self.changed)
        self._refresh()

    def _box(self, name: str, label: str, pitch: int) -> PitchBox:
        return PitchBox(name, label, self.tr("{0} that may come or go").format(label), pitch)

    @property
    def problem(self) -> str:
        """Why there are no pitches, '' where there are."""
        if self.choice.currentData() == SELECTION and not self._score.selection:
            return self.tr("Select notes in the roll first, or choose other pitches.")
        return ""

    def pitches(self) -> tuple[int, int]:
        """The lowest and the highest; 0 and 127 leave it to the piece and its instruments."""
        choice = self.choice.currentData()
        if choice == RANGE:
            return self.low.value(), self.high.value()
        if choice == SELECTION and self._score.selection:
            pitches = [note.pitch for note in self._score.selection]
            return min(pitches), max(pitches)
        return 0, 127

    def _refresh(self) -> None:
        self._range.setVisible(self.choice.currentData() == RANGE)
        self.changed.emit()


def _read(text: str) -> int | None:
    """The pitch that is written: a name such as C4, F#3 or Bb2, or a MIDI number."""
    words = text.strip().capitalize()
    if words.isdecimal():
        return int(words) if int(words) < 128 else None
    letter, rest = words[:1], words[1:].replace("#", "♯").replace("b", "♭")
    sharp, flat = rest.startswith("♯"), rest.startswith("♭")
    octave = rest[1:] if sharp or flat else rest
    natural = _BY_NAME.get(f"{letter}{octave}")
    if natural is None:
        return None
    pitch = natural + sharp - flat
    return pitch if 0 <= pitch <= 127 else None
