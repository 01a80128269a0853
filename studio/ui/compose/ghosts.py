"""What the roll needs to know of suggestions: their ghosts, and how to say yes or no to one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import SignalInstance

from models.notes import EditEvent


class GhostLike(Protocol):
    """One proposed event and whether the musician wants it."""

    @property
    def event(self) -> EditEvent:
        """What would come or go."""

    @property
    def is_accepted(self) -> bool:
        """Whether it would be done if the suggestion were accepted now."""


class GhostSource(Protocol):
    """Where ghosts come from."""

    @property
    def changed(self) -> SignalInstance:
        """Emitted when the ghosts are others."""

    @property
    def ghosts(self) -> Sequence[GhostLike]:
        """The events proposed now."""

    def toggle(self, *indices: int) -> object:
        """Take each of these events, or leave it."""

    def accept(self) -> object:
        """Do what is taken."""

    def refuse(self) -> object:
        """Drop all of it."""


def ghost_at(ghosts: Sequence[GhostLike], tick: float, pitch: int) -> int:
    """The index of the ghost drawn on top at a place, -1 where there is none."""
    for index in reversed(range(len(ghosts))):
        note = ghosts[index].event.note
        if note.pitch == pitch and note.start <= tick < note.end:
            return index
    return -1
