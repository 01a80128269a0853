"""How fast the music is and in which key, how sure that is, and the way into the score."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.analysis.music_facts import MusicFacts
from studio.ui.key_words import key_words
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.listen.tempo_key_model import TempoKeyModel
from studio.ui.theme import GRID, SPACE_M, SPACE_S, font_large, font_small, tabular

TIMES = "\N{MULTIPLICATION SIGN}"
FACTOR_WORDS = {1.0: f"{TIMES}1", 2.0: f"{TIMES}2", 0.5: f"{TIMES}½"}


class TempoKeyCard(QFrame):
    """Shows a `TempoKeyModel`."""

    use_in_score = Signal(object, object)  # bpm: float or None, key: str as MIDI spells it or None

    def __init__(self, view_model: ListenViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("tempo_key_card")
        self.setAccessibleName(self.tr("Tempo and key"))
        self.setProperty("kind", "card")
        self.model = TempoKeyModel(view_model, self)
        self._view_model = view_model
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(SPACE_S)
        layout.addLayout(self._caption())
        self._tempo, self._tempo_bar = self._reading(
            layout, "tempo", self.tr("Tempo"), self.tr("How clearly the sound repeats so fast")
        )
        self._key, self._key_bar = self._reading(
            layout, "key", self.tr("Key"), self.tr("How likely this key is among all 24")
        )
        self._detail = QLabel()
        self._detail.setObjectName("tempo_key_detail")
        self._detail.setProperty("kind", "muted")
        self._detail.setFont(tabular(font_small()))
        self._detail.setWordWrap(True)
        layout.addWidget(self._detail)
        layout.addWidget(self._button())
        self.model.changed.connect(self.refresh)
        self.refresh()

    def _caption(self) -> QHBoxLayout:
        caption = QLabel(self.tr("Tempo and key"))
        caption.setProperty("kind", "muted")
        self.factor_button = QToolButton()
        self.factor_button.setObjectName("tempo_factor")
        self.factor_button.setAccessibleName(self.tr("Count the beat otherwise"))
        tip = self.tr("Count the beat twice as fast, half as fast, or as it was heard (B)")
        self.factor_button.setToolTip(tip)
        self.factor_button.setStatusTip(tip)
        self.factor_button.clicked.connect(self.model.count_otherwise)
        row = QHBoxLayout()
        row.addWidget(caption, 1)
        row.addWidget(self.factor_button)
        return row

    def _reading(
        self, layout: QVBoxLayout, name: str, words: str, tip: str
    ) -> tuple[QLabel, QProgressBar]:
        """A large label and a bar below it that shows how sure it is."""
        label, bar = QLabel(), QProgressBar()
        label.setObjectName(f"heard_{name}")
        label.setAccessibleName(words)
        label.setFont(tabular(font_large()))
        bar.setObjectName(f"heard_{name}_confidence")
        bar.setAccessibleName(self.tr("{0}: confidence").format(words))
        bar.setToolTip(tip)
        bar.setStatusTip(tip)
        bar.setTextVisible(False)
        layout.addWidget(label)
        layout.addWidget(bar)
        layout.addSpacing(SPACE_M)
        return label, bar

    def _button(self) -> QPushButton:
        self.use_button = QPushButton(self.tr("Use in score"))
        self.use_button.setObjectName("use_in_score")
        self.use_button.setAccessibleName(self.tr("Use tempo and key in the score"))
        self.use_button.clicked.connect(self.use)
        return self.use_button

    def use(self) -> None:
        """Have the score take over what is told now, if anything is."""
        facts = self.model.facts
        bpm, key = self.model.bpm(facts), self.model.key(facts)
        if bpm is not None or key is not None:
            self.use_in_score.emit(bpm, key)

    def refresh(self) -> None:
        """Show what the model knows now."""
        facts = self.model.facts
        bpm, key = self.model.bpm(facts), self.model.key(facts)
        is_running = self._view_model.is_running
        waiting = self.tr("listening…") if is_running else "\N{EN DASH}"
        self._tempo.setText(
            self._bpm_words(bpm) if bpm else self.tr("no clear beat") if facts.tempo else waiting
        )
        self._key.setText(
            key_words(key) if key else self.tr("no clear key") if facts.key else waiting
        )
        self._show_confidence(self._tempo_bar, facts.tempo.confidence if facts.tempo else 0.0)
        self._show_confidence(self._key_bar, facts.key.confidence if facts.key else 0.0)
        self._detail.setText(self._details())
        self._detail.setVisible(bool(self._detail.text()))
        self.factor_button.setText(FACTOR_WORDS[self.model.factor])
        self.factor_button.setEnabled(facts.tempo is not None)
        self._describe_use(bpm, key)

    def _show_confidence(self, bar: QProgressBar, confidence: float) -> None:
        bar.setValue(round(100 * confidence))
        bar.setAccessibleDescription(self.tr("{0:.0%} sure").format(confidence))

    def _describe_use(self, bpm: float | None, key: str | None) -> None:
        told = " · ".join(self._words(bpm, key))
        tip = self.tr("Set the tempo and key of the song in Compose (U); Ctrl+Z takes it back")
        self.use_button.setToolTip(f"{told}\n{tip}" if told else tip)
        self.use_button.setStatusTip(tip)
        self.use_button.setEnabled(bool(told))

    def _details(self) -> str:
        """Where the reading comes from."""
        if self.model.is_reading_file:
            return self.tr("Reading the whole file…")
        if self.model.whole is None:
            return ""
        now = " · ".join(self._facts_words(self.model.live))
        return self.tr("Of the whole file\nNow: {0}").format(now or "\N{EN DASH}")

    def _facts_words(self, facts: MusicFacts) -> list[str]:
        return self._words(self.model.bpm(facts), self.model.key(facts))

    def _words(self, bpm: float | None, key: str | None) -> list[str]:
        words = [self._bpm_words(bpm)] if bpm else []
        return [*words, key_words(key)] if key else words

    def _bpm_words(self, bpm: float) -> str:
        return self.tr("{0:.1f} bpm").format(bpm)
