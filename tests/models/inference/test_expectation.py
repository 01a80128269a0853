"""What the model expects: the same whether seen piecemeal or at once, anew only where needed."""

from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from models.inference.expectation import CORE, MAX_WINDOWS, MISSED_FROM, Expectation, Missed
from models.networks.ar_cnn import ArCnn
from models.networks.lstm import ScoreLstm
from models.notes import Note
from models.piano_roll import grid_notes, paint, piece_features
from models.protocol import Piece, TrackInfo
from models.tempo_map import TimeSignature


def lively(network: nn.Module) -> nn.Module:
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(2.0)
    return network.eval()


torch.manual_seed(5)
CNN = lively(ArCnn(channels=8, bottleneck=4, blocks=2, reach=3))
LSTM = lively(ScoreLstm(hidden=12, embedding=10))
BOTH = pytest.mark.parametrize("network", [CNN, LSTM], ids=["ar-cnn", "lstm"])
WINDOW = CORE * 120  # ticks

TUNE = tuple(Note(240 * i, 50 + (7 * i) % 24, 240) for i in range(160))
END = TUNE[-1].start
PIECE = Piece(480, TUNE, (TrackInfo(), TrackInfo(is_drums=True)))

odd_notes = st.builds(
    Note,
    start=st.integers(0, 3 * WINDOW),
    pitch=st.integers(0, 127),
    duration=st.integers(1, 3000),
    track=st.integers(0, 2),
)
pieces = st.builds(
    Piece,
    ticks_per_beat=st.sampled_from([96, 480]),
    notes=st.lists(odd_notes, max_size=20, unique=True).map(tuple),
    tracks=st.just((TrackInfo(), TrackInfo(is_drums=True), TrackInfo())),
    time_signatures=st.sampled_from(
        [(), (TimeSignature(0, 3, 4),), (TimeSignature(0, 7, 8), TimeSignature(1680, 4, 4))]
    ),
)


@BOTH
@settings(max_examples=15, deadline=None)
@given(piece=pieces, start=st.integers(0, 4000), length=st.integers(0, 20_000))
def test_every_note_of_the_stretch_is_judged_and_nothing_is_missed_where_one_is(
    network: nn.Module, piece: Piece, start: int, length: int
) -> None:
    notes, missed = Expectation(network).look(piece, start, start + length)
    here = [n for n in piece.notes if start <= n.start < start + length and n.track != 1]
    if network is CNN:  # the LSTM has keys of its own that it knows
        assert [row.note for row in notes] == here
    assert {row.note for row in notes} <= set(here)
    assert sorted(row.rank for row in notes) == list(range(1, len(notes) + 1))
    by_rank = sorted(notes, key=lambda row: row.rank)
    assert [row.likelihood for row in by_rank] == sorted(row.likelihood for row in notes)
    assert all(abs(row.other - row.note.pitch) <= 12 for row in notes)
    present = {(n.start, n.pitch) for n in piece.notes if n.track != 1}
    for found in missed:
        assert start <= found.start < start + length
        assert found.probability + 1e-6 >= MISSED_FROM
        assert (found.start, found.pitch) not in present
        assert found.duration > 0
    probabilities = [found.probability for found in missed]
    assert probabilities == sorted(probabilities, reverse=True)


def rounded(seen: tuple[list, list[Missed]]) -> object:  # type: ignore[type-arg]
    notes, missed = seen
    rows = [(n.note, round(n.likelihood, 4), n.other) for n in notes]
    return rows, {(m.start, m.pitch) for m in missed if m.probability > MISSED_FROM + 1e-3}


@BOTH
def test_after_edits_it_sees_what_a_first_look_would(network: nn.Module) -> None:
    expectation, piece = Expectation(network), PIECE
    expectation.look(piece, 0, piece.end)
    for index in (3, 77, 140):
        new = replace(piece.notes[index], pitch=61, start=piece.notes[index].start + 7)
        piece = replace(
            piece, notes=tuple(sorted({*piece.notes[:index], new, *piece.notes[index + 1 :]}))
        )
        seen = expectation.look(piece, 0, piece.end)
        assert rounded(seen) == rounded(Expectation(network).look(piece, 0, piece.end))


@BOTH
def test_an_edit_costs_the_windows_that_see_it_and_scrolling_back_costs_none(
    network: nn.Module,
) -> None:
    expectation = Expectation(network)
    expectation.look(PIECE, 0, END)
    assert expectation.n_computed == 5
    edited = replace(PIECE, notes=(*TUNE[:70], replace(TUNE[70], pitch=61), *TUNE[71:]))
    expectation.look(edited, 0, END)
    assert expectation.n_computed in (6, 7)
    before = expectation.n_computed
    expectation.look(PIECE, WINDOW, 2 * WINDOW)
    expectation.look(edited, 0, END)
    assert expectation.n_computed == before


def test_the_judgement_is_the_networks_own() -> None:
    """The same logits as one pass over a piece that is one window long."""
    piece = Piece(480, TUNE[:32])
    (low, high), width = (36, 84), 128
    roll = paint(grid_notes(piece.notes, 480), -32, width)[:, low : high + 1]
    with torch.inference_mode():
        _, remove, _ = CNN(
            torch.from_numpy(roll.astype("float32"))[None],
            torch.from_numpy(piece_features(piece, -32, width))[None],
            torch.arange(low, high + 1, dtype=torch.float32)[None],
        )
    notes, _ = Expectation(CNN).look(piece, 0, piece.end)
    for row in notes:
        logit = remove[0, row.note.pitch - low, row.note.start // 120 + 32]
        assert row.likelihood == pytest.approx(1 - float(logit.sigmoid()), abs=1e-5)


def test_a_stretch_of_hours_is_cut_and_a_stray_note_far_off_does_no_harm() -> None:
    stray = replace(PIECE, notes=(*TUNE, Note(1 << 40, 60, 10)))
    expectation = Expectation(CNN)
    notes, _ = expectation.look(stray, 0, 1 << 41)
    assert expectation.n_computed <= MAX_WINDOWS
    assert len(notes) == len(TUNE)


@pytest.mark.parametrize(
    "piece", [Piece(480, ()), Piece(480, (Note(0, 38, 9),), (TrackInfo(is_drums=True),))]
)
def test_where_there_is_no_note_nothing_is_expected(piece: Piece) -> None:
    assert Expectation(CNN).look(piece, 0, 9600) == ([], [])
