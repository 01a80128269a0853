"""Tempo and key as the window knows them: of the sound now, and of the whole file."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from studio.analysis.music_facts import FileFacts, MusicFacts
from studio.ui.listen.listen_view_model import ListenViewModel

FRAMES_PER_LOOK = 15
CLEAR_BEAT = 0.2  # below this confidence there may be no beat at all
CLEAR_KEY = 0.4
FACTORS = (1.0, 2.0, 0.5)


class TempoKeyModel(QObject):
    """Looks at the readings a few times a second, and reads a file as a whole beside playing it."""

    changed = Signal()

    def __init__(self, view_model: ListenViewModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view_model = view_model
        self._file_facts: FileFacts | None = None
        self._n_frames = 0
        self._factor = 0  # which of FACTORS
        self.live = MusicFacts()
        self.whole: MusicFacts | None = None  # of the file; None while it is read or without one
        view_model.started.connect(self._on_started)
        view_model.stopped.connect(self._on_stopped)
        view_model.ticked.connect(self._on_ticked)

    @property
    def is_reading_file(self) -> bool:
        """Whether a file is being read as a whole."""
        return self._file_facts is not None and self.whole is None

    @property
    def factor(self) -> float:
        """What the tempo heard is multiplied with: the listener may count twice or half as fast."""
        return FACTORS[self._factor]

    def count_otherwise(self) -> None:
        """Count twice as fast; then half as fast; then as it was heard."""
        self._factor = (self._factor + 1) % len(FACTORS)
        self.changed.emit()

    @property
    def facts(self) -> MusicFacts:
        """What is told: of the whole file where that is known, else of the sound now."""
        return self.whole or self.live

    def bpm(self, facts: MusicFacts) -> float | None:
        """Beats a minute as the listener counts; None where no beat is clear."""
        tempo = facts.tempo
        if tempo is None or tempo.confidence < CLEAR_BEAT:
            return None
        return tempo.bpm * self.factor

    def key(self, facts: MusicFacts) -> str | None:
        """The key; None where none is clear."""
        key = facts.key
        return key.key if key is not None and key.confidence >= CLEAR_KEY else None

    def _on_started(self) -> None:
        self._drop_file()
        self.live, self._factor = MusicFacts(), 0
        file = self._view_model.file
        if file is not None:
            self._file_facts = FileFacts(file.path, file.sample_rate)
        self.changed.emit()

    def _on_stopped(self) -> None:
        if self.whole is None:
            self._drop_file()
        self.changed.emit()

    def _drop_file(self) -> None:
        if self._file_facts is not None:
            self._file_facts.stop()
        self._file_facts = self.whole = None

    def _on_ticked(self, _n_columns: int) -> None:
        self._n_frames += 1
        if self._n_frames % FRAMES_PER_LOOK == 0:
            self._look()

    def _look(self) -> None:
        hearing = self._view_model.hearing
        live = hearing.facts.reading if hearing is not None else MusicFacts()
        whole = self._file_facts.reading if self._file_facts is not None else None
        if (live, whole) != (self.live, self.whole):
            self.live, self.whole = live, whole
            self.changed.emit()
