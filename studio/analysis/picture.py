"""The picture of a source: its columns as the settings of the moment make them."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from studio.analysis.analysis_thread import AnalysisThread
from studio.analysis.channels import ChannelChoice
from studio.analysis.history import SpectrogramHistory, to_db
from studio.analysis.listeners import SpectrogramListener
from studio.analysis.reanalysis import Reanalysis
from studio.analysis.sound_memory import SoundMemory
from studio.analysis.spectrogram import SpectrogramSettings

IDLE_S = 0.05  # a source that gives nothing for so long stands still


class Picture:
    """Live columns from now on, and those of the past made anew when settings change.

    The old picture is shown until as much of the new one is there as one sees. All of this
    belongs to the thread that calls `fetch`.
    """

    def __init__(
        self, thread: AnalysisThread, memory: SoundMemory, settings: SpectrogramSettings
    ) -> None:
        self._thread, self._memory = thread, memory
        self.settings = settings
        self.history = _history(settings)
        self._listener = SpectrogramListener(settings)
        self._thread.add(self._listener)
        self._coming: SpectrogramHistory | None = None  # not shown yet
        self._coming_settings = settings
        self._visible_s = 0.0
        self._past: Reanalysis | None = None

    def change(
        self, settings: SpectrogramSettings, channel: ChannelChoice, visible_s: float
    ) -> None:
        """Make columns by `settings` from now on, and those of the past anew.

        The new picture is shown as soon as its newest `visible_s` seconds are there.
        """
        self.stop()
        self._thread.remove(self._listener)
        listener = SpectrogramListener(settings, self._memory)
        listener.channel = channel
        self._coming, self._coming_settings = _history(settings), settings
        self._visible_s = visible_s
        self._listener = listener
        self._thread.add(listener)
        self._past = Reanalysis(self._memory, settings, channel, _takeover(self._thread, listener))

    @property
    def asked_settings(self) -> SpectrogramSettings:
        """What the picture is going to be made by, or is."""
        return self.settings if self._coming is None else self._coming_settings

    @property
    def is_changing(self) -> bool:
        """Whether the past is still being made anew."""
        return self._past is not None or self._coming is not None

    def stop(self) -> None:
        """Leave the past as it is."""
        if self._past is not None:
            self._past.stop()
            self._past = None

    def fetch(self) -> int:
        """Take in the columns that have come since the last call; how many new ones."""
        target = self.history if self._coming is None else self._coming
        before = target.count
        for columns in self._listener.fetch():
            target.append(columns)
        if self._past is not None:
            self._fetch_past(self._past, target)
        self._show_coming()
        return target.count - before

    def _fetch_past(self, past: Reanalysis, target: SpectrogramHistory) -> None:
        is_done = past.is_done
        for columns in past.fetch():
            target.prepend(columns)
        if is_done or target.is_full:
            self.stop()

    def _show_coming(self) -> None:
        coming = self._coming
        if coming is None:
            return
        rate = self._coming_settings.sample_rate
        seen_s = (coming.last_position - coming.first_position) / rate
        if self._past is None or seen_s >= self._visible_s:
            self.history, self.settings = coming, self._coming_settings
            self._coming = None


def _takeover(thread: AnalysisThread, listener: SpectrogramListener) -> Callable[[], int | None]:
    """Tells where `listener` took over, or what it is told to where nothing comes any more."""
    asked_s = time.monotonic()

    def until() -> int | None:
        position = thread.position
        if listener.first_position is None and time.monotonic() - asked_s > IDLE_S:
            return listener.take_over_at(position)
        return listener.first_position

    return until


def _history(settings: SpectrogramSettings) -> SpectrogramHistory:
    return SpectrogramHistory(settings.n_rows, settings.columns_per_second)


def level_at(
    history: SpectrogramHistory, settings: SpectrogramSettings, position: int, hz: float
) -> float | None:
    """The level at a place of the picture, in dB; None where there is no sound.

    Parameters
    ----------
    history : SpectrogramHistory
    settings : SpectrogramSettings
        How its columns were made.
    position : int
        A sample position of the stream.
    hz : float
        A frequency in Hz.
    """
    levels, is_there = history.at(np.array([position]), 3 * settings.hop_length)
    row = round(float(settings.row_of(hz)))
    if not is_there[0] or not 0 <= row < settings.n_rows:
        return None
    return float(to_db(levels[0])[row])
