"""Keeps the player told of the song: of each edit, of other songs, of what is muted."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from studio.audio.player import Player
from studio.score.score import Edit
from studio.score.song import Song
from studio.ui.compose.score_view_model import ScoreViewModel


class SongFeed(QObject):
    """Tells the player before it plays, and while it plays at once."""

    def __init__(
        self, score: ScoreViewModel, player: Player, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._score, self._player = score, player
        self._song = score.song
        self._instead: Song | None = None
        self._is_stale = True  # the player has not been told of the last edits
        score.edited.connect(self._on_edited)
        score.song_changed.connect(self._on_song_changed)
        score.mix_changed.connect(self._on_mix_changed)

    def play_instead(self, song: Song | None) -> None:
        """Play `song` in the score's place, from where the music is; None: the score again."""
        self._instead = song
        self._tell()

    def _on_song_changed(self) -> None:
        if self._score.song is not self._song:
            self._song, self._instead = self._score.song, None
        self._tell()

    def _tell(self) -> None:
        self._is_stale = True
        if self._player.is_playing:
            self.refresh()

    def refresh(self) -> None:
        """Tell the player what it has not been told yet."""
        if self._is_stale:
            self._is_stale = False
            self._player.set_song(self._instead or self._score.song)

    def _on_edited(self, edit: Edit) -> None:
        self._is_stale = True
        if self._player.is_playing:
            QTimer.singleShot(0, self, self.refresh)  # once, however many edits come at a time

    def _on_mix_changed(self) -> None:
        tracks = range(self._score.n_tracks)
        silent = frozenset(i for i in tracks if not self._score.is_audible(i))
        self._player.set_muted(silent)
