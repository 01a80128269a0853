import numpy as np
import pytest

from studio.analysis.level import FLOOR_DBFS, Level

RATE = 48_000


def level_of(samples: np.ndarray, block: int = 480) -> Level:
    level = Level(RATE)
    for start in range(0, len(samples), block):
        level.push(samples[start : start + block].astype(np.float32))
    return level


@pytest.mark.parametrize("amplitude", [1.0, 0.5, 0.01])
def test_a_sine_reads_its_peak_and_three_db_less_rms(amplitude: float) -> None:
    samples = amplitude * np.sin(2 * np.pi * 1000 * np.arange(RATE) / RATE)
    reading = level_of(samples).reading
    expected = 20 * np.log10(amplitude)
    assert reading.peak_dbfs == pytest.approx(expected, abs=0.01)
    assert reading.rms_dbfs == pytest.approx(expected - 3.01, abs=0.02)
    assert reading.is_clipped == (amplitude == 1.0)


def test_silence_is_the_floor_and_known_as_exact_zeros() -> None:
    reading = level_of(np.zeros(RATE)).reading
    assert (reading.peak_dbfs, reading.rms_dbfs, reading.is_silent) == (
        FLOOR_DBFS,
        FLOOR_DBFS,
        True,
    )
    assert not level_of(np.full(RATE, 1e-5)).reading.is_silent


def test_the_level_forgets_after_its_window() -> None:
    samples = np.concatenate([np.ones(RATE // 10), np.zeros(RATE // 2)])
    assert level_of(samples).reading.peak_dbfs == FLOOR_DBFS


@pytest.mark.parametrize("block", [1, 77, 5000])
def test_the_size_of_the_blocks_does_not_matter(block: int) -> None:
    samples = np.random.default_rng(0).uniform(-0.3, 0.3, 9600)
    assert level_of(samples, block).reading == level_of(samples, 480).reading
