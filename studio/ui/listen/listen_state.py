"""What is heard, as the window reads it; what changes it is in the view-model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from studio.analysis.hearing import Hearing
from studio.analysis.history import SpectrogramHistory
from studio.analysis.level import LevelReading
from studio.analysis.spectrogram import SpectrogramSettings
from studio.assistant.worker_client import WorkerClient
from studio.audio.file_source import FileSource
from studio.audio.sources import Source
from studio.ui.listen.genre_feed import GenreFeed
from studio.ui.listen.input_watch import InputWatch


class ListenState(QObject):
    """The source, its picture, its genre and its levels, and the signals that tell of them."""

    started = Signal()
    stopped = Signal()
    ticked = Signal(int)  # a frame: how many columns have come
    picture_changed = Signal()  # other settings, and so another history
    genre_changed = Signal()
    notice = Signal(str, str)
    no_input = Signal(str)  # why there is no input, for the card in the place itself
    lost = Signal(str)  # the name of a device that is gone

    def __init__(self, worker: WorkerClient | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.wanted = SpectrogramSettings()  # what the user chose; a source's rate may limit it
        self.settings = self.wanted
        self.sample_rate = self.settings.sample_rate
        self.history = SpectrogramHistory(self.settings.n_rows, 1.0, 2.0)
        self.hearing: Hearing | None = None  # the last one, running or not
        self.source: Source | None = None  # while it is open
        self.own_sound: Callable[[], Source] | None = None  # what Compose plays, if it can be had
        self.shown_position = 0  # the sample at the right edge of the picture
        self.genre = GenreFeed(worker, self)
        self.genre.changed.connect(self.genre_changed)
        self.genre.told.connect(lambda text: self.notice.emit("error", text))
        self.readings = self.genre.readings  # what the model said of this source, oldest first
        self.input = InputWatch(self)
        self.input.notice.connect(self.notice)
        self.input.lost.connect(self.lost)

    @property
    def genre_folder(self) -> Path | None:
        """The model that names genres; None if there is none."""
        return self.genre.folder

    @genre_folder.setter
    def genre_folder(self, folder: Path | None) -> None:
        self.genre.restart(folder)
        self.genre.find_model()
        if self.hearing is not None:
            self.hearing.genre_window_s = self.genre.window_s

    def find_genre_model(self) -> Path | None:
        """The default model, unless another was chosen; None if there is none."""
        return self.genre.find_model()

    @property
    def probabilities(self) -> dict[str, float]:
        """How likely each genre is now, by label; empty before the first reading."""
        return self.genre.probabilities

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
        return self.hearing.level.reading if self.hearing and self.source else LevelReading()

    @property
    def has_clipped(self) -> bool:
        """Whether it clipped since the light was last put out."""
        return bool(self.hearing and self.hearing.level.has_clipped)

    def reset_clip(self) -> None:
        """Put the clip light out."""
        if self.hearing:
            self.hearing.level.reset_clip()

    @property
    def lost_samples(self) -> int:
        """Samples that the driver or the analysis lost since the source was opened."""
        return self.input.lost_samples
