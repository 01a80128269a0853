"""The assistant's keys in the roll and in its panel, and what they do."""

from __future__ import annotations

from collections.abc import Callable

from studio.ui.compose.audition import Audition
from studio.ui.compose.expectation_view_model import ExpectationViewModel
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.compose.suggestion_view_model import SuggestionViewModel
from studio.ui.place_keys import PlaceKey

ASSISTANT_KEYS: tuple[PlaceKey, ...] = (
    PlaceKey(("G",), "Go to the assistant", "go_to_assistant"),
    PlaceKey(("K",), "Lock the selected notes for models, or let them go", "lock"),
    PlaceKey(("[",), "The variation before", "browse", -1),
    PlaceKey(("]",), "The next variation", "browse", 1),
    PlaceKey(("A",), "Hear the proposals: before and after in turn", "hear"),
    PlaceKey(("E",), "Show what the model expects, or no longer", "expect"),
)


class AssistantCommands:
    """The commands that `ASSISTANT_KEYS` name."""

    def __init__(
        self,
        score: ScoreViewModel,
        suggestions: SuggestionViewModel,
        audition: Audition | None,
        expectation: ExpectationViewModel | None,
        go_to_assistant: Callable[[], None],
    ) -> None:
        self._score, self._suggestions, self._audition = score, suggestions, audition
        self._expectation = expectation
        self.go_to_assistant = go_to_assistant

    def lock(self) -> None:
        """Lock the selected notes, or let them go."""
        self._score.locks.toggle(self._score.selection)

    def browse(self, step: int) -> None:
        """Show another variation."""
        self._suggestions.browse(step)

    def hear(self) -> None:
        """Hear before and after in turn."""
        if self._audition is not None:
            self._audition.toggle()

    def expect(self) -> None:
        """Show what the model expects, or no longer."""
        if self._expectation is not None:
            self._expectation.toggle()
