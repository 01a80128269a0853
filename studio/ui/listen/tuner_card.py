"""The tuner: which note sounds, how far it is off, and how that went in the last seconds."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.analysis.pitch import FRAMES_PER_SECOND
from studio.analysis.pitch_listener import PitchListener
from studio.analysis.tuning import (
    HIGHEST_A4_HZ,
    LOWEST_A4_HZ,
    USUAL_A4_HZ,
    TunedNote,
    Tuner,
    pitch_of,
)
from studio.settings import Settings
from studio.ui.listen.card_column import is_in_sight
from studio.ui.listen.frequency_axis import MINUS, note_name
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.listen.tuner_dial import TunerDial
from studio.ui.theme import GRID, SPACE_M, font_large, font_small, tabular

SETTINGS_KEY = "a4_hz"
EVERY = 4  # frames: fifteen times a second
TRACE_S = 6


class TunerCard(QFrame):
    """Listens to the pitch of the source and shows it as a tuner does.

    It is quick enough for the picture's own thread, and so never behind what sounds.
    """

    note_changed = Signal(object)  # TunedNote or None

    def __init__(
        self,
        view_model: ListenViewModel,
        store: Settings | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("tuner_card")
        self.setAccessibleName(self.tr("Tuner"))
        self.setProperty("kind", "card")
        self._view_model, self._store = view_model, store or Settings()
        self.listener: PitchListener | None = None  # of the present source
        self._tuner = Tuner(_a4_hz(self._store.get(SETTINGS_KEY)))
        self._frames = 0
        self.note: TunedNote | None = None
        self._build()
        view_model.started.connect(self._on_started)
        view_model.stopped.connect(self.refresh)
        view_model.ticked.connect(self._on_ticked)
        self.refresh()

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(SPACE_M)
        self._name = QLabel()
        self._name.setObjectName("tuner_note")
        self._name.setFont(font_large())
        self._cents = QLabel()
        self._cents.setObjectName("tuner_cents")
        self._cents.setFont(tabular(font_large()))
        self._detail = QLabel()
        self._detail.setObjectName("tuner_detail")
        self._detail.setProperty("kind", "muted")
        self._detail.setFont(tabular(font_small()))
        self.dial = TunerDial()
        row = QHBoxLayout()
        row.addWidget(self._name)
        row.addStretch(1)
        row.addWidget(self._cents)
        layout.addLayout(self._head())
        layout.addLayout(row)
        layout.addWidget(self.dial)
        layout.addWidget(self._detail)

    def _head(self) -> QHBoxLayout:
        caption, unit = QLabel(self.tr("Tuner")), QLabel(self.tr("A4"))
        for label in (caption, unit):
            label.setProperty("kind", "muted")
        self.a4 = QDoubleSpinBox(decimals=1, singleStep=1.0)
        self.a4.setRange(LOWEST_A4_HZ, HIGHEST_A4_HZ)
        self.a4.setObjectName("tuner_a4")
        self.a4.setAccessibleName(self.tr("Concert pitch"))
        tip = self.tr("The frequency of the A above middle C: 415 to 466 Hz. Up and down: one Hz")
        self.a4.setToolTip(tip)
        self.a4.setStatusTip(tip)
        self.a4.setSuffix(self.tr(" Hz"))
        self.a4.setKeyboardTracking(False)
        self.a4.setValue(self._tuner.a4_hz)
        self.a4.valueChanged.connect(self._on_a4)
        unit.setBuddy(self.a4)
        head = QHBoxLayout()
        head.setSpacing(SPACE_M)
        head.addWidget(caption, 1)
        head.addWidget(unit)
        head.addWidget(self.a4)
        return head

    def sizeHint(self) -> QSize:
        return QSize(28 * GRID, super().sizeHint().height())

    def _on_a4(self, a4_hz: float) -> None:
        self._tuner.a4_hz = a4_hz
        self._store.set(SETTINGS_KEY, a4_hz)
        self.refresh()

    def _on_started(self) -> None:
        hearing = self._view_model.hearing
        if hearing is not None:
            self.listener = PitchListener(hearing.source.sample_rate)
            hearing.listen_with(self.listener)
        self.refresh()

    def _on_ticked(self, _n_columns: int) -> None:
        self._frames += 1
        if self._frames % EVERY == 0 and is_in_sight(self):
            self.refresh()

    def refresh(self) -> None:
        """Show what was heard last."""
        readings = self.listener.newest(TRACE_S * FRAMES_PER_SECOND) if self.listener else []
        note = self._tuner.note(readings) if self._view_model.is_running else None
        trace = [None if r.hz is None else pitch_of(r.hz, self._tuner.a4_hz) for r in readings]
        self.dial.show_note(note, trace, TRACE_S * FRAMES_PER_SECOND)
        self._show_words(note)
        if note != self.note:
            self.note = note
            self.note_changed.emit(note)

    def _show_words(self, note: TunedNote | None) -> None:
        if note is None:
            self._name.setText("\N{EN DASH}")
            self._cents.setText("")
            running = self._view_model.is_running
            self._detail.setText(
                self.tr("no single note") if running else self.tr("Sing or play one note.")
            )
        else:
            self._name.setText(note_name(note.pitch))
            self._cents.setText(self.tr("{0} ct").format(signed(note.cents)))
            words = self.tr("{0:.1f} Hz · {1:.0%} sure")
            self._detail.setText(words.format(note.hz, note.confidence))
        words = " ".join(label.text() for label in (self._name, self._cents, self._detail))
        self.dial.setAccessibleDescription(words)


def signed(cents: float) -> str:
    """'+3' for 3.2: a whole number with its sign, and a real minus."""
    return f"{round(cents):+d}".replace("-", MINUS)


def _a4_hz(remembered: object) -> float:
    """What was remembered, if it makes sense."""
    if isinstance(remembered, int | float) and LOWEST_A4_HZ <= remembered <= HIGHEST_A4_HZ:
        return float(remembered)
    return USUAL_A4_HZ
