from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.analysis.pitch import GATE_DBFS, PitchReading, PitchTracker

RATE = 48_000
PARTIALS = tuple(1 / k for k in range(1, 13))


def tone(
    hz: float, rate: int = RATE, seconds: float = 0.4, partials: Sequence[float] = (1.0,)
) -> np.ndarray:
    t = np.arange(round(seconds * rate)) / rate
    total = np.zeros(len(t))
    for k, amount in enumerate(partials, start=1):
        if k * hz < rate / 2:
            total += amount * np.sin(2 * np.pi * k * hz * t + k * k)
    return (0.2 * total).astype(np.float32)


def cents(readings: list[PitchReading], hz: float) -> np.ndarray:
    assert readings
    return np.array([1200 * np.log2((r.hz or 1e-9) / hz) for r in readings])


@pytest.mark.parametrize("partials", [(1.0,), PARTIALS], ids=["sine", "rich"])
@pytest.mark.parametrize("hz", [27.5, 41.2, 82.41, 110, 196, 440, 659.26, 1318.5, 2637, 4186])
def test_every_note_of_a_piano_is_heard_within_three_cents(
    hz: float, partials: Sequence[float]
) -> None:
    readings = PitchTracker(RATE).push(tone(hz, partials=partials))
    assert np.abs(cents(readings, hz)).max() < 3
    if hz > 80:
        assert np.abs(cents(readings, hz)).max() < 1.2
    assert min(r.confidence for r in readings) > 0.99


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 44_100, 96_000, 192_000])
def test_the_sample_rate_changes_nothing(rate: int) -> None:
    for hz in (55.0, 440.0, 1760.0):
        readings = PitchTracker(rate).push(tone(hz, rate, partials=PARTIALS))
        assert np.abs(cents(readings, hz)).max() < 8, hz
        assert np.abs(np.median(cents(readings, hz))) < 2, hz
        hop_s = np.diff([r.position for r in readings]) / rate
        assert hop_s == pytest.approx(0.01, rel=0.01)


@pytest.mark.parametrize(
    "partials",
    [(0.0, 1.0, 0.8, 0.6, 0.5, 0.3), (0.3, 1.0, 0.3, 0.6, 0.2, 0.3), (1, 0, 1 / 3, 0, 1 / 5)],
    ids=["without its fundamental", "a strong octave", "a clarinet"],
)
def test_the_octave_is_right_whatever_the_partials(partials: Sequence[float]) -> None:
    for hz in (98.0, 220.0, 523.25):
        readings = PitchTracker(RATE).push(tone(hz, partials=partials))
        assert np.abs(cents(readings, hz)).max() < 3, hz


def test_a_tone_with_one_weak_partial_in_two_keeps_its_octave() -> None:
    """The even partials carry nearly all: half a period is almost as alike as a whole one."""
    steady, weak = tone(220, partials=PARTIALS), tone(220, partials=(0.25, 1.0, 0.1, 0.6))
    assert np.abs(cents(PitchTracker(RATE).push(weak), 220)).max() < 3
    weaker = tone(220, partials=(0.17, 1.0, 0.1, 0.6))
    readings = PitchTracker(RATE).push(np.concatenate([steady, weaker]))
    assert np.abs(cents(readings, 220)).max() < 5


def test_an_offset_of_the_sound_card_does_not_matter() -> None:
    for hz in (27.5, 440.0):
        assert np.abs(cents(PitchTracker(RATE).push(tone(hz) + np.float32(0.5)), hz)).max() < 3


def test_noise_twenty_db_below_does_not_matter() -> None:
    noise = np.random.default_rng(0).standard_normal(RATE)
    for hz in (82.41, 330.0, 1046.5):
        sound = tone(hz, seconds=1, partials=PARTIALS)
        loud = np.sqrt(np.mean(np.square(sound)))
        noisy = (sound + 0.1 * loud * noise).astype(np.float32)
        assert np.abs(cents(PitchTracker(RATE).push(noisy), hz)).max() < 5, hz


@pytest.mark.parametrize("kind", ["noise", "silence", "hum below the gate", "three notes"])
def test_what_has_no_pitch_is_given_none(kind: str) -> None:
    sounds = {
        "noise": 0.1 * np.random.default_rng(1).standard_normal(RATE),
        "silence": np.zeros(RATE),
        "hum below the gate": tone(100) * 0.01,
        "three notes": tone(261.63) + tone(329.63) + tone(370.0) + tone(466.16),
    }
    readings = PitchTracker(RATE).push(sounds[kind].astype(np.float32))
    assert [r for r in readings if r.hz is not None] == []


def test_the_gate_is_where_it_says() -> None:
    rms = np.sqrt(np.mean(np.square(tone(440))))
    for db, is_heard in ((GATE_DBFS + 0.5, True), (GATE_DBFS - 0.5, False)):
        sound = (tone(440) * 10 ** (db / 20) / rms).astype(np.float32)
        readings = PitchTracker(RATE).push(sound)
        assert all((r.hz is not None) == is_heard for r in readings)
        assert [r.rms_dbfs for r in readings] == pytest.approx([db] * len(readings), abs=0.1)


def test_a_note_goes_on_where_breath_would_not_let_it_begin() -> None:
    clear, breath = tone(220, partials=PARTIALS), np.random.default_rng(2).standard_normal(RATE)
    loud = np.sqrt(np.mean(np.square(clear)))
    breathy = (clear + 0.48 * loud * breath[: len(clear)]).astype(np.float32)
    alone = PitchTracker(RATE).push(breathy)
    assert [r for r in alone if r.hz is not None] == []
    readings = PitchTracker(RATE).push(np.concatenate([clear, breathy]))
    assert np.abs(cents(readings, 220)).max() < 50


def test_a_note_up_the_octave_is_followed() -> None:
    sound = np.concatenate([tone(220, partials=PARTIALS), tone(440, partials=PARTIALS)])
    readings = PitchTracker(RATE).push(sound)
    edge = round(0.4 * RATE)
    low = [r for r in readings if r.position < edge - 2048]
    high = [r for r in readings if r.position > edge + 2048]
    assert np.abs(cents(low, 220)).max() < 3
    assert np.abs(cents(high, 440)).max() < 3


def test_a_reading_belongs_to_the_middle_of_its_window() -> None:
    glide = np.arange(RATE) / RATE
    phase = 2 * np.pi * (200 * glide + 100 * glide**2)  # 200 to 400 Hz in a second
    readings = PitchTracker(RATE).push((0.3 * np.sin(phase)).astype(np.float32))
    for r in readings:
        assert r.hz == pytest.approx(200 + 200 * r.position / RATE, rel=0.004)


@given(cuts=st.lists(st.integers(1, 3000), min_size=1, max_size=30), begin=st.integers(0, 2000))
@settings(max_examples=15)
def test_however_the_stream_is_cut_the_readings_are_the_same(cuts: list[int], begin: int) -> None:
    sound = tone(187.3, 22_050, 0.35, PARTIALS)
    sound += (0.05 * np.random.default_rng(3).standard_normal(len(sound))).astype(np.float32)
    whole = PitchTracker(22_050)
    whole.reset(begin)
    at_once = whole.push(sound)
    tracker = PitchTracker(22_050)
    tracker.reset(begin)
    pieces = []
    start = 0
    for cut in [*cuts, len(sound)]:
        pieces += tracker.push(sound[start : start + cut])
        start += cut
    assert pieces == at_once
    assert at_once[0].position % tracker.hop == (tracker.window // 2) % tracker.hop


def test_after_a_gap_positions_go_on_from_there() -> None:
    tracker = PitchTracker(RATE)
    tracker.push(tone(440))
    tracker.reset(1_000_001)
    readings = tracker.push(tone(220))
    assert readings[0].position >= 1_000_001 + tracker.window // 2
    assert np.abs(cents(readings, 220)).max() < 1


def test_a_note_whose_second_period_ends_with_the_window_is_read_all_the_same() -> None:
    rng = np.random.default_rng(0)
    t = np.arange(8 * 48_000) / 48_000
    hz = 54.9 + 0.3 * t / t[-1]  # two periods are what the lags hold, now just more, now just less
    tone = 0.1 * np.sin(2 * np.pi * np.cumsum(hz) / 48_000)
    noise = 0.01 * rng.standard_normal(len(t))
    readings = PitchTracker(48_000).push((tone + noise).astype(np.float32))
    found = [reading.hz for reading in readings if reading.hz is not None]
    assert len(found) > 0.9 * len(readings)
    assert np.median(found) == pytest.approx(55.05, rel=0.005)
