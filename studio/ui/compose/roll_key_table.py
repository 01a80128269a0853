"""The keys of the roll, in one table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RollKey:
    """A key of the roll: what it does, in words and as the name of a `RollCommands` method."""

    keys: tuple[str, ...]
    text: str
    command: str
    amount: int = 0
    place: str = "roll"

    @property
    def name(self) -> str:
        """What a file of the user's own keys calls it."""
        return f"{self.place}.{self.command}" + (f".{self.amount}" if self.amount else "")


ROLL_KEYS: tuple[RollKey, ...] = (
    RollKey(("B",), "Draw notes", "draw_tool"),
    RollKey(("V",), "Select notes", "select_tool"),
    RollKey(("Del", "Backspace"), "Delete", "delete"),
    RollKey(("Ctrl+A",), "Select all", "select_all"),
    RollKey(("Ctrl+Shift+A",), "Select none", "select_none"),
    RollKey(("Ctrl+I",), "Select what is not selected", "select_others"),
    RollKey(("Ctrl+C",), "Copy", "copy"),
    RollKey(("Ctrl+X",), "Cut", "cut"),
    RollKey(("Ctrl+V",), "Paste at the playhead", "paste"),
    RollKey(("Ctrl+D",), "Duplicate", "duplicate"),
    RollKey(("Q",), "Quantise to the grid", "quantise"),
    RollKey(("C",), "Split at the mouse", "split"),
    RollKey(("J",), "Join notes of one pitch", "join"),
    RollKey(("0",), "Silence the notes, or let them sound", "mute_notes"),
    RollKey(("Shift+L",), "Legato: up to the next note", "legato"),
    RollKey(("H",), "Humanise: loosen time and velocity", "humanise"),
    RollKey(("Up",), "Up a semitone", "transpose", 1),
    RollKey(("Down",), "Down a semitone", "transpose", -1),
    RollKey(("Shift+Up",), "Up an octave", "transpose", 12),
    RollKey(("Shift+Down",), "Down an octave", "transpose", -12),
    RollKey(("Alt+Up",), "Up a step of the scale", "transpose_in_scale", 1),
    RollKey(("Alt+Down",), "Down a step of the scale", "transpose_in_scale", -1),
    RollKey(("Right",), "Later by a grid step", "nudge", 1),
    RollKey(("Left",), "Earlier by a grid step", "nudge", -1),
    RollKey(("Alt+Right",), "Later by a hair, off the grid", "nudge_finely", 1),
    RollKey(("Alt+Left",), "Earlier by a hair, off the grid", "nudge_finely", -1),
    RollKey(("Shift+Right",), "Longer by a grid step", "stretch", 1),
    RollKey(("Shift+Left",), "Shorter by a grid step", "stretch", -1),
    RollKey(("+", "Shift++", "="), "Louder", "louder", 1),
    RollKey(("-",), "Softer", "louder", -1),
    RollKey(("Tab",), "Select the next note", "select_next", 1),
    RollKey(("Shift+Tab", "Shift+Backtab"), "Select the note before", "select_next", -1),
    RollKey(("PgDown",), "Write on the next track", "next_track", 1),
    RollKey(("PgUp",), "Write on the track before", "next_track", -1),
    RollKey(("M",), "Mute the track, or let it sound", "mute_track"),
    RollKey(("S",), "Hear the track alone, or with the others", "solo_track"),
    RollKey((), "Leave the other tracks alone, or reach them", "keep_to_track"),
    RollKey((), "Snap to the scale", "snap_to_scale"),
    RollKey((), "Select what is outside the scale", "select_outside_scale"),
    RollKey((), "Select what is off the grid", "select_off_grid"),
    RollKey(("F",), "Show the whole piece", "fit"),
    RollKey(("Z",), "Zoom to the selection", "zoom_to_selection"),
    RollKey(("Ctrl+=", "Ctrl++", "Ctrl+Shift++"), "Zoom in", "zoom", 1),
    RollKey(("Ctrl+-",), "Zoom out", "zoom", -1),
    RollKey(("Ctrl+Z",), "Undo", "undo"),
    RollKey(("Ctrl+Shift+Z", "Ctrl+Y"), "Redo", "redo"),
)

PANEL_KEYS = (RollKey(("Shift+Q",), "Quantise as set…", "open_quantise"),)
WINDOW_KEYS = (RollKey(("?", "Shift+?"), "Show all keys", "show_keys"),)
TRANSPORT_KEYS: tuple[RollKey, ...] = (
    RollKey(("Space",), "Play or stop", "play_toggle"),
    RollKey(("Return", "Enter"), "Go to the beginning", "to_start"),
    RollKey(("L",), "Repeat the selection or the whole piece, or not", "toggle_loop"),
    RollKey(("Ctrl+L",), "Repeat the selection", "loop_selection"),
    RollKey(("R",), "Record a keyboard, or end the take", "record"),
)


def run_key(commands: object, key: RollKey) -> None:
    """Do what a row of a table of keys says, on what has its command."""
    command = getattr(commands, key.command)
    if key.amount:
        command(key.amount)
    else:
        command()
