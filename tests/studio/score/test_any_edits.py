"""Any edits of any kind, one after the other: undone, redone and read again they are the same."""

import json
import random
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from models.notes import Note
from models.protocol import Piece, TrackInfo
from models.tempo_map import TempoChange, TimeSignature
from studio.errors import StudioError
from studio.score import quantise, scales, transforms
from studio.score.controllers import CONTROLLERS, draw_points
from studio.score.edits import edit_from_row, edit_to_row, replacing
from studio.score.marks import set_mark
from studio.score.midi_file import midi_bytes, parse_midi
from studio.score.note_mutes import toggle_mutes, with_mutes
from studio.score.score import Edit
from studio.score.song import Song
from studio.score.track_edits import (
    add_track,
    choose_color,
    choose_instrument,
    delete_track,
    rename_track,
)

BEAT = 96
MARKS = (("tempo", "97.5"), ("time", "6/8"), ("key", "D minor"), ("marker", "Verse"))
Deed = Callable[[Song, random.Random], Edit]


def some_notes(song: Song, dice: random.Random) -> list[Note]:
    return [note for note in song.score.notes if dice.random() < 0.5]


def track(song: Song, dice: random.Random) -> int:
    return dice.randrange(len(song.tracks))


def draw(song: Song, dice: random.Random) -> Edit:
    start, pitch, at = dice.randrange(2000), dice.randrange(128), track(song, dice)
    note = Note(start, pitch, dice.randrange(1, 200), dice.randrange(1, 128), at)
    return replacing("Draw", song.score, (), {note})


def controller(song: Song, dice: random.Random) -> Edit:
    values = {dice.randrange(400): dice.randrange(128) for _ in range(3)}
    at = song.tracks[track(song, dice)]
    return draw_points(song, at, dice.choice(CONTROLLERS), values, min(values), max(values))


def mark(song: Song, dice: random.Random) -> Edit:
    kind, value = dice.choice(MARKS)
    return set_mark(song, kind, dice.randrange(2000), value)  # type: ignore[arg-type]


DEEDS: dict[str, Deed] = {
    "draw": draw,
    "delete": lambda song, dice: Edit("Delete", frozenset(some_notes(song, dice))),
    "move": lambda song, dice: transforms.move(
        song.score, some_notes(song, dice), dice.randrange(-99, 99), dice.randrange(-9, 9)
    ),
    "stretch": lambda song, dice: transforms.stretch(
        song.score, some_notes(song, dice), dice.randrange(-99, 99), 24
    ),
    "split": lambda song, dice: transforms.split(
        song.score, some_notes(song, dice), dice.randrange(2000)
    ),
    "join": lambda song, dice: transforms.join(song.score, some_notes(song, dice)),
    "legato": lambda song, dice: transforms.legato(song.score, some_notes(song, dice)),
    "humanise": lambda song, dice: transforms.humanise(song.score, some_notes(song, dice), 5, 9, 1),
    "quantise": lambda song, dice: quantise.quantise(
        song.score, some_notes(song, dice), song.metre, quantise.Quantising(24.0)
    ),
    "scale": lambda song, dice: scales.snap_to_scale(
        song.score, some_notes(song, dice), scales.Scale(2)
    ),
    "controller": controller,
    "mark": mark,
    "add track": lambda song, dice: add_track(
        song, dice.choice(["", "Added"]), dice.randrange(128), is_drums=dice.random() < 0.2
    ),
    "delete track": lambda song, dice: delete_track(song, track(song, dice)),
    "colour": lambda song, dice: choose_color(
        song, track(song, dice), dice.choice([None, *range(8)])
    ),
    "rename": lambda song, dice: rename_track(song, track(song, dice), dice.choice(["", "Oboé"])),
    "mute": lambda song, dice: toggle_mutes(song, frozenset(some_notes(song, dice))),
    "instrument": lambda song, dice: choose_instrument(
        song, track(song, dice), dice.randrange(128)
    ),
}


def new_song() -> Song:
    tracks = (TrackInfo("Lead", 80), TrackInfo("", 33), TrackInfo("Beat", is_drums=True))
    notes = tuple(Note(96 * i, 50 + 5 * i, 90, 70 + i, i % 3) for i in range(9))
    tempo, time = (TempoChange(0, 500_000),), (TimeSignature(0, 4, 4),)
    return Song.from_piece(Piece(BEAT, notes, tracks, tempo, time))


def one_chunk() -> Song:
    """As files of type 0 are: all channels in one chunk."""
    song = new_song()
    body = bytearray()
    for channel in range(3):
        body += bytes((0, 0xC0 | channel, channel)) + bytes((0, 0x90 | channel, 60 + channel, 80))
    for channel in range(3):
        body += bytes((10, 0x80 | channel, 60 + channel, 0))
    body += b"\x00\xff\x2f\x00"
    header = b"MThd" + (6).to_bytes(4) + (0).to_bytes(2) + (1).to_bytes(2) + (BEAT).to_bytes(2)
    song = parse_midi(header + b"MTrk" + len(body).to_bytes(4) + bytes(body))
    assert song.file_type == 0
    return song


def state(song: Song) -> tuple[bytes, list[int], set[Note]]:
    return midi_bytes(song), [track.channel for track in song.tracks], set(song.muted)


@settings(deadline=None)
@given(
    st.sampled_from([new_song, one_chunk]),
    st.lists(st.tuples(st.sampled_from(sorted(DEEDS)), st.integers(0, 1 << 20)), max_size=14),
)
def test_whatever_was_edited_is_undone_and_redone_to_the_byte(
    make: Callable[[], Song], deeds: list[tuple[str, int]]
) -> None:
    song = make()
    states = [state(song)]
    for name, seed in deeds:
        try:
            edit = with_mutes(DEEDS[name](song, random.Random(seed)), song.muted)
        except StudioError:
            continue
        if edit:
            assert edit_from_row(json.loads(json.dumps(edit_to_row(edit)))) == edit
            song.score.apply(edit)
            states.append(state(song))
            assert song.muted <= song.score.note_set
    for before in states[-2::-1]:
        song.score.undo()
        assert state(song) == before
    for after in states[1:]:
        song.score.redo()
        assert state(song) == after


def test_a_deleted_track_is_not_in_the_file() -> None:
    for make in (new_song, one_chunk):
        song = make()
        rest = [n for n in song.score.notes if n.track == 2]
        song.score.apply(delete_track(song, 1))
        again = parse_midi(midi_bytes(song))
        assert [t.channel for t in again.tracks] == [t.channel for t in song.tracks]
        assert len(again.tracks) == 2
        assert [n.pitch for n in again.score.notes if n.track == 1] == [n.pitch for n in rest]
