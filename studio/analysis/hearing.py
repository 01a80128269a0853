"""One source being listened to: the thread that analyses it and what came of it."""

from __future__ import annotations

import numpy as np

from studio.analysis.analysis_thread import AnalysisThread, AnyListener
from studio.analysis.channels import ChannelChoice
from studio.analysis.history import SpectrogramHistory, to_db
from studio.analysis.level import LevelReading
from studio.analysis.listeners import AskGenre, GenreListener, LevelListener, SpectrogramListener
from studio.analysis.spectrogram import SpectrogramSettings
from studio.audio.sources import Source


class Hearing:
    """Analyses `source` from `start` to `stop`. `ask_genre` is called on the analysis thread.

    Two threads read the source: one for what is seen at once, another for what may take its time
    (pitch, loudness, tempo, key), so that a slow listener never holds the picture up. Everything
    else here belongs to the thread that calls `fetch`.
    """

    def __init__(self, source: Source, ask_genre: AskGenre) -> None:
        self.source = source
        self.settings = SpectrogramSettings(source.sample_rate)
        columns_per_second = source.sample_rate / self.settings.hop_length
        self.history = SpectrogramHistory(self.settings.n_rows, columns_per_second)
        self._picture = SpectrogramListener(self.settings)
        self._level = LevelListener(source.sample_rate)
        self._genre = GenreListener(source.sample_rate, ask_genre)
        self._thread = AnalysisThread(source, (self._picture, self._level, self._genre))
        self._slow_thread = AnalysisThread(source, ())

    def start(self) -> None:
        """Open the source. Raises StudioError if it can't be opened."""
        self._thread.start()
        self._slow_thread.start()
        try:
            self.source.start()
        except Exception:
            self._stop_threads()
            raise

    def stop(self) -> None:
        """Close the source; what was heard stays."""
        self._stop_threads()
        self.source.stop()

    def _stop_threads(self) -> None:
        self._thread.stop()
        self._slow_thread.stop()

    def listen_with(self, listener: AnyListener, *, slow: bool = False) -> None:
        """Have `listener` hear the source, too; a `slow` one may take some 50 ms at a time."""
        (self._slow_thread if slow else self._thread).add(listener)

    def forget(self, listener: AnyListener) -> None:
        """Have `listener` hear nothing more."""
        self._thread.remove(listener)
        self._slow_thread.remove(listener)

    @property
    def channel(self) -> ChannelChoice:
        """Which channel of the source is analysed."""
        return self._thread.channel

    @channel.setter
    def channel(self, choice: ChannelChoice) -> None:
        self._thread.channel = self._slow_thread.channel = choice

    def fetch(self) -> int:
        """Take the columns that have come since the last call into the history; how many."""
        before = self.history.count
        for columns in self._picture.fetch():
            self.history.append(columns)
        return self.history.count - before

    def db_at(self, position: int, hz: float) -> float | None:
        """The level at a place of the picture, in dB; None where there is no sound."""
        s = self.settings
        levels, is_there = self.history.at(np.array([position]), 3 * s.hop_length)
        share = float(np.log(hz / s.fmin_hz) / np.log(s.top_hz / s.fmin_hz))
        row = round(share * (s.n_rows - 1))
        if not is_there[0] or not 0 <= row < s.n_rows:
            return None
        return float(to_db(levels[0])[row])

    @property
    def level(self) -> LevelReading:
        """How loud it is now."""
        return self._level.reading

    @property
    def has_clipped(self) -> bool:
        """Whether it clipped since the light was last put out."""
        return self._level.has_clipped

    def reset_clip(self) -> None:
        """Put the clip light out."""
        self._level.has_clipped = False

    @property
    def heard_s(self) -> float:
        """How much of the genre's window has been heard, in seconds."""
        return self._genre.heard_s

    @property
    def lost_samples(self) -> int:
        """Samples that the driver or the analysis lost."""
        return self.source.lost_samples + self._thread.lost_samples

    @property
    def failure(self) -> Exception | None:
        """What ended the analysis, if something did: a mistake of ours."""
        return self._thread.failure or self._slow_thread.failure
