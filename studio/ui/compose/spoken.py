"""Notes in words, for those who hear the roll instead of seeing it."""

from __future__ import annotations

from collections.abc import Sequence, Set

from PySide6.QtCore import QCoreApplication

from models.notes import Note
from studio.score.song import Song
from studio.ui.compose.ghosts import GhostLike, ghost_at

_NAMES = (
    "C",
    "C sharp",
    "D",
    "E flat",
    "E",
    "F",
    "F sharp",
    "G",
    "A flat",
    "A",
    "B flat",
    "B",
)


def _say(text: str) -> str:
    return QCoreApplication.translate("spoken", text)


def spoken_pitch(pitch: int) -> str:
    """'E flat 4': a screen reader may not know what ♭ is."""
    return f"{_say(_NAMES[pitch % 12])} {pitch // 12 - 1}"


def spoken_place(song: Song, tick: int) -> str:
    """'bar 2, beat 3'."""
    place = song.metre.position(tick)
    words = _say("bar {0}, beat {1}").format(place.bar, place.beat)
    part = place.ticks / song.ticks_per_beat
    return words if not place.ticks else words + _say(" and {0:.2g}").format(part)


def spoken_note(song: Song, note: Note, *, is_selected: bool = False) -> str:
    """Pitch, place, length and velocity, and whether it is chosen."""
    beats = note.duration / song.ticks_per_beat
    words = [
        spoken_pitch(note.pitch),
        spoken_place(song, note.start),
        _say("1 beat") if beats == 1 else _say("{0:.3g} beats").format(beats),
        _say("velocity {0}").format(note.velocity),
    ]
    if len(song.tracks) > 1:
        words.append(song.tracks[note.track].name or _say("track {0}").format(note.track + 1))
    if note in song.muted:
        words.append(_say("silent"))
    if is_selected:
        words.append(_say("selected"))
    return ", ".join(words)


def spoken_ghost(song: Song, ghost: GhostLike) -> str:
    """What a model proposes, and whether it is taken."""
    kind = "suggested to be added" if ghost.event.action == "add" else "suggested to be removed"
    taken = _say("taken") if ghost.is_accepted else _say("left")
    return f"{spoken_note(song, ghost.event.note)}, {_say(kind)}, {taken}"


def spoken_selection(song: Song, notes: Set[Note]) -> str:
    """The one chosen note, or how many there are."""
    if len(notes) == 1:
        return spoken_note(song, next(iter(notes)), is_selected=True)
    return _say("{0} notes selected").format(len(notes)) if notes else _say("nothing selected")


def spoken_cell(
    song: Song,
    tick: int,
    pitch: int,
    here: Note | None,
    ghosts: Sequence[GhostLike],
    selection: Set[Note],
) -> str:
    """What is in a cell: a suggestion before a note, a note before nothing."""
    ghost = ghost_at(ghosts, tick, pitch)
    if ghost >= 0:
        return spoken_ghost(song, ghosts[ghost])
    if here is not None:
        return spoken_note(song, here, is_selected=here in selection)
    return _say("{0}, {1}, empty").format(spoken_pitch(pitch), spoken_place(song, tick))
