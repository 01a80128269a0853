from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from models.errors import ModelError
from models.inference.instrument_ranges import range_of
from models.inference.score import ScoreModel
from models.inference.score_key import detect_key, scale_of
from models.networks.ar_cnn import ArCnn
from models.networks.lstm import ScoreLstm
from models.networks.reference_unet import ReferenceUnet
from models.notes import EditEvent, Note
from models.piano_roll import tick_to_step
from models.protocol import Conditions, Piece, TrackInfo
from models.tempo_map import Metre, TimeSignature


def lively(network: nn.Module) -> ScoreModel:
    """A network with random weights, loud enough that its edits differ from cell to cell."""
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(2.0)
    return ScoreModel(network)


torch.manual_seed(3)
CNN = lively(ArCnn(channels=8, bottleneck=4, blocks=2, reach=3))
LSTM = lively(ScoreLstm(hidden=12, embedding=10))
BOTH = pytest.mark.parametrize("model", [CNN, LSTM], ids=["ar-cnn", "lstm"])

PIECE = Piece(
    480,
    tuple(
        Note(240 * index, 48 + (7 * index) % 24 + 12 * track, 240 + 60 * (index % 3), 70, track)
        for track in (0, 1)
        for index in range(24)
    ),
    (TrackInfo("high"), TrackInfo("low"), TrackInfo("drums", is_drums=True)),
)


def replay(piece: Piece, events: list[EditEvent]) -> list[Note]:
    notes = list(piece.notes)
    for event in events:
        if event.action == "remove":
            notes.remove(event.note)
        else:
            assert event.note not in notes
            notes.append(event.note)
    return notes


def count(events: list[EditEvent], action: str) -> int:
    return sum(event.action == action for event in events)


odd_notes = st.builds(
    Note,
    start=st.integers(0, 9000),
    pitch=st.integers(0, 127),
    duration=st.integers(1, 3000),
    velocity=st.integers(1, 127),
    track=st.integers(0, 3),
)
pieces = st.builds(
    Piece,
    ticks_per_beat=st.sampled_from([96, 480]),
    notes=st.lists(odd_notes, max_size=25).map(tuple),
    tracks=st.just((TrackInfo(), TrackInfo(is_drums=True), TrackInfo(), TrackInfo())),
    time_signatures=st.sampled_from([(), (TimeSignature(0, 3, 4),), (TimeSignature(0, 7, 8),)]),
)
conditions = st.builds(
    Conditions,
    max_add=st.integers(0, 6),
    max_remove=st.integers(0, 6),
    iterations=st.integers(1, 8),
    temperature=st.sampled_from([0.0, 0.3, 1.0, 2.0, 50.0]),
    seed=st.integers(0, 99),
    start_tick=st.integers(0, 4000),
    end_tick=st.none() | st.integers(0, 12_000),
    tracks=st.none() | st.lists(st.integers(0, 5), max_size=3).map(tuple),
    pitch_min=st.integers(0, 70),
    pitch_max=st.integers(50, 127),
    locked=st.lists(st.integers(0, 30), max_size=12).map(tuple),
    key=st.sampled_from(["auto", "off", "D:maj", "F#:min"]),
    keep_rhythm=st.booleans(),
    max_per_bar=st.none() | st.integers(0, 6),
)


@pytest.mark.parametrize("model", [CNN, LSTM], ids=["ar-cnn", "lstm"])
@settings(max_examples=25, deadline=None)
@given(piece=pieces, asked=conditions)
def test_caps_region_locks_and_replay_hold_for_any_input(
    model: ScoreModel, piece: Piece, asked: Conditions
) -> None:
    events = list(model.suggest(piece, asked))
    assert count(events, "add") <= asked.max_add
    assert count(events, "remove") <= asked.max_remove
    locked = {piece.notes[index] for index in asked.locked if index < len(piece.notes)}
    for event in events:
        note = event.note
        assert 0.0 <= event.probability <= 1.0
        assert asked.start_tick <= note.start
        assert asked.end_tick is None or note.start < asked.end_tick
        assert asked.pitch_min <= note.pitch <= asked.pitch_max
        assert note.track != 1  # drums
        assert asked.tracks is None or note.track in asked.tracks
        assert event.action == "add" or note not in locked
        if event.action == "add":
            assert asked.end_tick is None or note.end <= asked.end_tick
            assert (note.start, note.pitch) not in {(n.start, n.pitch) for n in piece.notes}
            assert asked.key in ("auto", "off") or note.pitch % 12 in scale_of(asked.key)
    replay(piece, events)


def steps_by_track(notes: list[Note], ticks_per_beat: int) -> set[tuple[int, int]]:
    return {(n.track, tick_to_step(n.start, ticks_per_beat)) for n in notes if n.track != 1}


@pytest.mark.parametrize("model", [CNN, LSTM], ids=["ar-cnn", "lstm"])
@settings(max_examples=12, deadline=None)
@given(piece=pieces, asked=conditions)
def test_rhythm_and_density_hold_after_every_event_for_any_input(
    model: ScoreModel, piece: Piece, asked: Conditions
) -> None:
    metre = Metre(piece.ticks_per_beat, piece.time_signatures)
    before = steps_by_track(list(piece.notes), piece.ticks_per_beat)
    events = list(model.suggest(piece, asked))
    for done in range(1, len(events) + 1):
        notes = replay(piece, events[:done])
        if asked.keep_rhythm:
            assert steps_by_track(notes, piece.ticks_per_beat) == before
        event = events[done - 1]
        if asked.max_per_bar is not None and event.action == "add":
            bar = metre.bar_of(event.note.start)
            tracks = {0, 2, 3} if asked.tracks is None else {*asked.tracks} - {1}
            starting = [n for n in notes if n.track in tracks and metre.bar_of(n.start) == bar]
            assert len(starting) <= asked.max_per_bar


@BOTH
def test_the_rhythm_is_kept_and_yet_notes_change(model: ScoreModel) -> None:
    piece = replace(PIECE, notes=tuple(replace(n, start=n.start + 7) for n in PIECE.notes))
    asked = Conditions(max_add=12, max_remove=12, keep_rhythm=True, key="off")
    events = list(model.suggest(piece, asked))
    assert count(events, "add") == 12
    assert count(events, "remove") > 0
    assert {e.note.start for e in events} <= {n.start for n in piece.notes}, "to the tick"


@BOTH
@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_what_was_proposed_before_is_not_proposed_again(
    model: ScoreModel, temperature: float
) -> None:
    asked = Conditions(temperature=temperature)
    first = [(e.action, e.note.start, e.note.pitch) for e in model.suggest(PIECE, asked)]
    again = list(model.suggest(PIECE, replace(asked, avoid=tuple(first))))
    assert len(again) == len(first)
    assert not {(e.action, e.note.start, e.note.pitch) for e in again} & set(first)
    bars = [(e.action, e.note.start, e.note.pitch) for e in model.continue_piece(PIECE, asked, 2)]
    others = list(model.continue_piece(PIECE, replace(asked, avoid=tuple(bars)), 2))
    assert others
    assert not {(e.action, e.note.start, e.note.pitch) for e in others} & set(bars)


@BOTH
def test_no_instrument_is_given_what_it_can_not_play_unless_it_was_asked(
    model: ScoreModel,
) -> None:
    flute = Piece(480, tuple(Note(480 * i, 62 + i, 480) for i in range(4)), (TrackInfo("", 73),))
    asked = Conditions(max_add=40, max_remove=0, key="off", temperature=2.0)
    low, high = range_of(73)
    events = list(model.suggest(flute, asked))
    assert events
    assert all(low <= event.note.pitch <= high for event in events)
    deep = list(model.suggest(flute, replace(asked, pitch_min=40, pitch_max=58)))
    assert any(event.note.pitch < low for event in deep)


@BOTH
def test_caps_are_reached_where_there_is_room(model: ScoreModel) -> None:
    events = list(model.suggest(PIECE, Conditions(max_add=7, max_remove=5)))
    assert (count(events, "add"), count(events, "remove")) == (7, 5)


@BOTH
@pytest.mark.parametrize("iterations", [1, 2, 99, 100, 101])
def test_the_caps_do_not_depend_on_the_number_of_passes(model: ScoreModel, iterations: int) -> None:
    asked = Conditions(max_add=1, max_remove=0, iterations=iterations)
    assert count(list(model.suggest(PIECE, asked)), "add") == 1
    assert not list(model.suggest(PIECE, replace(asked, max_add=0)))
    assert not list(model.suggest(PIECE, replace(asked, iterations=0)))


@BOTH
def test_iterations_bound_the_forward_passes(model: ScoreModel) -> None:
    calls = []
    handle = model.network.register_forward_hook(lambda *_: calls.append(1))
    list(model.suggest(PIECE, Conditions(max_add=20, max_remove=20, iterations=3)))
    handle.remove()
    assert len(calls) <= 3


@BOTH
def test_the_same_seed_gives_the_same_events_and_another_gives_others(model: ScoreModel) -> None:
    first, again, other = (list(model.suggest(PIECE, Conditions(seed=seed))) for seed in (1, 1, 2))
    assert first == again
    assert first != other


@BOTH
def test_at_temperature_0_the_most_probable_edit_comes_first_whatever_the_seed(
    model: ScoreModel,
) -> None:
    asked = Conditions(temperature=0.0)
    events = list(model.suggest(PIECE, asked))
    assert events == list(model.suggest(PIECE, replace(asked, seed=9)))
    singles = [
        next(model.suggest(PIECE, replace(asked, max_add=adds, max_remove=1 - adds)))
        for adds in (0, 1)
    ]
    assert events[0].probability == max(single.probability for single in singles)


@BOTH
@pytest.mark.parametrize("temperature", [1e-9, 1e-3, 1e3, 1e9])
def test_no_temperature_overflows(model: ScoreModel, temperature: float) -> None:
    assert len(list(model.suggest(PIECE, Conditions(temperature=temperature)))) == 16


def test_the_reference_makes_one_event_a_pass() -> None:
    torch.manual_seed(4)
    model = lively(ReferenceUnet(filters=4, levels=3))
    calls = []
    handle = model.network.register_forward_hook(lambda *_: calls.append(1))
    events = list(model.suggest(PIECE, Conditions(max_add=5, max_remove=4)))
    handle.remove()
    assert len(events) == len(calls) == 9
    replay(PIECE, events)


@BOTH
def test_events_stream_one_by_one(model: ScoreModel) -> None:
    calls = []
    handle = model.network.register_forward_hook(lambda *_: calls.append(1))
    next(iter(model.suggest(PIECE, Conditions(max_add=40, max_remove=40))))
    handle.remove()
    assert len(calls) == 1


@BOTH
def test_an_empty_score_and_a_single_note_get_suggestions(model: ScoreModel) -> None:
    for notes in ((), (Note(10, 60, 5),)):
        events = list(model.suggest(Piece(480, notes), Conditions(max_add=3, max_remove=0)))
        assert count(events, "add") == 3


@BOTH
def test_a_note_off_the_grid_is_removed_as_it_is(model: ScoreModel) -> None:
    piece = Piece(480, (Note(37, 60, 101, 99), Note(493, 64, 7, 3)))
    events = list(model.suggest(piece, Conditions(max_add=0, max_remove=2)))
    assert {event.note for event in events} == set(piece.notes)


@BOTH
def test_a_score_of_drums_is_left_alone(model: ScoreModel) -> None:
    piece = Piece(480, (Note(0, 38, 10),), (TrackInfo(is_drums=True),))
    assert not list(model.suggest(piece, Conditions()))


@BOTH
def test_a_long_piece_is_seen_in_windows_and_only_in_the_region(model: ScoreModel) -> None:
    notes = tuple(Note(480 * index, 55 + index % 12, 480) for index in range(400))
    asked = Conditions(start_tick=480 * 200, end_tick=480 * 216, max_add=4, max_remove=4)
    events = list(model.suggest(Piece(480, notes), asked))
    assert len(events) == 8
    assert all(480 * 200 <= event.note.start < 480 * 216 for event in events)


@BOTH
def test_new_notes_take_track_and_velocity_from_their_neighbours(model: ScoreModel) -> None:
    low = tuple(Note(480 * i, 40, 200, 30, 0) for i in range(8))
    high = tuple(Note(480 * i, 80, 200, 100, 1) for i in range(8))
    piece = Piece(480, (*low, *high), (TrackInfo(), TrackInfo()))
    events = list(model.suggest(piece, Conditions(max_add=8, max_remove=0, key="off")))
    for event in events:
        near_low = event.note.pitch < 60
        if abs(event.note.pitch - 60) > 8:
            assert event.note.track == (0 if near_low else 1)
        assert event.note.velocity in (30, 100)


@BOTH
def test_continuing_adds_only_after_the_end_within_the_cap(model: ScoreModel) -> None:
    end = 4 * 1920  # 24 eighths and a bit: the fourth bar line
    events = list(model.continue_piece(PIECE, Conditions(max_add=30), 2))
    assert 1 <= len(events) <= 30
    assert all(event.action == "add" for event in events)
    assert all(end <= e.note.start and e.note.end <= end + 2 * 1920 for e in events)
    assert events == list(model.continue_piece(PIECE, Conditions(max_add=30), 2))
    replay(PIECE, events)


@BOTH
def test_continuing_an_empty_piece_starts_at_0(model: ScoreModel) -> None:
    events = list(model.continue_piece(Piece(480, ()), Conditions(max_add=99), 1))
    assert all(event.note.end <= 1920 for event in events)


def test_the_stepwise_continuation_ends_each_note_at_the_last_bar_line() -> None:
    events = list(LSTM.continue_piece(PIECE, Conditions(max_add=500, temperature=0.0), 1))
    assert max(event.note.end for event in events) <= 5 * 1920


def test_stopping_below_a_probability_leaves_out_the_unsure() -> None:
    asked = Conditions(max_add=50, max_remove=50, temperature=0.0)
    events = list(CNN.suggest(PIECE, asked, min_probability=0.6))
    assert all(event.probability >= 0.6 for event in events)
    assert len(events) < 100


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (Conditions(temperature=-1.0), "temperature -1.0 must be"),
        (Conditions(temperature=float("nan")), "temperature nan must be"),
        (Conditions(key="H:dur"), "'H:dur' is no key"),
        (Conditions(max_add=-1), "must be 0 or more"),
    ],
)
def test_conditions_that_mean_nothing_are_refused_at_once(asked: Conditions, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        CNN.suggest(PIECE, asked)


@pytest.mark.parametrize("note", [Note(1 << 28, 62, 1), Note(1 << 40, 62, 1)])
def test_a_stray_note_far_off_is_told_and_not_looked_for(note: Note) -> None:
    stray = replace(PIECE, notes=(*PIECE.notes, note))
    with pytest.raises(ModelError, match="beats long"):
        CNN.suggest(stray, Conditions())
    near = Conditions(max_add=1, max_remove=0, end_tick=480 * 16)
    assert len(list(CNN.suggest(stray, near))) == 1


def test_0_bars_can_not_be_added() -> None:
    with pytest.raises(ModelError, match="0 bars"):
        CNN.continue_piece(PIECE, Conditions(), 0)


@pytest.mark.parametrize(
    ("pitches", "key"),
    [
        ((60, 62, 64, 65, 67, 69, 71, 60, 67), "C:maj"),
        ((69, 71, 72, 74, 76, 77, 69, 68, 76), "A:min"),
    ],
)
def test_keys_are_heard(pitches: tuple[int, ...], key: str) -> None:
    assert detect_key(Note(0, pitch, 480) for pitch in pitches) == key


def test_no_notes_have_no_key() -> None:
    assert detect_key([]) is None
