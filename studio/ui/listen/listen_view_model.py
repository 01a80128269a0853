"""Listening as the window sees it: a source, what is heard of it, and when to paint."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer

from studio.analysis.hearing import Hearing
from studio.analysis.history import SpectrogramHistory
from studio.analysis.spectrogram import SpectrogramSettings
from studio.assistant.worker_client import WorkerClient
from studio.audio.devices import Device
from studio.audio.file_source import FileSource
from studio.audio.input_stream import MicrophoneSource, NoInputError
from studio.audio.sources import Source
from studio.errors import StudioError
from studio.ui.listen.listen_state import ListenState
from studio.ui.listen.scroll_clock import ScrollClock
from studio.ui.listen.source_opener import SourceOpener

FRAME_MS = 16
IDLE_FRAMES = 60  # a paused file needs no more painting after a second


class ListenViewModel(ListenState):
    """Starts and stops sources, fetches what the analysis made, and says when to paint."""

    def __init__(self, worker: WorkerClient | None, parent: QObject | None = None) -> None:
        super().__init__(worker, parent)
        self._clock = ScrollClock(self.sample_rate)
        self._idle_frames = 0
        self.input.changed.connect(self._on_input_changed)
        self._opener = SourceOpener(self)
        self._opener.opened.connect(self._begin)
        self._opener.failed.connect(self._on_refused)
        self._timer = QTimer(self, interval=FRAME_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_frame)

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
        hearing.genre_window_s = self.genre.window_s
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
