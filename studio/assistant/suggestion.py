"""A model's proposal: edit events that wait for the musician's word."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from models.notes import EditEvent
from models.protocol import AvoidedEdit
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
    seed: int = 0
    n_dropped: int = 0  # proposals that no longer fitted
    is_outdated: bool = False  # the score is no longer the one that the model saw

    def with_events(self, events: Iterable[EditEvent]) -> Suggestion:
        """The proposal with more events, accepted until the musician says otherwise."""
        return replace(self, ghosts=(*self.ghosts, *(Ghost(event) for event in events)))

    def toggled(self, *indices: int) -> Suggestion:
        """The proposal with events taken where they were left, or left where they were taken."""
        ghosts = list(self.ghosts)
        for index in indices:
            ghosts[index] = replace(ghosts[index], is_accepted=not ghosts[index].is_accepted)
        return replace(self, ghosts=tuple(ghosts))

    def with_all(self, is_accepted: bool) -> Suggestion:
        """The proposal with every event taken, or every one left."""
        return replace(self, ghosts=tuple(replace(g, is_accepted=is_accepted) for g in self.ghosts))

    def fitting(self, fits: Callable[[EditEvent], bool]) -> Suggestion:
        """What of the proposal can still be made, and how much of it can't."""
        kept = tuple(ghost for ghost in self.ghosts if fits(ghost.event))
        n_dropped = self.n_dropped + len(self.ghosts) - len(kept)
        return replace(self, ghosts=kept, n_dropped=n_dropped)

    @property
    def n_accepted(self) -> int:
        """How many events would be made."""
        return sum(ghost.is_accepted for ghost in self.ghosts)

    def edit(self, label: str) -> Edit:
        """The accepted events as one edit, so that one undo takes them back."""
        return edit_from_events([g.event for g in self.ghosts if g.is_accepted], label)


@dataclass(frozen=True, slots=True)
class Variations:
    """Several proposals for the same request, one of them in sight. A value, too."""

    all: tuple[Suggestion, ...] = (Suggestion(),)
    at: int = 0

    @property
    def shown(self) -> Suggestion:
        """The one in sight."""
        return self.all[self.at]

    def with_shown(self, suggestion: Suggestion) -> Variations:
        """The same with another proposal in sight's place."""
        return replace(self, all=(*self.all[: self.at], suggestion, *self.all[self.at + 1 :]))

    def with_last(self, suggestion: Suggestion) -> Variations:
        """The same with another proposal in the last one's place: the one that is arriving."""
        return replace(self, all=(*self.all[:-1], suggestion))

    def with_one_more(self, suggestion: Suggestion) -> Variations:
        """One proposal more; the one in sight stays in sight."""
        return replace(self, all=(*self.all, suggestion))

    def browsed(self, step: int) -> Variations:
        """The next one in sight, or the one before; round and round."""
        return replace(self, at=(self.at + step) % len(self.all))

    def fitting(self, fits: Callable[[EditEvent], bool]) -> Variations:
        """What of each can still be made in a score that was edited meanwhile."""
        return replace(
            self, all=tuple(replace(s.fitting(fits), is_outdated=True) for s in self.all)
        )

    def edits(self) -> tuple[AvoidedEdit, ...]:
        """All that is proposed, as conditions name what is not to come again."""
        return avoided(ghost.event for suggestion in self.all for ghost in suggestion.ghosts)


def avoided(events: Iterable[EditEvent]) -> tuple[AvoidedEdit, ...]:
    """Edits as conditions name those that are not to come again."""
    return tuple(sorted({(e.action, e.note.start, e.note.pitch) for e in events}))
