"""Listening as the window sees it: a source, what is heard of it, and when to paint."""

from __future__ import annotations

from collections import deque
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from studio.analysis.analysis_thread import AnalysisThread
from studio.analysis.history import SpectrogramHistory, to_db
from studio.analysis.level import LevelReading
from studio.analysis.listeners import GenreListener, LevelListener, SpectrogramListener
from studio.analysis.spectrogram import SpectrogramSettings
from studio.assistant.live_genre import GenreReading, LiveGenre
from studio.assistant.worker_client import WorkerClient
from studio.audio.devices import Device
from studio.audio.file_source import FileSource
from studio.audio.input_stream import MicrophoneSource
from studio.audio.sources import Source
from studio.errors import StudioError
from studio.training.registry import default_model

FRAME_MS = 16
MAX_READINGS = 2 * 600  # ten minutes at two a second
SMOOTHING_READINGS = 4  # the shown probabilities are the mean of the last two seconds


class ListenViewModel(QObject):
    """Starts and stops sources, fetches what the analysis made, and says when to paint."""

    started = Signal()
    stopped = Signal()
    ticked = Signal(int)  # a frame: how many columns have come
    genre_changed = Signal()
    notice = Signal(str, str)
    no_input = Signal(str)  # why there is no input, for the card in the place itself
    _genre_failed = Signal(str)

    def __init__(self, worker: WorkerClient | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.settings = SpectrogramSettings()
        self.history = SpectrogramHistory(self.settings.n_rows, 1.0, 2.0)
        self.readings: deque[GenreReading] = deque(maxlen=MAX_READINGS)
        self.source: Source | None = None
        self.sample_rate = self.settings.sample_rate
        self.genre_failure = ""
        self._arrived: deque[GenreReading] = deque(maxlen=MAX_READINGS)
        self._live = worker and LiveGenre(
            worker, None, self._arrived.append, self._genre_failed.emit
        )
        self._thread: AnalysisThread | None = None
        self._picture: SpectrogramListener | None = None
        self._level: LevelListener | None = None
        self._genre: GenreListener | None = None
        self._timer = QTimer(self, interval=FRAME_MS)
        self._timer.timeout.connect(self._on_frame)
        self._genre_failed.connect(self._on_genre_failed)

    @property
    def genre_folder(self) -> Path | None:
        """The model that names genres; None if there is none."""
        return self._live.folder if self._live else None

    @genre_folder.setter
    def genre_folder(self, folder: Path) -> None:
        if self._live:
            self._live.folder = folder
        self.readings.clear()
        self.genre_failure = ""
        self.genre_changed.emit()

    @property
    def is_running(self) -> bool:
        """Whether a source is open."""
        return self.source is not None

    @property
    def file(self) -> FileSource | None:
        """The source, if it is a file."""
        return self.source if isinstance(self.source, FileSource) else None

    @property
    def source_name(self) -> str:
        """What is listened to, '' for nothing."""
        return self.source.name if self.source else ""

    @property
    def level(self) -> LevelReading:
        """The level of the moment."""
        return self._level.reading if self._level else LevelReading()

    @property
    def has_clipped(self) -> bool:
        """Whether it clipped since the light was last put out."""
        return bool(self._level and self._level.has_clipped)

    def reset_clip(self) -> None:
        """Put the clip light out."""
        if self._level:
            self._level.has_clipped = False

    @property
    def lost_samples(self) -> int:
        """Samples that the driver or the analysis lost since the source was opened."""
        captured = self.source.lost_samples if self.source else 0
        return captured + (self._thread.lost_samples if self._thread else 0)

    @property
    def heard_s(self) -> float:
        """How much of the genre's window has been heard, in seconds."""
        return self._genre.heard_s if self._genre else 0.0

    @property
    def probabilities(self) -> dict[str, float]:
        """The mean of the last readings, by label; empty before the first."""
        recent = list(self.readings)[-SMOOTHING_READINGS:]
        if not recent:
            return {}
        mean = np.mean([reading.probabilities for reading in recent], axis=0)
        return dict(zip(recent[-1].labels, mean.tolist(), strict=True))

    def db_at(self, position: int, hz: float) -> float | None:
        """The level in dB at a place of the picture, None where there is no sound yet."""
        s = self.settings
        levels, is_there = self.history.at(np.array([position]), 3 * s.hop_length)
        row = np.log(hz / s.fmin_hz) / np.log(s.top_hz / s.fmin_hz) * (s.n_rows - 1)
        if not is_there[0] or not 0 <= round(row) < s.n_rows:
            return None
        return float(to_db(levels[0])[round(row)])

    def open_file(self, path: Path) -> bool:
        """Play a sound file through the analysis; True if it could be opened."""
        try:
            source = FileSource(Path(path))
        except StudioError as error:
            self.notice.emit("error", str(error))
            return False
        return self._start(source)

    def start_microphone(self, device: Device | None = None) -> bool:
        """Listen to an input device, the default one if none is given; True if it opened."""
        try:
            source = MicrophoneSource(device)
        except StudioError as error:
            self.no_input.emit(str(error))
            return False
        return self._start(source)

    def _start(self, source: Source) -> bool:
        self.stop()
        self.settings = SpectrogramSettings(source.sample_rate)
        self.sample_rate = source.sample_rate
        columns_per_second = source.sample_rate / self.settings.hop_length
        self.history = SpectrogramHistory(self.settings.n_rows, columns_per_second)
        self.readings.clear()
        self._arrived.clear()
        self._picture = SpectrogramListener(self.settings)
        self._level = LevelListener(source.sample_rate)
        self._genre = GenreListener(source.sample_rate, self._ask_genre)
        self.find_genre_model()
        listeners = (self._picture, self._level, self._genre)
        self._thread = AnalysisThread(source, listeners)
        self._thread.start()
        try:
            source.start()
        except StudioError as error:
            self._thread.stop()
            self.notice.emit("error", str(error))
            return False
        self.source = source
        self._timer.start()
        self.started.emit()
        return True

    def _ask_genre(self, samples: NDArray[np.float32], sample_rate: int, position: int) -> None:
        if self._live:
            self._live.push_window(samples, sample_rate, position)

    def find_genre_model(self) -> Path | None:
        """The shipped model, unless another was chosen; None, and the reason told, if none is."""
        if self._live and self._live.folder is None:
            try:
                self._live.folder = default_model("genre")
            except StudioError as error:
                self.genre_failure = str(error)
        return self.genre_folder

    def stop(self) -> None:
        """Stop listening. The picture stays."""
        source, self.source = self.source, None
        if source is None:
            return
        self._timer.stop()
        if self._thread:
            self._thread.stop()
        source.stop()
        self._fetch()
        self.stopped.emit()

    def toggle_pause(self) -> None:
        """Pause a file, or play on; from the beginning if it was over."""
        file = self.file
        if file is None:
            return
        if not file.is_active:
            self.open_file(file.path)
        elif file.is_paused:
            file.start()
        else:
            file.pause()

    def seek(self, time_s: float) -> None:
        """Go to a place in the file."""
        if self.file:
            self.file.seek(time_s)

    def close(self) -> None:
        """Stop for good."""
        self.stop()

    def _on_frame(self) -> None:
        self.ticked.emit(self._fetch())
        file = self.file
        if self.source is not None and not self.source.is_active:
            if file is None:
                name = self.source_name
                self.stop()
                text = self.tr("{0} does not deliver sound any more. Is it still plugged in?")
                self.notice.emit("warning", text.format(name))
            elif file.failure:
                self.notice.emit("error", file.failure)
                self.stop()

    def _fetch(self) -> int:
        count = 0
        for columns in self._picture.fetch() if self._picture else ():
            self.history.append(columns)
            count += len(columns.positions)
        has_news = bool(self._arrived)
        while self._arrived:
            self.readings.append(self._arrived.popleft())
        if has_news:
            self.genre_failure = ""
            self.genre_changed.emit()
        return count

    def _on_genre_failed(self, text: str) -> None:
        if text != self.genre_failure:
            self.genre_failure = text
            self.notice.emit("error", text)
            self.genre_changed.emit()
