"""One source being listened to: the thread that analyses it and what came of it."""

from __future__ import annotations

from studio.analysis.analysis_thread import AnalysisThread, AnyListener
from studio.analysis.channels import MIX, ChannelChoice
from studio.analysis.history import SpectrogramHistory
from studio.analysis.listeners import AskGenre, GenreListener, LevelListener, LoudnessListener
from studio.analysis.music_facts import MusicFactsListener
from studio.analysis.picture import Picture
from studio.analysis.sound_memory import SoundMemory
from studio.analysis.spectrogram import SpectrogramSettings
from studio.audio.sources import Source


class Hearing:
    """Analyses `source` from `start` to `stop`. `ask_genre` is called on the analysis thread.

    Two threads read the source: one for what is seen at once, another for what may take its time
    (pitch, loudness, tempo, key), so that a slow listener never holds the picture up. Everything
    else here belongs to the thread that calls `fetch`.
    """

    def __init__(
        self, source: Source, ask_genre: AskGenre, settings: SpectrogramSettings | None = None
    ) -> None:
        self.source = source
        settings = (settings or SpectrogramSettings()).at_rate(source.sample_rate)
        self.level = LevelListener(source.sample_rate, source.ring.n_channels)
        self._genre = GenreListener(source.sample_rate, ask_genre)
        self.memory = SoundMemory(source.sample_rate, source.ring.n_channels)
        self._thread = AnalysisThread(source, (self.memory, self.level, self._genre))
        self.loudness = LoudnessListener(source.sample_rate, source.ring.n_channels)
        self.facts = MusicFactsListener(source.sample_rate)
        self._slow_thread = AnalysisThread(source, (self.loudness, self.facts))
        self._picture = Picture(self._thread, self.memory, settings)
        self._channel = MIX

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
        """Close the source; what was heard stays, and is drawn anew to its end."""
        self._stop_threads()
        self.source.stop()

    def forget_past(self) -> None:
        """Draw nothing more anew: this is not looked at any longer."""
        self._picture.stop()

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
        return self._channel

    @channel.setter
    def channel(self, choice: ChannelChoice) -> None:
        self._channel = self._thread.channel = self._slow_thread.channel = choice
        self.level.channel = choice
        self.change_settings(self._picture.asked_settings)

    @property
    def settings(self) -> SpectrogramSettings:
        """How the columns of the history were made."""
        return self._picture.settings

    @property
    def history(self) -> SpectrogramHistory:
        """The columns; another value some time after the settings were changed."""
        return self._picture.history

    @property
    def is_changing(self) -> bool:
        """Whether the past is still being drawn anew."""
        return self._picture.is_changing

    def change_settings(self, settings: SpectrogramSettings, visible_s: float = 10.0) -> None:
        """Make the columns by `settings`, from now on and of all that is remembered.

        `settings` and `history` change together, in a later `fetch`: when the newest `visible_s`
        seconds are made, or all there is.
        """
        settings = settings.at_rate(self.source.sample_rate)
        self._picture.change(settings, self._channel, visible_s)

    def fetch(self) -> int:
        """Take the columns that have come since the last call into the history; how many."""
        return self._picture.fetch()

    @property
    def genre_window_s(self) -> float:
        """How much sound the genre is asked about, in seconds: what the model in use hears."""
        return self._genre.window_s

    @genre_window_s.setter
    def genre_window_s(self, seconds: float) -> None:
        self._genre.window_s = seconds

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
