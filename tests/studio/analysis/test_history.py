import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from studio.analysis.history import STEP_DB, SpectrogramHistory, to_db, to_levels
from studio.analysis.spectrogram import Columns

HOP = 100


def history_of(db: np.ndarray, capacity: int = 50, first: int = 0) -> SpectrogramHistory:
    """A history of one row whose column k, at position 100 k, has level db[k]."""
    history = SpectrogramHistory(1, columns_per_second=1, seconds=capacity)
    positions = HOP * (first + np.arange(len(db), dtype=np.int64))
    for start in range(0, len(db), 7):
        part = slice(start, start + 7)
        history.append(Columns(db[part, None].astype(np.float32), positions[part]))
    return history


@given(
    st.lists(st.integers(-100, 0), min_size=2, max_size=120),
    st.lists(st.integers(-200, 13_000), min_size=2, max_size=12),
)
def test_a_pixel_shows_the_loudest_column_that_lies_in_it(db: list[int], edges: list[int]) -> None:
    history = history_of(np.array(db))
    edges = sorted(edges)
    levels, is_there = history.between(np.array(edges), max_gap=2 * HOP)
    kept = range(max(0, len(db) - history.capacity), len(db))
    for pixel, (left, right) in enumerate(itertools.pairwise(edges)):
        inside = [db[k] for k in kept if left <= k * HOP < right]
        if 0 < len(inside) <= 8:
            assert is_there[pixel]
            assert to_db(levels[pixel])[0] == max(inside)


def test_between_two_columns_levels_run_straight() -> None:
    history = history_of(np.array([-60.0, -20.0, -40.0]))
    edges = np.arange(1, 200, 10)
    levels, is_there = history.between(edges, max_gap=2 * HOP)
    assert is_there.all()
    middles = (edges[:-1] + edges[1:]) // 2
    expected = np.interp(middles, [0, 100, 200], [-60, -20, -40])
    on_a_column = [left <= 100 < right for left, right in itertools.pairwise(edges)]
    expected[on_a_column] = -20
    np.testing.assert_allclose(to_db(levels)[:, 0], expected, atol=STEP_DB)


def test_what_was_not_heard_is_not_made_up() -> None:
    history = history_of(np.array([-30.0, -30.0]))
    far = SpectrogramHistory(1, columns_per_second=1, seconds=50)
    far.append(Columns(np.full((1, 1), -30, np.float32), np.array([0])))
    far.append(Columns(np.full((1, 1), -30, np.float32), np.array([10 * HOP])))
    empty = SpectrogramHistory(1, columns_per_second=1, seconds=50)
    for heard, edges in ((history, [-20, -10]), (history, [110, 120]), (far, [400, 450])):
        assert not heard.between(np.array(edges), max_gap=3 * HOP)[1].any()
    assert not empty.between(np.array([0, 100]), max_gap=3 * HOP)[1].any()


@given(st.floats(-127, 0.5, width=32))
def test_levels_keep_decibels_within_a_quarter(db: float) -> None:
    assert abs(to_db(to_levels(np.array([db], np.float32)))[0] - db) <= STEP_DB / 2 + 1e-4


@given(
    st.lists(st.integers(1, 9), min_size=1, max_size=8),
    st.lists(st.integers(1, 9), max_size=8),
    st.lists(st.integers(1, 9), max_size=8),
)
def test_columns_put_before_the_others_are_where_they_belong(
    newer: list[int], older: list[int], newest: list[int]
) -> None:
    history = SpectrogramHistory(1, columns_per_second=1, seconds=40)
    at = {"first": 100, "last": 100}

    def columns(first: int, count: int) -> Columns:
        numbers = np.arange(first, first + count, dtype=np.int64)
        return Columns(-50 - (numbers[:, None] % 40).astype(np.float32), HOP * numbers)

    def append(sizes: list[int]) -> None:
        for size in sizes:
            history.append(columns(at["last"], size))
            at["last"] += size
            at["first"] = max(at["first"], at["last"] - 40)

    append(newer)
    for size in older:
        count = min(size, 40 - (at["last"] - at["first"]))
        history.prepend(columns(at["first"] - size, size))
        at["first"] -= count
    append(newest)
    assert history.first_position == HOP * at["first"]
    assert history.last_position == HOP * (at["last"] - 1)
    numbers = np.arange(at["first"], at["last"])
    levels, is_there = history.at(HOP * numbers, tolerance=0)
    assert is_there.all()
    np.testing.assert_array_equal(to_db(levels)[:, 0], -50 - numbers % 40)
