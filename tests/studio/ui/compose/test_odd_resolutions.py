"""Songs whose beat has few ticks, or very many: every grid draws, edits and comes to an end."""

import pytest

from models.notes import Note
from models.protocol import Piece, TrackInfo
from models.tempo_map import TimeSignature
from studio.score.midi_file import midi_bytes
from studio.score.project import Project
from studio.score.song import Song
from studio.ui.compose.roll_state import ADAPTIVE, GRIDS
from tests.studio.ui.compose.roll_hands import SHIFT, Roll, only_edit

METRES = (TimeSignature(0, 4, 4), TimeSignature(16, 7, 64))  # bars of no whole number of ticks


def show(roll: Roll, ticks_per_beat: int) -> None:
    notes = tuple(Note(i, 60 + i, 1) for i in range(5))
    piece = Piece(ticks_per_beat, notes, (TrackInfo("Lead"),), (), METRES)
    roll.model._take(Project(Song.from_piece(piece)), None, b"")
    roll.before = midi_bytes(roll.model.song)


@pytest.mark.parametrize("ticks_per_beat", [1, 2, 3, 7, 24, 32767])
def test_any_resolution_and_grid_is_drawn_and_edited(roll: Roll, ticks_per_beat: int) -> None:
    show(roll, ticks_per_beat)
    for name in (ADAPTIVE, *(grid.name for grid in GRIDS)):
        roll.state.set_grid(name)
        for zoom in (1e-9, 1.0, 1e9):
            roll.geometry.zoom_time(zoom, 300)
            roll.view.grab()
        roll.edits.clear()
        roll.view.commands.duplicate()
        roll.view.commands.select_all()
        roll.view.commands.nudge(1)
        assert len(roll.edits) == 1
        edit = only_edit(roll)
        assert min(note.start for note in edit.added) >= 1
        roll.model.undo()
        roll.model.select([])
        roll.view.commands.quantise()
        while roll.model.score.undo_label:
            roll.model.undo()
        assert midi_bytes(roll.model.song) == roll.before
        roll.edits.clear()


@pytest.mark.parametrize("ticks_per_beat", [1, 3])
def test_painting_where_a_step_is_less_than_a_tick_makes_one_note_a_tick(
    roll: Roll, ticks_per_beat: int
) -> None:
    show(roll, ticks_per_beat)
    roll.state.set_tool("draw")
    roll.state.set_grid("1/64T")
    roll.geometry.pixels_per_tick = 20.0
    roll.drag(roll.at(0.1, 72), roll.at(9.9, 72), held=SHIFT)
    painted = [note for note in roll.notes if note.pitch == 72]
    assert [note.start for note in painted] == list(range(10))
    assert {note.duration for note in painted} == {1}
