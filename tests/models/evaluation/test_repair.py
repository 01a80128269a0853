from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from models.evaluation.nll import nats_per_frame, quarter_frames
from models.evaluation.ranking import area_under_roc
from models.evaluation.repair import note_f1, repair_piece, spoil, summary
from models.inference.score import ScoreModel
from models.networks.lstm import ScoreLstm
from models.notes import Note
from models.piano_roll import GridNotes, grid_notes, paint
from models.protocol import Piece

SCALE = tuple(Note(240 * i, 50 + (i * 5) % 20, 240, 60, i % 2) for i in range(64))
PIECE = Piece(480, SCALE)


class Oracle(nn.Module):
    """Knows the clean piece: wants what is missing and takes what is not in it."""

    def __init__(self, clean: tuple[Note, ...], confidence: float = 5.0) -> None:
        super().__init__()
        self.right = torch.from_numpy(paint(grid_notes(clean, 480), 0, 128)[0].astype(np.float32))
        self.confidence = confidence

    def forward(self, roll: Tensor, bars: Tensor, pitches: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        rows = pitches[0].long()
        logits = (self.right[rows, : roll.shape[-1]] * 2 - 1) * self.confidence
        add = logits.expand(len(roll), -1, -1)
        return add, -add, torch.zeros(len(roll), 10, *logits.shape)


def test_a_model_that_knows_the_piece_mends_it_whole() -> None:
    result = summary(repair_piece(ScoreModel(Oracle(SCALE)), PIECE, "a"))
    assert result is not None
    assert result["removal_auc"] == 1.0
    assert result["addition_hit_at_k"] == 1.0
    assert result["repair_f1"] == 1.0
    assert result["corrupted_f1"] == pytest.approx(0.9, abs=0.02)
    assert result["ms_per_event"] > 0


def test_a_model_that_is_always_wrong_makes_it_worse() -> None:
    result = summary(repair_piece(ScoreModel(Oracle(SCALE, confidence=-5.0)), PIECE, "a"))
    assert result is not None
    assert result["removal_auc"] == 0.0
    assert result["addition_hit_at_k"] == 0.0
    assert result["repair_f1"] < result["corrupted_f1"]


def test_a_tenth_leaves_and_as_many_wrong_ones_come() -> None:
    window = spoil(np.random.default_rng(0), PIECE, 0, 8 * 1920)
    assert window is not None
    assert len(window.removed) == len(window.wrong) == 6
    kept = Counter(window.clean) - Counter(window.removed)
    assert Counter(window.spoilt.notes) == kept + Counter(window.wrong)
    right = {(note.start, note.pitch) for note in window.clean}
    for note in window.wrong:
        assert (note.start, note.pitch) not in right
        assert note.start % 120 == 0
        assert 50 <= note.pitch <= 69
        assert note.duration == 240 or note.end == 8 * 1920


def test_a_window_is_a_piece_that_starts_at_0() -> None:
    window = spoil(np.random.default_rng(0), PIECE, 4 * 1920, 8 * 1920)
    assert window is not None
    assert window.clean[0].start == 0
    assert all(note.end <= 4 * 1920 for note in window.spoilt.notes)


def test_spoiling_is_the_same_for_the_same_name() -> None:
    model = ScoreModel(Oracle(SCALE))
    first, again = (repair_piece(model, PIECE, "x") for _ in range(2))
    assert [r.corrupted_f1 for r in first] == [r.corrupted_f1 for r in again]


def test_windows_with_fewer_than_two_notes_are_left_out() -> None:
    assert spoil(np.random.default_rng(0), Piece(480, SCALE[:1]), 0, 1920) is None
    assert summary([]) is None


def test_f1_counts_each_note_once_and_forgives_lengths() -> None:
    clean = [Note(0, 60, 480), Note(480, 62, 480)]
    assert note_f1([Note(0, 60, 10), Note(480, 62, 10)], clean, 480) == 1.0
    assert note_f1([Note(0, 60, 10), Note(0, 60, 20)], clean, 480) == 0.5
    assert note_f1([], clean, 480) == 0.0


@pytest.mark.parametrize(
    ("scores", "truths", "area"),
    [
        ([1, 2, 3, 4], [0, 0, 1, 1], 1.0),
        ([4, 3, 2, 1], [0, 0, 1, 1], 0.0),
        ([1, 1, 1, 1], [0, 1, 0, 1], 0.5),
        ([1, 2, 3, 4], [0, 1, 0, 1], 0.75),
    ],
)
def test_area_under_roc(scores: list[float], truths: list[int], area: float) -> None:
    assert area_under_roc(np.array(scores), np.array(truths, dtype=bool)) == area


def test_area_under_roc_needs_both_kinds() -> None:
    assert area_under_roc(np.array([1.0]), np.array([True])) is None


def test_a_network_that_says_even_odds_pays_88_coins_a_frame() -> None:
    network = ScoreLstm(hidden=4, embedding=4).eval()
    nn.init.zeros_(network.next_frame.weight)
    nn.init.zeros_(network.next_frame.bias)
    rolls = [np.ones((5, 88), dtype=np.uint8), np.zeros((1, 88), dtype=np.uint8)]
    assert nats_per_frame(network, rolls) == pytest.approx(88 * np.log(2), rel=1e-5)
    assert nats_per_frame(network, rolls[1:]) is None
    assert nats_per_frame(nn.Identity(), rolls) is None


def test_quarter_frames_hold_what_sounds_on_each_beat() -> None:
    frames = quarter_frames(GridNotes.from_rows([(0, 21, 4), (2, 60, 4), (5, 108, 2)]))
    assert frames.shape == (2, 88)
    assert [np.flatnonzero(frame).tolist() for frame in frames] == [[0], [60 - 21]]


def test_the_path_of_a_frame_file_needs_no_midi(tmp_path: Path) -> None:
    from models.data.frames import load_frames

    roll = np.zeros((3, 88), dtype=np.uint8)
    np.savez(tmp_path / "f.npz", test=np.packbits(roll, axis=1), test_lengths=np.array([3]))
    network = ScoreLstm(hidden=4, embedding=4).eval()
    nats = nats_per_frame(network, load_frames(tmp_path / "f.npz", "test"))
    assert nats is not None
    assert nats > 0
