"""Listening as the window sees it: a source, what is heard of it, and when to paint."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from studio.analysis.hearing import Hearing
from studio.analysis.history import SpectrogramHistory
from studio.analysis.level import LevelReading
from studio.analysis.spectrogram import SpectrogramSettings
from studio.assistant.worker_client import WorkerClient
from studio.audio.devices import Device
from studio.audio.file_source import FileSource
from studio.audio.input_stream import MicrophoneSource, NoInputError
from studio.audio.sources import Source
from studio.errors import StudioError
from studio.ui.listen.genre_feed import GenreFeed
from studio.ui.listen.input_watch import InputWatch
from studio.ui.listen.scroll_clock import ScrollClock
from studio.ui.listen.source_opener import SourceOpener

FRAME_MS = 16
IDLE_FRAMES = 60  # a paused file needs no more painting after a second


class ListenViewModel(QObject):
    """Starts and stops sources, fetches what the analysis made, and says when to paint."""

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
        self.shown_position = 0  # the sample at the right edge of the picture
        self.genre = GenreFeed(worker, self)
        self.genre.changed.connect(self.genre_changed)
        self.genre.told.connect(lambda text: self.notice.emit("error", text))
        self.readings = self.genre.readings  # what the model said of this source, oldest first
        self._clock = ScrollClock(self.sample_rate)
        self._idle_frames = 0
        self.own_sound: Callable[[], Source] | None = None  # what Compose plays, if it can be had
        self.input = InputWatch(self)
        self.input.notice.connect(self.notice)
        self.input.lost.connect(self.lost)
        self.input.changed.connect(self._on_input_changed)
        self._opener = SourceOpener(self)
        self._opener.opened.connect(self._begin)
        self._opener.failed.connect(self._on_refused)
        self._timer = QTimer(self, interval=FRAME_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_frame)

    @property
    def genre_folder(self) -> Path | None:
        """The model that names genres; None if there is none."""
        return self.genre.folder

    @genre_folder.setter
    def genre_folder(self, folder: Path) -> None:
        self.genre.restart(folder)

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
        return self.hearing.level if self.hearing and self.source else LevelReading()

    @property
    def has_clipped(self) -> bool:
        """Whether it clipped since the light was last put out."""
        return bool(self.hearing and self.hearing.has_clipped)

    def reset_clip(self) -> None:
        """Put the clip light out."""
        if self.hearing:
            self.hearing.reset_clip()

    @property
    def lost_samples(self) -> int:
        """Samples that the driver or the analysis lost since the source was opened."""
        return self.input.lost_samples

    def open_file(self, path: Path) -> bool:
        """Play a sound file through the analysis; True if it could be opened."""
        try:
            hearing = Hearing(FileSource(Path(path)), self.genre.ask, self.wanted)
        except StudioError as error:
            self.notice.emit("error", str(error))
            return False
        self.stop()
        hearing.start()
        self._begin(hearing)
        return True

    def start_microphone(self, device: Device | None = None) -> None:
        """Listen to an input device; if none is given to the last one, else the default.

        `started` follows when it has opened, or a notice why it has not, or `no_input`.
        """
        choice, latency = self.input.choice, self.input.choice.latency
        if device is not None:
            choice.remember(device)
        self.open_source(lambda: MicrophoneSource(device or choice.find(), latency))

    def open_source(self, make: Callable[[], Source]) -> None:
        """Listen to what `make` gives, made in a thread: a driver may take its time.

        `started` follows when it has opened, or a notice why it has not.
        """
        self.stop()
        self._opener.open(lambda: Hearing(make(), self.genre.ask, self.wanted))

    def start_own_sound(self) -> None:
        """Listen to what Compose plays."""
        if self.own_sound is not None:
            self.open_source(self.own_sound)

    def change_settings(self, settings: SpectrogramSettings, visible_s: float = 10.0) -> None:
        """Draw by `settings` from now on, and what was heard already, too.

        `picture_changed` follows when the newest `visible_s` seconds are drawn.
        """
        self.wanted = settings
        if self.hearing is None:
            self.settings = settings
            self.history = SpectrogramHistory(settings.n_rows, 1.0, 2.0)
            self.picture_changed.emit()
        else:
            self.hearing.change_settings(settings, visible_s)
            self._wake()

    def _on_refused(self, error: StudioError) -> None:
        if isinstance(error, NoInputError):
            self.no_input.emit(str(error))
        else:
            self.notice.emit("error", str(error))

    def _begin(self, hearing: Hearing) -> None:
        self._forget_past()
        self.hearing, self.source = hearing, hearing.source
        self.settings, self.history = hearing.settings, hearing.history
        self.sample_rate = hearing.source.sample_rate
        self.shown_position, self._clock = 0, ScrollClock(self.sample_rate)
        self.input.begin(hearing)
        self.genre.restart(self.genre.folder)
        self.genre.find_model()
        self._wake()
        self.started.emit()

    def _wake(self) -> None:
        self._idle_frames = 0
        self._timer.start()

    def stop(self) -> None:
        """Stop listening. The picture stays."""
        self._opener.forget()
        self.input.end()
        hearing, source = self.hearing, self.source
        if hearing is None or source is None:
            return
        hearing.stop()
        self.source = None
        if not hearing.is_changing:
            self._timer.stop()
        hearing.fetch()
        self._take_picture(hearing)
        self.shown_position = self.history.last_position
        self.stopped.emit()

    def close(self) -> None:
        """Stop for good."""
        self.stop()
        self._forget_past()
        self._timer.stop()

    def _forget_past(self) -> None:
        if self.hearing is not None:
            self.hearing.forget_past()

    def toggle_pause(self) -> None:
        """Pause a file, or play on; from the beginning if it was over."""
        file = self.file
        if file is None:
            return
        if file.is_active and not file.is_paused:
            file.pause()
        else:
            file.start()
        self._wake()

    def _on_frame(self) -> None:
        hearing = self.hearing
        if hearing is None:
            return
        count = hearing.fetch()
        self._take_picture(hearing)
        if self.source is None:  # only the past is still being drawn
            self.ticked.emit(0)
            if not hearing.is_changing:
                self._timer.stop()
            return
        self.genre.collect()
        self.shown_position = self._clock.advance(time.monotonic(), self.history.last_position)
        self._idle_frames = 0 if count else self._idle_frames + 1
        self.ticked.emit(count)
        self._check(hearing)

    def _take_picture(self, hearing: Hearing) -> None:
        if hearing.history is not self.history:
            self.settings, self.history = hearing.settings, hearing.history
            self.picture_changed.emit()

    def _check(self, hearing: Hearing) -> None:
        """Notice a source that ended, and why."""
        file = self.file
        if hearing.failure is not None:
            self.stop()
            text = self.tr("Studio made a mistake and stopped listening. The log tells more: {0}")
            self.notice.emit("error", text.format(hearing.failure))
        elif file is not None:
            if file.failure:
                self.stop()
                self.notice.emit("error", file.failure)
            elif file.is_paused and self._idle_frames > IDLE_FRAMES:
                self._timer.stop()
        elif not self.input.check(hearing, self.shown_position):
            self.stop()

    def _on_input_changed(self) -> None:
        if self.source is not None:
            self._wake()  # another channel draws the past anew
