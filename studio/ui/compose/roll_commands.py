"""What the keys of the roll, the toolbar and the context menu do."""

from __future__ import annotations

from studio.ui.compose.note_commands import NoteCommands
from studio.ui.compose.select_commands import SelectCommands
from studio.ui.compose.view_commands import ViewCommands
from studio.ui.place_keys import PlaceKey, run_key


class RollCommands(NoteCommands, SelectCommands, ViewCommands):
    """All commands that the table of keys names."""

    def run(self, key: PlaceKey) -> None:
        """Do what a row of the table says."""
        run_key(self, key)

    def undo(self) -> None:
        """Take the last change back."""
        self._view_model.undo()

    def redo(self) -> None:
        """Make it again."""
        self._view_model.redo()
