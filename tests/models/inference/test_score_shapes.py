"""What holds for scores of every shape, whatever the model."""

from collections import Counter
from dataclasses import replace

import pytest
import torch
from torch import nn

from models.inference.score import ScoreModel
from models.networks.ar_cnn import ArCnn
from models.networks.lstm import ScoreLstm
from models.networks.reference_unet import ReferenceUnet
from models.notes import EditEvent, Note
from models.protocol import Conditions, Piece, TrackInfo, edit_from_json, edit_to_json
from models.tempo_map import TempoChange, TimeSignature

BAR = 1920


def line(n_notes: int, step: int, n_tracks: int = 1, late: int = 0) -> tuple[Note, ...]:
    return tuple(
        sorted(
            Note(i * step + (late * i) % 97, 48 + (7 * i + 5 * t) % 30, step, 40 + 3 * t, t)
            for t in range(n_tracks)
            for i in range(n_notes)
        )
    )


SHAPES = {
    "empty": Piece(480, ()),
    "one note": Piece(480, (Note(0, 60, 480),)),
    "400 bars": Piece(480, line(1600, 480)),
    "3/4": Piece(480, line(36, 480), time_signatures=(TimeSignature(0, 3, 4),)),
    "7/8": Piece(480, line(42, 240), time_signatures=(TimeSignature(0, 7, 8),)),
    "another metre in the middle": Piece(
        480, line(48, 240), time_signatures=(TimeSignature(0, 4, 4), TimeSignature(2 * BAR, 5, 8))
    ),
    "tempo changes": Piece(
        480,
        line(32, 240),
        tempo=tuple(TempoChange(480 * i, 300_000 + 50_000 * i) for i in range(9)),
    ),
    "16 tracks": Piece(480, line(8, 480, 16), tuple(TrackInfo(f"{i}") for i in range(16))),
    "off the grid": Piece(480, line(32, 251, late=53)),
    "a beat of 97 ticks": Piece(97, line(32, 41, late=7)),
}


def fresh(kind: str) -> ScoreModel:
    """A network of random weights, loud enough to tell cells apart, the same each time."""
    torch.manual_seed(5)
    networks: dict[str, nn.Module] = {
        "ar-cnn": ArCnn(channels=8, bottleneck=4, blocks=2, reach=3),
        "lstm": ScoreLstm(hidden=12, embedding=10, chain=4),
        "reference": ReferenceUnet(filters=2, levels=3),
    }
    with torch.no_grad():
        for parameter in networks[kind].parameters():
            parameter.mul_(2.0)
    return ScoreModel(networks[kind])


MODELS = {kind: fresh(kind) for kind in ("ar-cnn", "lstm", "reference")}
EACH = pytest.mark.parametrize("kind", MODELS)
LONG = "400 bars"
PAIRS = [(k, s) for k in MODELS for s in SHAPES if k != "reference" or s in ("empty", "3/4")]
ANY = pytest.mark.parametrize(("kind", "shape"), PAIRS)


def replay(piece: Piece, events: list[EditEvent]) -> Counter[Note]:
    """The notes after the events; each must fit where it comes."""
    notes = Counter(piece.notes)
    for event in events:
        if event.action == "remove":
            assert notes[event.note] > 0
            notes[event.note] -= 1
        else:
            assert not notes[event.note]
            notes[event.note] += 1
    return +notes


@ANY
def test_the_stream_keeps_its_caps_and_replays_to_one_score(kind: str, shape: str) -> None:
    piece = SHAPES[shape]
    asked = Conditions(max_add=3, max_remove=2, seed=7)
    events = list(MODELS[kind].suggest(piece, asked))
    counts = Counter(event.action for event in events)
    assert counts["add"] == 3
    assert counts["remove"] == min(2, len(piece.notes))
    after = replay(piece, events)
    assert after.total() == len(piece.notes) + counts["add"] - counts["remove"]
    told = [
        edit_from_json(edit_to_json(e, piece.ticks_per_beat), piece.ticks_per_beat) for e in events
    ]
    assert replay(piece, told) == after


@ANY
def test_the_same_seed_gives_the_same_events_from_a_model_loaded_anew(
    kind: str, shape: str
) -> None:
    asked = Conditions(max_add=2, max_remove=1, temperature=1.3, seed=3)
    piece = SHAPES[shape]
    assert list(fresh(kind).suggest(piece, asked)) == list(MODELS[kind].suggest(piece, asked))


@ANY
def test_at_temperature_0_nothing_that_is_allowed_is_more_probable(kind: str, shape: str) -> None:
    piece = SHAPES[shape]
    end = 8 * BAR if shape == LONG else None
    asked = Conditions(max_add=1, max_remove=1, temperature=0.0, end_tick=end)
    first = next(iter(MODELS[kind].suggest(piece, asked)))
    for seed in range(2):
        drawn = next(iter(MODELS[kind].suggest(piece, replace(asked, temperature=2.0, seed=seed))))
        assert drawn.probability <= first.probability


@ANY
def test_all_notes_locked_means_that_none_leaves(kind: str, shape: str) -> None:
    piece = SHAPES[shape]
    locked = tuple(range(len(piece.notes)))
    asked = Conditions(max_add=1, max_remove=4, locked=locked)
    events = list(MODELS[kind].suggest(piece, asked))
    assert [event.action for event in events] == ["add"]


@EACH
def test_tempo_is_nothing_to_a_model(kind: str) -> None:
    piece = SHAPES["tempo changes"]
    events = list(MODELS[kind].suggest(piece, Conditions(max_add=2, max_remove=2)))
    assert events == list(MODELS[kind].suggest(replace(piece, tempo=()), Conditions(2, 2)))


@EACH
def test_the_last_bar_of_400_is_as_near_as_the_first(kind: str) -> None:
    region = Conditions(max_add=2, max_remove=1, start_tick=399 * BAR, end_tick=400 * BAR)
    events = list(MODELS[kind].suggest(SHAPES["400 bars"], region))
    assert len(events) == 3
    assert all(event.note.start >= 399 * BAR and event.note.end <= 400 * BAR for event in events)


@EACH
def test_new_notes_go_to_the_tracks_asked_for(kind: str) -> None:
    events = list(MODELS[kind].suggest(SHAPES["16 tracks"], Conditions(4, 4, tracks=(3, 15))))
    assert {event.note.track for event in events} <= {3, 15}
    assert events


@pytest.mark.parametrize("kind", ["ar-cnn", "lstm"])
@pytest.mark.parametrize("shape", SHAPES)
def test_continuing_any_shape_replays_after_its_end(kind: str, shape: str) -> None:
    piece = SHAPES[shape]
    events = list(MODELS[kind].continue_piece(piece, Conditions(max_add=5), 1))
    assert all(
        event.note.start >= max((n.start for n in piece.notes), default=0) for event in events
    )
    assert replay(piece, events).total() == len(piece.notes) + len(events)
