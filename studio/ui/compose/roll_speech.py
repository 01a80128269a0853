"""Says what the cursor, the selection and the suggestions of the roll come to."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from models.notes import Note
from studio.ui.compose.cell_cursor import CellCommands, CellCursor
from studio.ui.compose.ghosts import GhostSource
from studio.ui.compose.roll_accessible import make_speaking, speak
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.compose.spoken import spoken_cell, spoken_selection


class RollSpeech(QObject):
    """Follows the roll `widget`, and lets the note under the cursor be heard."""

    def __init__(
        self,
        widget: QWidget,
        view_model: ScoreViewModel,
        cell: CellCursor,
        commands: CellCommands,
        ghosts: GhostSource | None,
        let_hear: Callable[[Note | None], None],
    ) -> None:
        super().__init__(widget)
        self._widget, self._view_model, self._ghosts = widget, view_model, ghosts
        self._cell, self._commands, self._let_hear = cell, commands, let_hear
        make_speaking(widget)
        cell.changed.connect(self._on_cell)
        view_model.selection_changed.connect(self._on_selection)
        if ghosts is not None:
            ghosts.changed.connect(self._on_cell)

    def _on_cell(self) -> None:
        cell, model = self._cell, self._view_model
        if cell.is_on:
            here = self._commands.note_here
            ghosts = self._ghosts.ghosts if self._ghosts else ()
            words = spoken_cell(model.song, cell.tick, cell.pitch, here, ghosts, model.selection)
            speak(self._widget, words)
            self._let_hear(here)

    def _on_selection(self) -> None:
        if self._cell.is_on:
            self._on_cell()
        else:
            model = self._view_model
            speak(self._widget, spoken_selection(model.song, model.selection))
