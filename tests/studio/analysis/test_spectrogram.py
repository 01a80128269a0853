import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.analysis.history import SpectrogramHistory, to_db
from studio.analysis.spectrogram import Columns, Spectrogram, SpectrogramSettings

SMALL = SpectrogramSettings(8000, n_fft=256, hop_length=64, n_rows=48, fmin_hz=60, fmax_hz=4000)
NOISE = np.random.default_rng(1).standard_normal(3000).astype(np.float32)


def sine(hz: float, seconds: float, rate: int = 48_000, level_db: float = 0.0) -> np.ndarray:
    t = np.arange(round(seconds * rate)) / rate
    return (10 ** (level_db / 20) * np.sin(2 * np.pi * hz * t)).astype(np.float32)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 700), max_size=12))
def test_any_cutting_of_the_stream_gives_the_same_columns_bit_for_bit(sizes: list[int]) -> None:
    whole = Spectrogram(SMALL).push(NOISE)
    streamed = Spectrogram(SMALL)
    edges = np.minimum(np.cumsum([0, *sizes, len(NOISE)]), len(NOISE))
    parts = [streamed.push(NOISE[a:b]) for a, b in itertools.pairwise(edges)]
    np.testing.assert_array_equal(np.concatenate([part.db for part in parts]), whole.db)
    positions = np.concatenate([part.positions for part in parts])
    np.testing.assert_array_equal(positions, whole.positions)


@pytest.mark.parametrize("hz", [110.0, 440.0, 1000.0, 5000.0, 15_000.0])
@pytest.mark.parametrize("level_db", [0.0, -40.0])
def test_a_sine_is_highest_at_its_row_and_near_its_level(hz: float, level_db: float) -> None:
    s = SpectrogramSettings(48_000)
    column = Spectrogram(s).push(sine(hz, 0.3, level_db=level_db)).db.mean(axis=0)
    row = int(column.argmax())
    assert abs(s.row_hz[row] - hz) <= max(s.hz_per_bin, hz * 0.011)
    assert column[row] == pytest.approx(level_db, abs=1.5)  # a Hann window's scalloping is 1.42 dB


def test_a_sine_in_the_middle_of_a_bin_reads_its_level_exactly() -> None:
    s = SpectrogramSettings(48_000)
    hz = 200 * s.hz_per_bin
    assert Spectrogram(s).push(sine(hz, 0.2)).db.max() == pytest.approx(0, abs=0.01)


def test_positions_are_the_middle_of_each_window() -> None:
    spectrogram = Spectrogram(SMALL)
    spectrogram.reset(1000)
    columns = spectrogram.push(np.zeros(256 + 64, dtype=np.float32))
    assert columns.positions.tolist() == [1000 + 128, 1000 + 128 + 64]


def test_settings_that_make_no_picture_are_refused() -> None:
    with pytest.raises(ValueError, match="no picture"):
        SpectrogramSettings(8000, fmin_hz=5000)
    with pytest.raises(ValueError, match="hop_length=512"):
        SpectrogramSettings(8000, n_fft=256, hop_length=512)


def columns(first: int, count: int) -> Columns:
    positions = 100 * np.arange(first, first + count, dtype=np.int64)
    return Columns(np.full((count, 4), -50.0, np.float32) + positions[:, None] / 1000, positions)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=20))
def test_history_keeps_the_newest_columns_at_their_positions(sizes: list[int]) -> None:
    history = SpectrogramHistory(4, columns_per_second=1, seconds=12)
    for size in sizes:
        history.append(columns(history.count, size))
    total = sum(sizes)
    kept = np.arange(max(0, total - 12), total)
    assert (history.first_position, history.last_position) == (100 * kept[0], 100 * kept[-1])
    levels, is_there = history.at(100 * kept + 40, tolerance=99)
    assert is_there.all()
    np.testing.assert_allclose(to_db(levels)[:, 0], -50 + kept / 10, atol=0.26)


def test_a_gap_in_the_stream_stays_a_gap_in_the_picture() -> None:
    history = SpectrogramHistory(4, columns_per_second=1, seconds=60)
    history.append(columns(0, 5))
    history.append(columns(50, 5))
    _, is_there = history.at(np.array([-50, 300, 3000, 5200]), tolerance=150)
    assert is_there.tolist() == [False, True, False, True]
