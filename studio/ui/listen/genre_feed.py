"""Genre readings on their way from the worker to the window."""

from __future__ import annotations

import math
from collections import deque
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from models.card import Card
from models.errors import ModelError
from studio.analysis.listeners import GENRE_INTERVAL_S, GENRE_WINDOW_S
from studio.assistant.live_genre import GenreReading, LiveGenre
from studio.assistant.worker_client import WorkerClient
from studio.errors import StudioError
from studio.settings import Settings
from studio.training.registry import default_model
from studio.ui.listen.genre_colors import UNSURE_BELOW

MAX_READINGS = 2 * 600  # ten minutes at two a second
SMOOTHINGS_S = (0.0, 1.0, 2.0, 4.0, 8.0)
SMOOTHING_S = 2.0  # the shown probabilities are the mean of so much
NAMED = "*"  # the genre that is named, whichever it is
MAX_WINDOW_S = 60.0  # of a model; a card that says more is not believed
SMOOTHING_KEY = "genre_smoothing_s"


class GenreFeed(QObject):
    """Asks the model about windows and keeps what it answered, oldest first."""

    changed = Signal()
    failed = Signal(str)  # from the worker's reader thread; delivered on the window's
    told = Signal(str)  # a failure that was not told before

    def __init__(self, worker: WorkerClient | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.readings: deque[GenreReading] = deque(maxlen=MAX_READINGS)
        self.failure = ""
        self._evidence = ""
        self._store = Settings()
        kept = self._store.get(SMOOTHING_KEY, SMOOTHING_S)
        self._smoothing_s = kept if kept in SMOOTHINGS_S else SMOOTHING_S
        self._worker = worker
        self._live: LiveGenre | None = None
        self._window_s = GENRE_WINDOW_S
        self._sample_rate = 0  # of the last question
        self.restart(None)
        self.failed.connect(self._on_failed)

    @property
    def folder(self) -> Path | None:
        """The model that is asked; None if there is none."""
        return self._live.folder if self._live else None

    @property
    def window_s(self) -> float:
        """The sound that an answer of the model is about, in seconds."""
        return self._window_s

    def _read_window(self) -> None:
        try:
            card = Card.load(self.folder, check_hash=False) if self.folder else None
        except ModelError:  # it is told when the model is asked
            card = None
        asked = (card.features or {}).get("window_s") if card else None
        self._window_s = GENRE_WINDOW_S
        if isinstance(asked, int | float) and 0 < asked <= MAX_WINDOW_S:
            self._window_s = float(asked)

    @property
    def probabilities(self) -> dict[str, float]:
        """The mean of the last readings, by label; empty before the first and in silence."""
        recent = [] if self.is_silent else self.smoothed_readings
        if not recent:
            return {}
        mean = np.mean([reading.probabilities for reading in recent], axis=0)
        return dict(zip(recent[-1].labels, mean.tolist(), strict=True))

    @property
    def smoothing_s(self) -> float:
        """So many seconds of readings are averaged; 0 shows the last one alone."""
        return self._smoothing_s

    @smoothing_s.setter
    def smoothing_s(self, seconds: float) -> None:
        self._smoothing_s = seconds
        self._store.set(SMOOTHING_KEY, seconds)
        self.changed.emit()

    @property
    def evidence(self) -> str:
        """Whose evidence is shown: a label, `NAMED` for the genre named, '' for none."""
        return self._evidence

    @evidence.setter
    def evidence(self, choice: str) -> None:
        self._evidence = choice
        if self._live:
            self._live.wants_evidence = bool(choice)
        self.changed.emit()

    @property
    def shown_evidence(self) -> str | None:
        """The label whose evidence is shown now; None if none is."""
        if self._evidence != NAMED:
            return self._evidence or None
        known = self.probabilities
        best = max(known, key=lambda label: known[label], default="")
        return best if best and known[best] >= UNSURE_BELOW else None  # when unsure none is named

    @property
    def smoothed_readings(self) -> list[GenreReading]:
        """The readings of the last seconds that are averaged: those that heard something."""
        count = max(1, round(self._smoothing_s / GENRE_INTERVAL_S))
        recent = list(self.readings)[-count:]
        span = max(self._smoothing_s, GENRE_INTERVAL_S) * self._sample_rate
        first = recent[-1].position - span if recent and span else -math.inf
        return [each for each in recent if each.position > first and not each.is_silent]

    @property
    def is_silent(self) -> bool:
        """Whether the last window was too quiet to be called anything."""
        return bool(self.readings) and self.readings[-1].is_silent

    def restart(self, folder: Path | None) -> None:
        """Begin anew with the model in `folder`: answers about what was asked before are lost."""
        self._arrived: deque[GenreReading] = deque(maxlen=MAX_READINGS)
        if self._worker:
            self._live = LiveGenre(self._worker, folder, self._arrived.append, self.failed.emit)
            self._live.wants_evidence = bool(self._evidence)
        self._read_window()
        self.readings.clear()
        self.failure = ""
        self.changed.emit()

    def find_model(self) -> Path | None:
        """The default model, unless another was chosen; None, and the reason told, if none is."""
        if self._live and self._live.folder is None:
            try:
                self._live.folder = default_model("genre")
                self._read_window()
            except StudioError as error:
                self.failure = str(error)
        return self.folder

    def ask(self, samples: NDArray[np.float32], sample_rate: int, position: int) -> None:
        """Ask about a window that ends at `position`; called on the analysis thread."""
        self._sample_rate = sample_rate
        newest = samples[-round(self._window_s * sample_rate) :]  # of a longer model's last window
        if self._live:
            self._live.push_window(newest, sample_rate, position)

    def collect(self) -> None:
        """Take in the answers that have come."""
        if not self._arrived:
            return
        while self._arrived:
            self.readings.append(self._arrived.popleft())
        self.failure = ""
        self.changed.emit()

    def _on_failed(self, text: str) -> None:
        if text != self.failure:
            self.failure = text
            self.told.emit(text)
            self.changed.emit()
