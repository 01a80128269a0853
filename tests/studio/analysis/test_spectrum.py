import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.analysis.spectrogram import SILENCE_DB
from studio.analysis.spectrum import SpectrumHold

RATE, ROWS = 100.0, 5


def columns(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-100, 0, (count, ROWS)).astype(np.float32)


def steady(db: float, count: int) -> np.ndarray:
    return np.full((count, ROWS), db, dtype=np.float32)


def test_held_peaks_are_the_highest_of_each_row() -> None:
    hold, heard = SpectrumHold(ROWS, RATE), columns(300)
    hold.push(heard)
    assert (hold.peak_db == heard.max(axis=0)).all()
    hold.push(steady(-90, 100))
    assert (hold.peak_db == heard.max(axis=0)).all()


@pytest.mark.parametrize("fall", [6.0, 24.0])
def test_peaks_fall_by_so_many_db_a_second_down_to_what_sounds(fall: float) -> None:
    hold = SpectrumHold(ROWS, RATE)
    hold.fall_db_per_s = fall
    hold.push(steady(-10, 1))
    hold.push(steady(-90, 100))
    assert hold.peak_db == pytest.approx(np.full(ROWS, -10 - fall), abs=0.01)
    hold.push(steady(-90, 5000))
    assert hold.peak_db == pytest.approx(np.full(ROWS, -90.0), abs=0.01)


def test_the_average_is_that_of_power() -> None:
    hold = SpectrumHold(ROWS, RATE)
    hold.average_s = None
    hold.push(np.concatenate([steady(0, 50), steady(-140, 50)]))
    assert hold.average_db == pytest.approx(np.full(ROWS, -3.01), abs=0.01)


def test_the_average_follows_with_its_time_constant() -> None:
    hold = SpectrumHold(ROWS, RATE)
    hold.average_s = 2.0
    hold.push(steady(-100, 10))
    hold.push(steady(0, 200))
    expected = 10 * np.log10(1 - np.exp(-1))
    assert hold.average_db == pytest.approx(np.full(ROWS, expected), abs=0.05)


def test_a_reset_forgets_all() -> None:
    hold = SpectrumHold(ROWS, RATE)
    hold.push(columns(10))
    hold.reset()
    assert (hold.peak_db == SILENCE_DB).all()
    assert (hold.average_db == SILENCE_DB).all()
    hold.push(steady(-50, 1))
    assert hold.average_db == pytest.approx(np.full(ROWS, -50.0), abs=0.001)


@given(
    cuts=st.lists(st.integers(0, 30), max_size=10),
    fall=st.sampled_from([0.0, 12.0]),
    average_s=st.sampled_from([None, 0.5, 5.0]),
)
def test_portions_do_not_matter(cuts: list[int], fall: float, average_s: float | None) -> None:
    heard, whole, parts = columns(150), SpectrumHold(ROWS, RATE), SpectrumHold(ROWS, RATE)
    whole.push(heard[:1])
    parts.push(heard[:1])
    for hold in (whole, parts):
        hold.fall_db_per_s, hold.average_s = fall, average_s
    whole.push(heard[1:])
    start = 1
    for cut in [*cuts, len(heard)]:
        parts.push(heard[start : start + cut])
        start += cut
    assert parts.peak_db == pytest.approx(whole.peak_db, abs=1e-3)
    assert parts.average_db == pytest.approx(whole.average_db, abs=1e-3)
