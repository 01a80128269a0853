"""What the commands of the roll work on."""

from __future__ import annotations

from collections.abc import Callable, Set

from models.notes import Note
from studio.score.scales import Scale
from studio.ui.compose.roll_geometry import RollGeometry
from studio.ui.compose.roll_state import RollState
from studio.ui.compose.score_view_model import ScoreViewModel


class CommandBase:
    """The parts that commands share. `place` is the tick that is meant where no note says it."""

    def __init__(
        self,
        view_model: ScoreViewModel,
        state: RollState,
        geometry: RollGeometry,
        position_ticks: Callable[[], float],
    ) -> None:
        self._view_model, self._state, self._geometry = view_model, state, geometry
        self._position_ticks = position_ticks
        self.pointer: Callable[[], int | None] = lambda: None  # the tick under the mouse

    @property
    def _step(self) -> int:
        return max(1, round(self._state.grid.ticks(self._view_model.song.ticks_per_beat)))

    @property
    def _chosen_or_all(self) -> Set[Note]:
        return self._view_model.selection or self._view_model.score.note_set

    @property
    def _scale(self) -> Scale:
        """The scale that was chosen; else that of the key, or C major where the song names none."""
        if self._state.scale is not None:
            return self._state.scale
        signatures = self._view_model.song.key_signatures
        return Scale.of_key(signatures[0]) if signatures else Scale(0)
