"""What is proposed: which variation is in sight, what of it is taken, and what still fits."""

from __future__ import annotations

from collections.abc import Callable, Collection

from PySide6.QtCore import QObject, Signal

from models.notes import EditEvent, Note
from studio.assistant.suggestion import Ghost, Variations
from studio.score.score import Edit, Score
from studio.ui.compose.score_view_model import ScoreViewModel


class Proposals(QObject):
    """Holds variations over a score; knows nothing of who proposes them."""

    changed = Signal()  # ghosts came, went or were toggled, or another variation is in sight

    def __init__(self, score: ScoreViewModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._score = score
        self.variations = Variations()

    @property
    def ghosts(self) -> tuple[Ghost, ...]:
        """The proposed events in sight, in the order in which they came."""
        return self.variations.shown.ghosts

    @property
    def n_accepted(self) -> int:
        """How many of them would be made."""
        return self.variations.shown.n_accepted

    @property
    def n_dropped(self) -> int:
        """How many of those in sight no longer fitted and were dropped."""
        return self.variations.shown.n_dropped

    def toggle(self, *indices: int) -> None:
        """Take events that were left, and leave those that were taken."""
        if indices and all(0 <= index < len(self.ghosts) for index in indices):
            self._show(self.variations.with_shown(self.variations.shown.toggled(*indices)))

    def set_all(self, is_accepted: bool) -> None:
        """Take every event, or leave every one."""
        self._show(self.variations.with_shown(self.variations.shown.with_all(is_accepted)))

    def browse(self, step: int) -> None:
        """Bring the next variation in sight, or the one before."""
        self._show(self.variations.browsed(step))

    def proposed_edit(self) -> Edit:
        """What would be done if it were accepted now."""
        return self.variations.shown.edit(self.tr("Take proposals"))

    def _add(self, events: list[EditEvent]) -> None:
        """More events of the last variation; those that do not fit fall away."""
        last = self.variations.all[-1].with_events(events)
        self._show(self.variations.with_last(last.fitting(self._fitting())))

    def _keep_fitting(self) -> int:
        """Keep of all proposals what can still be made; returns how many in sight could not."""
        before = self.n_dropped
        self._show(self.variations.fitting(self._fitting()))
        return self.n_dropped - before

    def _fitting(self) -> Callable[[EditEvent], bool]:
        """Whether an event can be made in the score as it is now."""
        score, locks = self._score.score, self._score.locks
        events = [ghost.event for s in self.variations.all for ghost in s.ghosts]
        leaving = {event.note for event in events if event.action == "remove"}

        def fits(event: EditEvent) -> bool:
            note = event.note
            if event.action == "remove":
                return note in score and not locks.is_locked(note)
            return note.track not in locks.tracks and not _overlaps(score, note, leaving)

        return fits

    def _show(self, variations: Variations) -> None:
        if variations != self.variations:
            self.variations = variations
            self.changed.emit()


def _overlaps(score: Score, note: Note, leaving: Collection[Note]) -> bool:
    """Whether a note of the same track and pitch sounds there that is not to leave itself."""
    columns = score.columns
    found = columns.notes(columns.within(note.start, note.end, note.pitch, note.pitch))
    return any(
        n.track == note.track and n.start < note.end and note.start < n.end and n not in leaving
        for n in found
    )
