"""Which track is active, and which ones are heard: how the score is looked at, not the score."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal


class TrackFlags(QObject):
    """Mute, solo and the active track. None of it is undone, all of it is kept in projects."""

    mix_changed = Signal()  # mute, solo, active track

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.active_track = 0
        self.muted: frozenset[int] = frozenset()
        self.soloed: frozenset[int] = frozenset()

    @property
    def n_tracks(self) -> int:
        """How many tracks there are."""
        raise NotImplementedError

    def set_active_track(self, index: int) -> None:
        """The track that new notes go to."""
        if 0 <= index < self.n_tracks and index != self.active_track:
            self.active_track = index
            self.mix_changed.emit()

    def set_muted(self, index: int, is_muted: bool) -> None:
        """Silence a track, or let it sound again."""
        self.muted = self.muted | {index} if is_muted else self.muted - {index}
        self.mix_changed.emit()

    def set_soloed(self, index: int, is_soloed: bool) -> None:
        """Hear a track alone (with the others that are soloed)."""
        self.soloed = self.soloed | {index} if is_soloed else self.soloed - {index}
        self.mix_changed.emit()

    def is_audible(self, index: int) -> bool:
        """Whether the track sounds, mute and solo considered."""
        return index not in self.muted and (not self.soloed or index in self.soloed)

    def renumber(self, now: dict[int, int]) -> None:
        """Tracks came or went: `now` has the new numbers of those that stayed."""
        new = [index for index in range(self.n_tracks) if index not in now.values()]
        same = now.get(self.active_track, min(self.active_track, self.n_tracks - 1))
        self.active_track = new[0] if new else same
        self.muted = frozenset(now[i] for i in self.muted if i in now)
        self.soloed = frozenset(now[i] for i in self.soloed if i in now)

    def view(self) -> dict[str, Any]:
        return {
            "active_track": self.active_track,
            "muted": sorted(self.muted),
            "soloed": sorted(self.soloed),
        }

    def restore_view(self, view: dict[str, Any]) -> None:
        known = range(self.n_tracks)
        active = view.get("active_track", 0)
        self.active_track = active if active in known else 0
        self.muted = frozenset(index for index in view.get("muted", ()) if index in known)
        self.soloed = frozenset(index for index in view.get("soloed", ()) if index in known)
