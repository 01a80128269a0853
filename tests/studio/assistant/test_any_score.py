"""Proposals for scores of every shape: taken in any choice, undone to the byte, locks held."""

import json
import random
from dataclasses import replace
from functools import cache

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.inference.score import ScoreModel
from models.networks.ar_cnn import ArCnn
from models.notes import EditEvent, Note
from models.protocol import Conditions, Piece, TrackInfo, edit_from_json, edit_to_json
from models.tempo_map import TempoChange, TimeSignature
from studio.assistant.suggestion import Suggestion
from studio.score.edits import edit_from_row, edit_to_row
from studio.score.midi_file import midi_bytes
from studio.score.song import Song


def model() -> ScoreModel:
    torch.manual_seed(11)
    network = ArCnn(channels=8, bottleneck=4, blocks=2, reach=3)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(2.0)
    return ScoreModel(network)


MODEL = model()


def line(n: int, step: int, tracks: int = 1, late: int = 0) -> tuple[Note, ...]:
    return tuple(
        Note(i * step + late * i % 97, 48 + (7 * i + 5 * t) % 30, step, 40 + 3 * t, t)
        for t in range(tracks)
        for i in range(n)
    )


def named(n: int) -> tuple[TrackInfo, ...]:
    return tuple(TrackInfo(f"track {i}", is_drums=i == 9) for i in range(n))


SHAPES = {
    "empty": Piece(480, (), named(1)),
    "one note": Piece(480, (Note(7, 60, 5),), named(1)),
    "400 bars": Piece(480, line(800, 960), named(1)),
    "3/4": Piece(480, line(36, 480, 2), named(2), time_signatures=(TimeSignature(0, 3, 4),)),
    "7/8": Piece(480, line(42, 240, 2), named(2), time_signatures=(TimeSignature(0, 7, 8),)),
    "tempo changes": Piece(
        480,
        line(32, 240, 2),
        named(2),
        tuple(TempoChange(480 * i, 300_000 + 50_000 * i) for i in range(9)),
    ),
    "16 tracks": Piece(480, line(6, 480, 16), named(16)),
    "off the grid": Piece(480, line(32, 251, 2, late=53), named(2)),
}
ANY_SHAPE = pytest.mark.parametrize("shape", SHAPES)


@cache
def proposed(shape: str, asked: Conditions) -> list[EditEvent]:
    """What the model proposes, over the wire."""
    piece = Song.from_piece(SHAPES[shape]).to_piece()
    region = (
        asked if piece.end < 40 * 1920 else replace(asked, start_tick=50 * 1920, end_tick=54 * 1920)
    )
    events = MODEL.suggest(piece, region)
    beat = piece.ticks_per_beat
    return [edit_from_json(json.loads(json.dumps(edit_to_json(e, beat))), beat) for e in events]


@ANY_SHAPE
@settings(max_examples=8, deadline=None)
@given(choice=st.integers(0, 2**32 - 1), seed=st.integers(0, 1))
def test_any_choice_is_one_step_that_is_undone_and_made_again_to_the_byte(
    shape: str, choice: int, seed: int
) -> None:
    song = Song.from_piece(SHAPES[shape])
    before = midi_bytes(song)
    events = proposed(shape, Conditions(max_add=6, max_remove=6, seed=seed))
    suggestion = Suggestion().with_events(events)
    rng = random.Random(choice)
    suggestion = suggestion.toggled(*(i for i in range(len(events)) if rng.random() < 0.5))
    edit = suggestion.edit("Take proposals")
    assert edit_from_row(json.loads(json.dumps(edit_to_row(edit)))) == edit, "as in the journal"
    song.score.apply(edit)
    after = midi_bytes(song)
    assert len(song.score) == len(SHAPES[shape].notes) + len(edit.added) - len(edit.removed)
    song.score.undo()
    assert midi_bytes(song) == before
    song.score.redo()
    assert midi_bytes(song) == after


@ANY_SHAPE
def test_the_stream_made_event_by_event_is_the_same_score_as_all_at_once(shape: str) -> None:
    one_by_one, at_once = (Song.from_piece(SHAPES[shape]) for _ in range(2))
    events = proposed(shape, Conditions(max_add=9, max_remove=9, temperature=1.5))
    for event in events:
        one_by_one.score.apply(Suggestion().with_events([event]).edit("One"))
    at_once.score.apply(Suggestion().with_events(events).edit("All"))
    assert midi_bytes(one_by_one) == midi_bytes(at_once)
    for _ in events:
        one_by_one.score.undo()
    at_once.score.undo()
    assert (
        midi_bytes(one_by_one) == midi_bytes(at_once) == midi_bytes(Song.from_piece(SHAPES[shape]))
    )


@ANY_SHAPE
@settings(max_examples=3, deadline=None)
@given(data=st.data())
def test_what_is_locked_is_the_same_to_the_byte(shape: str, data: st.DataObject) -> None:
    song = Song.from_piece(SHAPES[shape])
    notes, n_tracks = song.to_piece().notes, len(song.tracks)
    locked = data.draw(st.sets(st.integers(0, max(0, len(notes) - 1)), max_size=20))
    open_tracks = data.draw(st.sets(st.integers(0, n_tracks - 1)))
    asked = Conditions(
        max_add=8, max_remove=8, locked=tuple(locked), tracks=tuple(open_tracks), key="off"
    )
    song.score.apply(Suggestion().with_events(proposed(shape, asked)).edit("All"))
    kept = {notes[index] for index in locked if index < len(notes)}
    assert kept <= song.score.note_set
    for track in set(range(n_tracks)) - open_tracks:
        mine = [note for note in notes if note.track == track]
        assert [note for note in song.score.notes if note.track == track] == mine
        assert only(song, track) == only(Song.from_piece(SHAPES[shape]), track)


def only(song: Song, track: int) -> bytes:
    """The bytes of a song of which but one track is left."""
    others = frozenset(note for note in song.score.note_set if note.track != track)
    copy = song.copy()
    copy.score.apply(
        Suggestion().with_events(EditEvent("remove", n, 1.0) for n in others).edit("x")
    )
    return midi_bytes(copy)
