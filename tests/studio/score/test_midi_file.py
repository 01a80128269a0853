"""Import, export, import: nothing that a MIDI file holds is lost or changed."""

import io
from collections import Counter
from pathlib import Path

import mido
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.notes import Note
from models.protocol import Piece, TrackInfo
from models.tempo_map import KeySignature, TempoChange, TimeSignature
from studio.errors import StudioError
from studio.score.meta_events import meta, variable_length
from studio.score.midi_file import midi_bytes, parse_midi, read_midi, write_midi
from studio.score.score import Edit
from studio.score.smf import assemble
from studio.score.song import Song

END = b"\x00\xff\x2f\x00"
BYTE = st.integers(0, 127)
CHANNEL = st.integers(0, 15)
SMALL = st.integers(0, 3)  # so that notes meet and overlap

note_events = st.builds(
    lambda kind, channel, pitch, velocity: bytes((kind | channel, 60 + pitch, velocity)),
    st.sampled_from((0x80, 0x90, 0x90)),
    st.integers(0, 1),
    st.integers(0, 1),
    st.sampled_from((0, 64, 100)),
)
channel_events = st.one_of(
    st.builds(
        lambda status, channel, first, second: bytes((status | channel, first, second)),
        st.sampled_from((0xA0, 0xB0, 0xE0)),
        CHANNEL,
        BYTE,
        BYTE,
    ),
    st.builds(
        lambda status, channel, value: bytes((status | channel, value)),
        st.sampled_from((0xC0, 0xD0)),
        CHANNEL,
        BYTE,
    ),
)
odd_events = st.one_of(
    st.builds(
        meta, st.integers(0, 0x7F).filter(lambda kind: kind != 0x2F), st.binary(max_size=200)
    ),
    st.builds(
        lambda status, body: bytes((status,)) + variable_length(len(body)) + body,
        st.sampled_from((0xF0, 0xF7)),
        st.binary(max_size=5),
    ),
)
text_events = st.builds(meta, st.integers(0x01, 0x07), st.binary(max_size=200))


def tracks(*events: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    wait = st.one_of(SMALL, st.just(0), st.just(300_000))
    rows = st.lists(st.tuples(wait, st.one_of(note_events, channel_events, *events)), max_size=25)
    return rows.map(lambda row: b"".join(variable_length(d) + data for d, data in row) + END)


ANY_TRACK = tracks(odd_events)


@st.composite
def files(draw: st.DrawFn, track: st.SearchStrategy[bytes] = ANY_TRACK) -> bytes:
    bodies = draw(st.lists(track, min_size=1, max_size=3))
    kind = 0 if len(bodies) == 1 and draw(st.booleans()) else 1
    return assemble(kind, draw(st.integers(1, 32767)), bodies, [])


def others(data: bytes) -> list[list[tuple[int, mido.Message]]]:
    """What mido, as a referee, finds besides notes: (tick, message) of each track."""
    found = []
    for track in mido.MidiFile(file=io.BytesIO(data), charset="latin-1").tracks:
        rows, tick = [], 0
        for message in track:
            tick += message.time
            if message.type not in ("note_on", "note_off", "end_of_track"):
                rows.append((tick, message.copy(time=0)))
        found.append(rows)
    return found


def kept(song: Song) -> list[Counter[tuple[int, bytes]]]:
    return [Counter((e.tick, e.data) for e in chunk.events) for chunk in song.chunks]


@given(files())
def test_import_export_import_is_the_identity(data: bytes) -> None:
    first = parse_midi(data)
    written = midi_bytes(first)
    second = parse_midi(written)
    assert second.score.notes == first.score.notes
    assert second.tracks == first.tracks
    assert kept(second) == kept(first)
    assert second.releases == first.releases
    assert second.ticks_per_beat == first.ticks_per_beat
    assert all("kept but not used" in text for text in second.warnings)
    assert midi_bytes(second) == written


@given(files(tracks(text_events)))
def test_no_event_but_notes_is_touched(data: bytes) -> None:
    song = parse_midi(data)
    assert others(midi_bytes(song)) == others(data)


@given(files(), st.data())
def test_an_edit_and_its_undo_leave_the_file_as_it_was(data: bytes, draw: st.DataObject) -> None:
    song = parse_midi(data)
    if not song.tracks:
        return
    before = midi_bytes(song)
    notes = song.score.notes
    gone = frozenset(n for n in notes if draw.draw(st.booleans()))
    new = Note(10_000_000, 1, 5)
    song.score.apply(Edit("Edit", removed=gone, added=frozenset({new})))
    assert midi_bytes(song) != before
    song.score.undo()
    assert midi_bytes(song) == before


@given(files(), st.data())
def test_broken_files_are_opened_or_refused_in_words(data: bytes, draw: st.DataObject) -> None:
    broken = bytearray(data[: draw.draw(st.integers(0, len(data)))])
    for at, value in draw.draw(
        st.lists(st.tuples(st.integers(0, max(0, len(broken) - 1)), st.integers(0, 255)))
    ):
        if broken:
            broken[at] = value
    try:
        song = parse_midi(bytes(broken), "broken.mid")
    except StudioError as error:
        refusal = str(error)
    else:
        written = midi_bytes(song)
        assert midi_bytes(parse_midi(written)) == written
        return
    assert refusal.startswith("broken.mid")


PIECE = Piece(
    96,
    (Note(0, 60, 96, 80, 0), Note(96, 62, 48, 90, 0), Note(0, 36, 24, 100, 1)),
    (TrackInfo("Lied für Flöte", 73), TrackInfo("Kit", 0, True)),
    (TempoChange(0, 600_000), TempoChange(960, 400_000)),
    (TimeSignature(0, 3, 4), TimeSignature(864, 6, 8)),
    (KeySignature(0, "F#m"),),
)


def test_a_piece_survives_the_file() -> None:
    song = parse_midi(midi_bytes(Song.from_piece(PIECE)))
    assert song.to_piece() == Piece(**{**_fields(PIECE), "notes": tuple(sorted(PIECE.notes))})


def _fields(piece: Piece) -> dict[str, object]:
    return {name: getattr(piece, name) for name in Piece.__dataclass_fields__}


def test_other_programs_read_what_we_write() -> None:
    theirs = mido.MidiFile(file=io.BytesIO(midi_bytes(Song.from_piece(PIECE))))
    assert theirs.ticks_per_beat == 96
    names = [m.name for t in theirs.tracks for m in t if m.type == "track_name"]
    assert names[1] == "Kit"
    sounding = [(m.channel, m.note) for t in theirs.tracks for m in t if m.type == "note_on"]
    assert (9, 36) in sounding
    tempos = [m.tempo for m in theirs.tracks[0] if m.type == "set_tempo"]
    assert tempos == [600_000, 400_000]


def test_a_track_of_many_channels_becomes_many_tracks_and_one_chunk_again() -> None:
    body = b"\x00\x90\x3c\x40\x00\x99\x24\x40\x60\x80\x3c\x00\x00\x89\x24\x00" + END
    song = parse_midi(assemble(0, 96, [body], []))
    assert [(t.name, t.channel) for t in song.tracks] == [("Channel 1", 0), ("Drums", 9)]
    assert {(n.track, n.pitch) for n in song.score.notes} == {(0, 60), (1, 36)}
    written = midi_bytes(song)
    assert written[8:12] == b"\x00\x00\x00\x01"  # type 0, one track
    assert parse_midi(written).score.notes == song.score.notes


def test_release_velocities_are_kept() -> None:
    body = b"\x00\x90\x3c\x40\x60\x80\x3c\x11\x00\x90\x3e\x40\x60\x80\x3e\x22" + END
    data = assemble(1, 96, [body], [])
    again = mido.MidiFile(file=io.BytesIO(midi_bytes(parse_midi(data))))
    assert [m.velocity for m in again.tracks[0] if m.type == "note_off"] == [0x11, 0x22]


def test_events_between_notes_of_one_tick_keep_their_place() -> None:
    """A pedal before a note-off holds the note; behind it, it does not."""
    body = (
        b"\x00\x90\x3c\x40"
        b"\x60\xb0\x40\x7f\x00\x80\x3c\x00\x00\xb0\x40\x00\x00\x90\x3e\x40\x00\xb0\x41\x7f"
        b"\x60\x80\x3e\x00"
    )
    data = assemble(1, 96, [body + END], [])
    assert midi_bytes(parse_midi(data)) == midi_bytes(parse_midi(midi_bytes(parse_midi(data))))
    messages = mido.MidiFile(file=io.BytesIO(midi_bytes(parse_midi(data)))).tracks[0]
    kinds = [m.type for m in messages]
    assert kinds == [
        *("note_on", "control_change", "note_off", "control_change"),
        *("note_on", "control_change", "note_off", "end_of_track"),
    ]


def test_text_that_is_not_utf_8_is_shown_and_kept_byte_for_byte() -> None:
    name = meta(0x03, "Prélude".encode("latin-1"))
    body = b"\x00" + name + b"\x00\x90\x3c\x40\x60\x80\x3c\x40" + END
    song = parse_midi(assemble(1, 96, [body], []))
    assert song.tracks[0].name == "Prélude"
    assert name in midi_bytes(song)


def test_chunks_of_other_programs_are_kept() -> None:
    foreign = b"XFIH\x00\x00\x00\x03abc"
    song = parse_midi(assemble(1, 96, [END], [foreign]))
    assert midi_bytes(song).endswith(foreign)


def test_writing_is_all_or_nothing(tmp_path: Path) -> None:
    target = tmp_path / "song.mid"
    write_midi(Song.from_piece(PIECE), target)
    assert read_midi(target).score.notes == sorted(PIECE.notes)
    assert [path.name for path in tmp_path.iterdir()] == ["song.mid"]
    with pytest.raises(StudioError, match="can't be written"):
        write_midi(Song.empty(), tmp_path / "no such folder" / "song.mid")
