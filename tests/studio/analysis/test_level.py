import numpy as np
import pytest

from studio.analysis.channels import MIX, ChannelChoice
from studio.analysis.level import FLOOR_DBFS, Level
from studio.analysis.listeners import LevelListener

RATE = 48_000


def sine(seconds: float, amplitude: float = 1.0) -> np.ndarray:
    return amplitude * np.sin(2 * np.pi * 1000 * np.arange(round(seconds * RATE)) / RATE)


def level_of(samples: np.ndarray, block: int = 480) -> Level:
    level = Level(RATE)
    for start in range(0, len(samples), block):
        level.push(samples[start : start + block].astype(np.float32))
    return level


@pytest.mark.parametrize("amplitude", [1.0, 0.5, 0.01])
def test_a_sine_reads_its_peak_and_three_db_less_rms(amplitude: float) -> None:
    reading = level_of(sine(1, amplitude)).reading
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


@pytest.mark.parametrize(("after_s", "fallen_db"), [(0.0, 0.0), (0.85, 10.0), (1.7, 20.0)])
def test_the_peak_rises_at_once_and_falls_by_20_db_in_1_7_s(
    after_s: float, fallen_db: float
) -> None:
    samples = np.concatenate([sine(0.01), np.zeros(round(after_s * RATE))])
    assert level_of(samples).reading.peak_dbfs == pytest.approx(-fallen_db, abs=0.1)


def test_rms_reads_99_per_cent_of_a_tone_after_300_ms() -> None:
    reading = level_of(sine(0.3)).reading
    assert reading.rms_dbfs == pytest.approx(-3.01 + 20 * np.log10(0.99), abs=0.01)
    assert level_of(sine(0.1)).reading.rms_dbfs < reading.rms_dbfs - 0.5


def test_sound_that_just_ended_is_not_called_silent() -> None:
    assert not level_of(np.concatenate([sine(0.1), np.zeros(RATE // 5)])).reading.is_silent
    assert level_of(np.concatenate([sine(0.1), np.zeros(RATE // 2)])).reading.is_silent


@pytest.mark.parametrize("block", [1, 77, 5000])
def test_the_size_of_the_blocks_does_not_matter(block: int) -> None:
    samples = np.random.default_rng(0).uniform(-0.3, 0.3, 9600)
    assert level_of(samples, block).reading == level_of(samples, 480).reading


def test_each_channel_is_measured_by_itself() -> None:
    listener = LevelListener(RATE, 3)
    gains = np.array([0.5, 1.0, 0.0])
    listener.push_frames((sine(1)[:, None] * gains).astype(np.float32), 0)
    peaks = [channel.peak_dbfs for channel in listener.channels]
    assert peaks == pytest.approx([-6.02, 0.0, FLOOR_DBFS], abs=0.01)
    assert listener.clipped == (False, True, False)
    assert [channel.is_silent for channel in listener.channels] == [False, False, True]


@pytest.mark.parametrize(("choice", "peak"), [(MIX, 0.0), (ChannelChoice(0), -6.02)])
def test_the_reading_is_of_the_loudest_channel_or_of_the_chosen_one(
    choice: ChannelChoice, peak: float
) -> None:
    listener = LevelListener(RATE, 2)
    listener.channel = choice
    listener.push_frames((sine(1)[:, None] * [0.5, 1.0]).astype(np.float32), 0)
    assert listener.reading.peak_dbfs == pytest.approx(peak, abs=0.01)


def test_the_clip_light_stays_on_until_it_is_put_out() -> None:
    listener = LevelListener(RATE, 1)
    listener.push_frames(np.ones((1, 1), dtype=np.float32), 0)
    listener.push_frames(np.zeros((5 * RATE, 1), dtype=np.float32), 1)
    assert listener.has_clipped
    listener.reset_clip()
    assert not listener.has_clipped
