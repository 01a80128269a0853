"""The keys of the roll, in one table."""

from __future__ import annotations

from studio.ui.place_keys import PlaceKey

ROLL_KEYS: tuple[PlaceKey, ...] = (
    PlaceKey(("B",), "Draw notes", "draw_tool"),
    PlaceKey(("V",), "Select notes", "select_tool"),
    PlaceKey(("P",), "Paint with the selected notes, or with single ones again", "use_as_pattern"),
    PlaceKey(("Del", "Backspace"), "Delete", "delete"),
    PlaceKey(("Ctrl+A",), "Select all", "select_all"),
    PlaceKey(("Ctrl+Shift+A",), "Select none", "select_none"),
    PlaceKey(("Ctrl+I",), "Select what is not selected", "select_others"),
    PlaceKey(("Ctrl+C",), "Copy", "copy"),
    PlaceKey(("Ctrl+X",), "Cut", "cut"),
    PlaceKey(("Ctrl+V",), "Paste at the playhead", "paste"),
    PlaceKey(("Ctrl+D",), "Duplicate", "duplicate"),
    PlaceKey(("Q",), "Quantise to the grid", "quantise"),
    PlaceKey(("C",), "Split at the mouse", "split"),
    PlaceKey(("J",), "Join notes of one pitch", "join"),
    PlaceKey(("0",), "Silence the notes, or let them sound", "mute_notes"),
    PlaceKey(("Shift+L",), "Legato: up to the next note", "legato"),
    PlaceKey(("H",), "Humanise: loosen time and velocity", "humanise"),
    PlaceKey(("Up",), "Up a semitone", "transpose", 1),
    PlaceKey(("Down",), "Down a semitone", "transpose", -1),
    PlaceKey(("Shift+Up",), "Up an octave", "transpose", 12),
    PlaceKey(("Shift+Down",), "Down an octave", "transpose", -12),
    PlaceKey(("Alt+Up",), "Up a step of the scale", "transpose_in_scale", 1),
    PlaceKey(("Alt+Down",), "Down a step of the scale", "transpose_in_scale", -1),
    PlaceKey(("Right",), "Later by a grid step", "nudge", 1),
    PlaceKey(("Left",), "Earlier by a grid step", "nudge", -1),
    PlaceKey(("Alt+Right",), "Later by a hair, off the grid", "nudge_finely", 1),
    PlaceKey(("Alt+Left",), "Earlier by a hair, off the grid", "nudge_finely", -1),
    PlaceKey(("Shift+Right",), "Longer by a grid step", "stretch", 1),
    PlaceKey(("Shift+Left",), "Shorter by a grid step", "stretch", -1),
    PlaceKey(("+", "Shift++", "="), "Louder", "louder", 1),
    PlaceKey(("-",), "Softer", "louder", -1),
    PlaceKey(("Tab",), "Select the next note", "select_next", 1),
    PlaceKey(("Shift+Tab", "Shift+Backtab"), "Select the note before", "select_next", -1),
    PlaceKey(("PgDown",), "Write on the next track", "next_track", 1),
    PlaceKey(("PgUp",), "Write on the track before", "next_track", -1),
    PlaceKey(("M",), "Mute the track, or let it sound", "mute_track"),
    PlaceKey(("S",), "Hear the track alone, or with the others", "solo_track"),
    PlaceKey((), "Leave the other tracks alone, or reach them", "keep_to_track"),
    PlaceKey((), "Snap to the scale", "snap_to_scale"),
    PlaceKey((), "Select what is outside the scale", "select_outside_scale"),
    PlaceKey((), "Select what is off the grid", "select_off_grid"),
    PlaceKey(("F",), "Show the whole piece", "fit"),
    PlaceKey(("Z",), "Zoom to the selection", "zoom_to_selection"),
    PlaceKey(("Ctrl+=", "Ctrl++", "Ctrl+Shift++"), "Zoom in", "zoom", 1),
    PlaceKey(("Ctrl+-",), "Zoom out", "zoom", -1),
    PlaceKey(("Ctrl+Z",), "Undo", "undo"),
    PlaceKey(("Ctrl+Shift+Z", "Ctrl+Y"), "Redo", "redo"),
)

PANEL_KEYS = (PlaceKey(("Shift+Q",), "Quantise as set…", "open_quantise"),)
TRANSPORT_KEYS: tuple[PlaceKey, ...] = (
    PlaceKey(("Space",), "Play or stop", "play_toggle"),
    PlaceKey(("Return", "Enter"), "Go to the beginning", "to_start"),
    PlaceKey(("L",), "Repeat the selection or the whole piece, or not", "toggle_loop"),
    PlaceKey(("Ctrl+L",), "Repeat the selection", "loop_selection"),
    PlaceKey(("R",), "Record a keyboard, or end the take", "record"),
)
