import numpy as np
import pyloudnorm
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.analysis.listeners import LoudnessListener
from studio.analysis.loudness import Loudness, LoudnessReading

RATE = 48_000


def tone(seconds: float, dbfs: float, hz: float = 1000.0, rate: int = RATE) -> np.ndarray:
    """A sine in left and right, its peak at `dbfs`."""
    sine = 10 ** (dbfs / 20) * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)
    return np.repeat(sine[:, None], 2, axis=1).astype(np.float32)


def measured(frames: np.ndarray, rate: int = RATE, block: int = 8192) -> LoudnessReading:
    meter = Loudness(rate, frames.shape[1])
    for start in range(0, len(frames), block):
        meter.push(frames[start : start + block])
    return meter.reading


@pytest.mark.parametrize("dbfs", [-23.0, -33.0])
def test_tech_3341_cases_1_and_2_all_three_read_the_tones_level(dbfs: float) -> None:
    reading = measured(tone(20, dbfs))
    assert reading.momentary_lufs == pytest.approx(dbfs, abs=0.1)
    assert reading.short_term_lufs == pytest.approx(dbfs, abs=0.1)
    assert reading.integrated_lufs == pytest.approx(dbfs, abs=0.1)


@pytest.mark.parametrize(
    "parts",
    [
        [(10, -36), (60, -23), (10, -36)],
        [(10, -72), (10, -36), (60, -23), (10, -36), (10, -72)],
        [(20, -26), (20.1, -20), (20, -26)],
    ],
    ids=["case 3", "case 4", "case 5"],
)
def test_tech_3341_gating_leaves_minus_23(parts: list[tuple[float, float]]) -> None:
    reading = measured(np.concatenate([tone(*part) for part in parts]))
    assert reading.integrated_lufs == pytest.approx(-23.0, abs=0.1)


def test_tech_3341_case_6_surround() -> None:
    levels = 10 ** (np.array([-28.0, -28.0, -24.0, -30.0, -30.0]) / 20)
    frames = tone(20, 0.0)[:, :1] * levels.astype(np.float32)
    assert measured(frames).integrated_lufs == pytest.approx(-23.0, abs=0.1)
    lfe = np.insert(frames, 3, frames[:, 0], axis=1)  # 5.1: the effects' channel does not count
    assert measured(lfe).integrated_lufs == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize(
    ("levels", "range_lu"), [((-20, -30), 10), ((-20, -15), 5), ((-40, -20), 20)]
)
def test_tech_3342_cases_1_to_3_range(levels: tuple[float, float], range_lu: float) -> None:
    frames = np.concatenate([tone(20, level) for level in levels])
    assert measured(frames).range_lu == pytest.approx(range_lu, abs=1.0)


@pytest.mark.parametrize("rate", [8000, 11_025, 44_100, 96_000])
@pytest.mark.parametrize("n_channels", [1, 2])
def test_it_agrees_with_pyloudnorm_on_the_whole_sound(rate: int, n_channels: int) -> None:
    rng = np.random.default_rng(rate)
    envelope = np.repeat(10 ** rng.uniform(-2.5, -0.3, 20), rate)[:, None]
    frames = (rng.standard_normal((20 * rate, n_channels)) * 0.2 * envelope).astype(np.float32)
    reading = measured(frames, rate)
    # At low rates the two forms of its filters part near half the rate: ours is the exact one.
    for name in ("K-weighting", "DeMan") if rate >= 44_100 else ("DeMan",):
        expected = pyloudnorm.Meter(rate, filter_class=name).integrated_loudness(
            frames.astype(np.float64)
        )
        assert reading.integrated_lufs == pytest.approx(expected, abs=0.1)


@settings(max_examples=20)
@given(st.lists(st.integers(1, 9000), min_size=1, max_size=12))
def test_the_size_of_the_blocks_does_not_matter(sizes: list[int]) -> None:
    frames = np.random.default_rng(1).uniform(-0.3, 0.3, (40_000, 2)).astype(np.float32)
    meter, at, turn = Loudness(8000, 2), 0, 0
    while at < len(frames):
        size = sizes[turn % len(sizes)]
        meter.push(frames[at : at + size])
        at, turn = at + size, turn + 1
    whole = measured(frames, 8000)
    assert meter.reading.momentary_lufs == pytest.approx(whole.momentary_lufs, abs=1e-6)
    assert meter.reading.integrated_lufs == pytest.approx(whole.integrated_lufs, abs=1e-6)
    assert meter.reading.range_lu == pytest.approx(whole.range_lu, abs=0.011)


def test_nothing_is_said_before_there_is_enough_nor_in_silence() -> None:
    assert measured(tone(0.35, -20)) == LoudnessReading()
    assert measured(np.zeros((RATE, 2), dtype=np.float32)) == LoudnessReading()
    reading = measured(tone(1, -20))
    assert reading.momentary_lufs is not None
    assert reading.short_term_lufs is None


def test_what_is_below_the_absolute_gate_is_silence() -> None:
    assert measured(tone(5, -72)) == LoudnessReading()
    assert measured(tone(5, -68)).integrated_lufs == pytest.approx(-68, abs=0.1)


def test_a_short_quiet_moment_does_not_widen_the_range() -> None:
    reading = measured(np.concatenate([tone(60, -20), tone(2, -38)]))
    assert reading.range_lu is not None
    assert reading.range_lu < 0.5


def test_after_a_gap_no_filter_rings_on() -> None:
    listener = LoudnessListener(RATE, 2)
    listener.push_frames(tone(1.0001, 0.0), 0)
    listener.reset(10 * RATE)
    listener.push_frames(np.zeros((RATE * 4 // 10, 2), dtype=np.float32), 10 * RATE)
    assert listener.reading.momentary_lufs is None


def test_momentary_forgets_in_400_ms_and_short_term_in_3_s() -> None:
    after = measured(np.concatenate([tone(4, -10), tone(0.6, -50)]))
    assert after.momentary_lufs == pytest.approx(-50, abs=0.3)
    assert after.short_term_lufs is not None
    assert after.short_term_lufs > -12
    later = measured(np.concatenate([tone(4, -10), tone(3.1, -50)]))
    assert later.short_term_lufs == pytest.approx(-50, abs=0.3)


def test_a_gap_loses_no_loudness_and_restart_forgets_all_of_it() -> None:
    listener = LoudnessListener(RATE, 2)
    listener.push_frames(tone(5, -20), 0)
    listener.reset(10 * RATE)
    listener.push_frames(tone(5, -20), 10 * RATE)
    assert listener.reading.integrated_lufs == pytest.approx(-20, abs=0.1)
    listener.restart()
    assert listener.reading == LoudnessReading()
    listener.push_frames(tone(5, -40), 15 * RATE)
    assert listener.reading.integrated_lufs == pytest.approx(-40, abs=0.1)


def test_sound_louder_than_the_scale_is_measured_all_the_same() -> None:
    meter = Loudness(48_000, 1)
    noise = 1e5 * np.random.default_rng(1).standard_normal((48_000, 1)).astype(np.float32)
    meter.push(noise)
    assert meter.reading.integrated_lufs is not None
    assert meter.reading.integrated_lufs > 90
