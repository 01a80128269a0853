"""The keys of Listen, in tables: everywhere in it, in the picture, at its cursor, on its axis."""

from __future__ import annotations

from functools import partial

from studio.ui.place_keys import PlaceKey

SEEK_S, CURSOR_PIXELS = 5, 8

_listen = partial(PlaceKey, place="listen")
_picture = partial(PlaceKey, place="picture")
_cursor = partial(PlaceKey, place="picture_cursor")
_axis = partial(PlaceKey, place="frequency_axis")

PAUSE = _listen(("Space",), "Pause, or play on", "pause")
TO_START = _listen(("Backspace",), "Back to the start of the file", "to_start")
LOOP = _listen(("O",), "Loop the stretch or the file, or play on", "toggle_loop")
MUTE = _listen(("M",), "Mute the file, or let it sound", "mute")
SLOWER = _listen(("[",), "Play slower", "change_speed", -1)
FASTER = _listen(("]",), "Play faster", "change_speed", 1)
KEEP = _listen(("K",), "Keep what was just heard", "keep")
RECORD = _listen(("R",), "Record to the disk, or end it", "record")
SPECTRUM = _listen(("S",), "Show or hide the spectrum", "show_spectrum")
WAVEFORM = _listen(("W",), "Show or hide the waveform", "show_waveform")
FORGET_PEAKS = _listen(("P",), "Forget the peaks and the average of the spectrum", "forget_peaks")

LISTEN_KEYS: tuple[PlaceKey, ...] = (
    PAUSE,
    TO_START,
    _listen((",",), "Five seconds back in the file", "seek_by", -SEEK_S),
    _listen((".",), "Five seconds on in the file", "seek_by", SEEK_S),
    LOOP,
    MUTE,
    SLOWER,
    FASTER,
    KEEP,
    RECORD,
    SPECTRUM,
    WAVEFORM,
    FORGET_PEAKS,
    _listen(("B",), "Count the beat twice or half as fast", "count_otherwise"),
    _listen(("U",), "Use tempo and key in the score", "use_in_score"),
    _listen(("N",), "Measure the loudness anew", "measure_anew"),
    _listen(("X",), "Put the clip lights out", "clear_clips"),
)

GO_LIVE = _picture(("L", "Home"), "Return to now", "go_live")
FREEZE = _picture(("F",), "Freeze the picture, or let it go on", "toggle_freeze")
HARMONICS = _picture(("H",), "Show the overtones of the place pointed at", "toggle_harmonics")
CURSOR = _picture(("C",), "A cursor in the picture that arrow keys move", "toggle_cursor")
SHOW_ALL = _picture(("0",), "Show everything as at first", "show_all")

PICTURE_KEYS: tuple[PlaceKey, ...] = (
    GO_LIVE,
    FREEZE,
    HARMONICS,
    CURSOR,
    SHOW_ALL,
    _picture(("Left",), "Look back", "page", -1),
    _picture(("Right",), "Look on, towards now", "page", 1),
    _picture(("Up",), "See higher pitches", "shift", 1),
    _picture(("Down",), "See lower pitches", "shift", -1),
    _picture(("PgUp",), "Fewer pitches, larger", "zoom", 1),
    _picture(("PgDown",), "More pitches, smaller", "zoom", -1),
    _picture(("+", "="), "Less time, larger", "zoom_time", 1),
    _picture(("-",), "More time, smaller", "zoom_time", -1),
    _picture(("Del",), "Take all pins away", "clear_pins"),
    _picture(("Ctrl+C", "Ctrl+Ins"), "Copy the readings", "copy"),
)

CURSOR_KEYS: tuple[PlaceKey, ...] = (
    _cursor(("Left",), "Cursor a little earlier", "walk", -1),
    _cursor(("Right",), "Cursor a little later", "walk", 1),
    _cursor(("Up",), "Cursor a little higher", "climb", 1),
    _cursor(("Down",), "Cursor a little lower", "climb", -1),
    _cursor(("Shift+Left",), "Cursor earlier", "walk", -CURSOR_PIXELS),
    _cursor(("Shift+Right",), "Cursor later", "walk", CURSOR_PIXELS),
    _cursor(("Shift+Up",), "Cursor higher", "climb", CURSOR_PIXELS),
    _cursor(("Shift+Down",), "Cursor lower", "climb", -CURSOR_PIXELS),
    _cursor(("Return", "Enter"), "Pin the reading, or take the pin away", "pin"),
    _cursor(("Esc",), "Leave the cursor", "leave_cursor"),
)

AXIS_KEYS: tuple[PlaceKey, ...] = (
    _axis(("Up",), "See higher pitches", "shift", 1),
    _axis(("Down",), "See lower pitches", "shift", -1),
    _axis(("PgUp", "+", "="), "Fewer pitches, larger", "zoom", 1),
    _axis(("PgDown", "-"), "More pitches, smaller", "zoom", -1),
    _axis(("0",), "See every pitch", "show_all_pitches"),
)
