"""A model's proposal: edit events that wait for the musician's word."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass, replace

from models.notes import EditEvent, Note
from studio.score.edits import edit_from_events
from studio.score.score import Edit


@dataclass(frozen=True, slots=True)
class Ghost:
    """One proposed event, and whether it will be made when the proposal is accepted."""

    event: EditEvent
    is_accepted: bool = True


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a model has proposed so far. A value: every change makes another."""

    ghosts: tuple[Ghost, ...] = ()
    model: str = ""

    def with_events(self, events: Iterable[EditEvent]) -> Suggestion:
        """The proposal with more events, accepted until the musician says otherwise."""
        return replace(self, ghosts=(*self.ghosts, *(Ghost(event) for event in events)))

    def toggled(self, index: int) -> Suggestion:
        """The proposal with one event taken where it was left, or left where it was taken."""
        ghosts = list(self.ghosts)
        ghosts[index] = replace(ghosts[index], is_accepted=not ghosts[index].is_accepted)
        return replace(self, ghosts=tuple(ghosts))

    def with_all(self, is_accepted: bool) -> Suggestion:
        """The proposal with every event taken, or every one left."""
        return replace(self, ghosts=tuple(replace(g, is_accepted=is_accepted) for g in self.ghosts))

    def fitting(self, notes: Container[Note]) -> Suggestion:
        """What of the proposal can still be made in a score that holds `notes`."""
        kept = [g for g in self.ghosts if (g.event.note in notes) == (g.event.action == "remove")]
        return replace(self, ghosts=tuple(kept))

    @property
    def n_accepted(self) -> int:
        """How many events would be made."""
        return sum(ghost.is_accepted for ghost in self.ghosts)

    def edit(self, label: str) -> Edit:
        """The accepted events as one edit, so that one undo takes them back."""
        return edit_from_events([g.event for g in self.ghosts if g.is_accepted], label)
