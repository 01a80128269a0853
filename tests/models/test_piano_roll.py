import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.notes import Note
from models.piano_roll import (
    HOLD,
    ONSET,
    GridNotes,
    bar_features,
    bar_windows,
    grid_notes,
    paint,
    read_roll,
    step_to_tick,
    tick_to_step,
)
from models.protocol import Piece
from models.tempo_map import TimeSignature

rows = st.tuples(st.integers(0, 60), st.integers(0, 127), st.integers(1, 20))


def without_overlaps(drawn: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    kept: list[tuple[int, int, int]] = []
    for step, pitch, length in drawn:
        if all(p != pitch or step + length <= s or s + n <= step for s, p, n in kept):
            kept.append((step, pitch, length))
    return kept


@given(st.lists(rows, max_size=30).map(without_overlaps))
def test_a_roll_gives_back_the_notes_painted_on_it(notes: list[tuple[int, int, int]]) -> None:
    found = read_roll(paint(GridNotes.from_rows(notes), 0, 80))
    assert set(zip(found.step, found.pitch, found.length, strict=True)) == set(notes)


def test_a_held_note_differs_from_a_repeated_one() -> None:
    held = paint(GridNotes.from_rows([(0, 60, 4)]), 0, 4)
    repeated = paint(GridNotes.from_rows([(0, 60, 2), (2, 60, 2)]), 0, 4)
    assert held[:, 60].tolist() == [[1, 0, 0, 0], [0, 1, 1, 1]]
    assert repeated[:, 60].tolist() == [[1, 0, 1, 0], [0, 1, 0, 1]]


@given(st.lists(rows, min_size=1, max_size=20), st.integers(-8, 60), st.integers(1, 40))
def test_a_window_is_a_slice_of_the_whole(
    notes: list[tuple[int, int, int]], start: int, n_steps: int
) -> None:
    grid = GridNotes.from_rows(notes)
    whole = paint(grid, -8, 120)
    window = paint(grid, start, n_steps)
    assert np.array_equal(window, whole[:, :, start + 8 : start + 8 + n_steps])


def test_a_note_from_before_the_window_is_a_hold_without_onset() -> None:
    roll = paint(GridNotes.from_rows([(0, 60, 8)]), 4, 8)
    assert roll[ONSET].sum() == 0
    assert roll[HOLD, 60].tolist() == [1, 1, 1, 1, 0, 0, 0, 0]


@given(st.integers(0, 10_000), st.sampled_from([24, 96, 220, 480, 960]))
def test_steps_survive_the_way_to_ticks_and_back(step: int, ticks_per_beat: int) -> None:
    assert tick_to_step(step_to_tick(step, ticks_per_beat), ticks_per_beat) == step


def test_notes_off_the_grid_go_to_the_nearest_step_and_keep_their_order() -> None:
    grid = grid_notes([Note(130, 60, 3), Note(50, 61, 480)], 480)
    assert grid.step.tolist() == [1, 0]
    assert grid.length.tolist() == [1, 4]


@pytest.mark.parametrize(
    ("numerator", "denominator", "steps"), [(4, 4, 16), (3, 4, 12), (7, 8, 14)]
)
def test_bar_lines_come_once_a_bar(numerator: int, denominator: int, steps: int) -> None:
    features = bar_features([TimeSignature(0, numerator, denominator)], 480, 0, 6 * steps)
    assert np.flatnonzero(features[1]).tolist() == list(range(0, 6 * steps, steps))


def test_a_new_metre_starts_its_own_bars() -> None:
    signatures = [TimeSignature(0, 4, 4), TimeSignature(1920, 3, 4)]
    features = bar_features(signatures, 480, 0, 40)
    assert np.flatnonzero(features[1]).tolist() == [0, 16, 28]


def test_steps_before_the_piece_are_marked_as_outside() -> None:
    features = bar_features([], 480, -4, 8)
    assert features[0].tolist() == [0, 0, 0, 0, 1, 1, 1, 1]


@pytest.mark.parametrize("n_bars", [1, 8, 9, 12, 17])
def test_windows_cover_the_piece_and_overlap_by_half(n_bars: int) -> None:
    piece = Piece(480, (Note(0, 60, n_bars * 1920),))
    windows = bar_windows(piece)
    assert windows[0][0] == 0
    assert windows[-1][1] == n_bars * 1920
    assert all(b[0] - a[0] == 4 * 1920 for a, b in itertools.pairwise(windows))
    assert all(end - start <= 8 * 1920 for start, end in windows)


def test_an_empty_piece_has_no_windows() -> None:
    assert bar_windows(Piece(480, ())) == []
