"""The transport as the window sees it: play, stop, loop, and where the music is."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from studio.analysis.level import LevelReading, to_dbfs
from studio.audio.player import Player
from studio.score.score import Edit
from studio.score.song import Song
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.song_feed import SongFeed

FRAME_MS = 16


class TransportViewModel(QObject):
    """Plays the score of `score_view_model`, whatever is done to it meanwhile."""

    position_changed = Signal()  # the playhead moved; 60 times a second while it plays
    state_changed = Signal()  # playing, loop
    panicked = Signal()  # whatever else sounds must end, too
    song_told = Signal()  # tempo, metre or key at the playhead may be others
    notice = Signal(str, str)  # level, text
    _told = Signal(str, str)  # from the player's thread

    def __init__(
        self,
        score_view_model: ScoreViewModel,
        player: Player | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._score = score_view_model
        self._song: Song | None = None
        self.player = player or Player()  # its sound can be listened to
        self.player.on_notice = self._told.emit
        self._told.connect(self.notice)
        self._started_at = 0.0
        self.loop: tuple[int, int] | None = None
        self.record: Callable[[], None] = lambda: None  # begins or ends a take
        self._timer = QTimer(self)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self._on_frame)
        self.feed = SongFeed(score_view_model, self.player, self)
        self.play_instead = self.feed.play_instead
        score_view_model.edited.connect(self._on_edited)
        score_view_model.song_changed.connect(self._on_song_changed)
        self._on_song_changed()

    @property
    def is_playing(self) -> bool:
        """Whether music plays."""
        return self.player.is_playing

    @property
    def song(self) -> Song:
        """What is played."""
        return self._score.song

    @property
    def level(self) -> LevelReading:
        """How loud the song is now."""
        if not self.is_playing:
            return LevelReading()
        return LevelReading(to_dbfs(self.player.peak), to_dbfs(self.player.rms), is_silent=False)

    def position_ticks(self) -> float:
        """The tick that is heard now."""
        return self.player.position_ticks()

    @Slot()
    def play_toggle(self) -> None:
        """Play from the cursor, or stop there."""
        if self.is_playing:
            self.player.pause()
            self._tell_state()
            return
        start = self.position_ticks()
        if start >= self.song.end:
            start = 0.0
        if self.loop and not self.loop[0] <= start < self.loop[1]:
            start = float(self.loop[0])
        self.play_from(start)

    def play_from(self, tick: float, count_in_bars: int = 0) -> None:
        """Play from `tick`, after so many bars of the metronome alone."""
        self._started_at = tick
        self.feed.refresh()
        self.player.play(tick, count_in_bars)
        self._tell_state()

    @Slot()
    def stop(self) -> None:
        """Stop and go back to where it was started; at rest, to the beginning."""
        self.player.stop(self._started_at if self.is_playing else 0.0)
        self._tell_state()

    @Slot()
    def panic(self) -> None:
        """Silence everything at once, and stop."""
        self.player.panic()
        self.panicked.emit()
        self._tell_state()

    @Slot()
    def to_start(self) -> None:
        """Go to the beginning; play on from there if it plays."""
        self.seek(0.0)

    def seek(self, tick: float) -> None:
        """Go to `tick`; play on from there if it plays."""
        self.player.seek(max(0.0, tick))
        self.position_changed.emit()
        self.song_told.emit()

    def set_loop(self, start: int | None, end: int | None = None) -> None:
        """Repeat from tick `start` to tick `end`; None: play through."""
        has_length = start is not None and end is not None and end > start
        self.loop = (start, end) if has_length else None  # type: ignore[assignment]
        self.player.set_loop(*(self.loop or (None, None)))
        self.state_changed.emit()

    @Slot()
    def toggle_loop(self) -> None:
        """Repeat the selected notes' bars, or the whole song where nothing is selected; or not."""
        if self.loop:
            self.set_loop(None)
            return
        metre, chosen = self.song.metre, self._score.selection
        first = min((note.start for note in chosen), default=0)
        last = max((note.end for note in chosen), default=self.song.end)
        start = metre.bar_start(metre.bar_of(first))
        self.set_loop(start, metre.bar_start(metre.bar_of(max(last - 1, start)) + 1))

    @Slot()
    def loop_selection(self) -> None:
        """Repeat the bars of the selected notes."""
        if self._score.selection:
            self.set_loop(None)
            self.toggle_loop()

    def preview_note(self, track: int, pitch: int, velocity: int = 90) -> None:
        """Sound one note of `track` briefly, as when it is drawn."""
        tracks = self.song.tracks
        if 0 <= track < len(tracks):
            chosen = tracks[track]
            self.player.preview_note(
                pitch, velocity, program=chosen.program, is_drums=chosen.is_drums
            )

    def close(self) -> None:
        """Stop the music and give the sound card back."""
        self._timer.stop()
        self.player.close()

    def _on_frame(self) -> None:
        self.position_changed.emit()
        if not self.is_playing:
            self._tell_state()

    def _tell_state(self) -> None:
        if self.is_playing:
            self._timer.start()
        else:
            self._timer.stop()
        self.state_changed.emit()
        self.position_changed.emit()

    def _on_edited(self, edit: Edit) -> None:
        if edit.events_removed or edit.events_added:
            self.song_told.emit()

    def _on_song_changed(self) -> None:
        if self.song is not self._song:
            self._song = self.song
            self.player.stop(0.0)
            self._started_at = 0.0
            self.set_loop(None)
            self._tell_state()
        self.song_told.emit()
