import io
import json
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.notes import EditEvent, Note
from models.protocol import (
    MAX_JSON_BYTES,
    Conditions,
    Message,
    Piece,
    ProtocolError,
    TrackInfo,
    edit_from_json,
    edit_to_json,
    read_message,
    write_message,
)
from models.tempo_map import KeySignature, TempoChange, TimeSignature

notes = st.builds(
    Note,
    start=st.integers(0, 1 << 30),
    pitch=st.integers(0, 127),
    duration=st.integers(1, 1 << 20),
    velocity=st.integers(1, 127),
    track=st.integers(0, 40),
)
pieces = st.builds(
    Piece,
    ticks_per_beat=st.integers(1, 32767),
    notes=st.lists(notes, max_size=5).map(tuple),
    tracks=st.just((TrackInfo("Cello", 42), TrackInfo(is_drums=True))),
    tempo=st.just((TempoChange(0, 500_000), TempoChange(960, 400_000))),
    time_signatures=st.just((TimeSignature(0, 7, 8),)),
    key_signatures=st.just((KeySignature(0, "F#m"),)),
)


@settings(deadline=None)
@given(pieces)
def test_a_piece_comes_back_as_it_went(piece: Piece) -> None:
    assert Piece.from_json(json.loads(json.dumps(piece.to_json()))) == piece


@settings(deadline=None)
@given(
    st.builds(
        Conditions,
        max_add=st.integers(0, 99),
        max_remove=st.integers(0, 99),
        iterations=st.integers(0, 999),
        temperature=st.floats(0, 2),
        seed=st.integers(0, 1 << 62),
        key=st.sampled_from(["auto", "off", "C:maj", "F#:min"]),
        pitch_min=st.integers(0, 127),
        tracks=st.none() | st.lists(st.integers(0, 9)).map(tuple),
        locked=st.lists(st.integers(0, 99)).map(tuple),
        end_tick=st.none() | st.integers(0, 9999),
        keep_rhythm=st.booleans(),
        max_per_bar=st.none() | st.integers(0, 99),
        avoid=st.lists(
            st.tuples(st.sampled_from(["add", "remove"]), st.integers(0, 9999), st.integers(0, 127))
        ).map(tuple),
    )
)
def test_conditions_come_back_as_they_went(conditions: Conditions) -> None:
    assert Conditions.from_json(json.loads(json.dumps(conditions.to_json()))) == conditions


@settings(deadline=None)
@given(notes, st.integers(1, 32767), st.sampled_from(["add", "remove"]), st.floats(0, 1))
def test_an_edit_is_exact_to_the_tick(note: Note, beat: int, action: str, p: float) -> None:
    edit = EditEvent(action, note, p)  # type: ignore[arg-type]
    assert edit_from_json(json.loads(json.dumps(edit_to_json(edit, beat))), beat) == edit


def test_edits_count_tracks_from_one_and_time_in_beats() -> None:
    edit = EditEvent("add", Note(720, 60, 240, 80, track=1), 0.25)
    assert edit_to_json(edit, 480) == {
        "action": "add",
        "track": 2,
        "pitch": 60,
        "start_beat": 1.5,
        "duration_beats": 0.5,
        "velocity": 80,
        "probability": 0.25,
    }


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.dictionaries(st.text(), st.integers()), st.none() | st.integers(1, 50))),
)
def test_messages_come_back_in_order(rows: list[tuple[dict[str, int], int | None]]) -> None:
    messages = [Message(b, None if n is None else np.arange(n, dtype=np.float32)) for b, n in rows]
    pipe = io.BytesIO()
    for message in messages:
        write_message(pipe, message)
    pipe.seek(0)
    for message in messages:
        found = read_message(pipe)
        assert found is not None
        assert found.body == message.body
        np.testing.assert_equal(found.samples, message.samples)
    assert read_message(pipe) is None


@settings(deadline=None)
@given(st.binary(min_size=1, max_size=200))
def test_any_bytes_end_in_a_message_or_a_protocol_error(junk: bytes) -> None:
    pipe = io.BytesIO(junk)
    try:
        while read_message(pipe) is not None:
            pass
    except ProtocolError:
        pass


@pytest.mark.parametrize("text", [b"[1]", b"7", b"{", b"\xff", b"[" * 200_000, b'{"a":' * 200_000])
def test_what_is_no_object_is_a_protocol_error(text: bytes) -> None:
    with pytest.raises(ProtocolError, match="JSON"):
        read_message(io.BytesIO(struct.pack("<II", len(text), 0) + text))


@pytest.mark.parametrize("n_cut", [1, 3, 8, 9, 20])
def test_a_message_cut_short_is_a_protocol_error(n_cut: int) -> None:
    pipe = io.BytesIO()
    write_message(pipe, Message({"do": "classify"}, np.ones(3, np.float32)))
    with pytest.raises(ProtocolError, match="cut short"):
        read_message(io.BytesIO(pipe.getvalue()[:-n_cut]))


@pytest.mark.parametrize("sizes", [(MAX_JSON_BYTES + 1, 0), (2, 1 << 31), (2, 3)])
def test_sizes_are_bounded_before_anything_is_read(sizes: tuple[int, int]) -> None:
    with pytest.raises(ProtocolError, match="message of"):
        read_message(io.BytesIO(struct.pack("<II", *sizes) + b"{}"))
