import numpy as np
import pytest

from studio.analysis.tempo import OnsetStrength, TempoReading, estimate_tempo


def beats(bpm: float, seconds: float = 15, rate: int = 22_050, offbeat: float = 0.0) -> np.ndarray:
    """Short tones on each beat, softer ones between them."""
    sound = np.zeros(round(seconds * rate), dtype=np.float32)
    t = np.arange(round(0.08 * rate)) / rate
    blow = (np.sin(2 * np.pi * 500 * t) * np.exp(-40 * t)).astype(np.float32)
    for index, start in enumerate(np.arange(0.1, seconds - 0.1, 30 / bpm)):
        at = round(start * rate)
        sound[at : at + len(blow)] += blow * (offbeat if index % 2 else 0.5)
    return sound


def tempo_of(sound: np.ndarray, rate: int = 22_050) -> TempoReading | None:
    onsets = OnsetStrength(rate)
    return estimate_tempo(onsets.push(sound), onsets.frame_rate)


@pytest.mark.parametrize("bpm", [66.0, 80.5, 97.3, 120.0, 131.7, 149.0])
def test_a_steady_beat_is_told_within_a_tenth_of_a_beat_a_minute(bpm: float) -> None:
    reading = tempo_of(beats(bpm))
    assert reading is not None
    assert reading.bpm == pytest.approx(bpm, abs=0.1)
    assert reading.confidence > 0.5


@pytest.mark.parametrize("rate", [8000, 11_025, 44_100, 96_000])
def test_the_sample_rate_does_not_matter(rate: int) -> None:
    reading = tempo_of(beats(104, rate=rate), rate)
    assert reading is not None
    assert reading.bpm == pytest.approx(104, abs=0.1)


@pytest.mark.parametrize("bpm", [45.0, 110.0, 210.0])
def test_of_beat_half_and_double_the_likely_one_is_told(bpm: float) -> None:
    reading = tempo_of(beats(bpm, offbeat=0.3))
    assert reading is not None
    assert 60 < reading.bpm < 160
    octaves = np.log2(reading.bpm / bpm)
    assert octaves == pytest.approx(round(octaves), abs=0.01)


def test_what_does_not_repeat_is_told_without_confidence() -> None:
    rng = np.random.default_rng(3)
    sound = 0.01 * rng.standard_normal(15 * 22_050).astype(np.float32)
    for start in rng.uniform(0, 14.5, 25):
        at = round(start * 22_050)
        sound[at : at + 1000] += 0.3 * rng.standard_normal(1000).astype(np.float32)
    reading = tempo_of(sound)
    assert reading is None or reading.confidence < 0.25


def test_silence_a_steady_tone_and_a_short_sound_have_no_tempo() -> None:
    t = np.arange(10 * 22_050) / 22_050
    tone = (0.1 * np.sin(2 * np.pi * 440 * t)).astype(np.float32)
    fade = np.minimum(1, t).astype(np.float32)
    assert tempo_of(np.zeros(10 * 22_050, dtype=np.float32)) is None
    assert tempo_of(beats(120, seconds=3)) is None
    reading = tempo_of(fade * tone)
    assert reading is None or reading.confidence < 0.25


def test_a_long_sound_whose_tempo_sways_is_told_near_its_mean() -> None:
    parts = [beats(bpm, 12) for bpm in (118, 120, 121, 120, 119, 120)]
    reading = tempo_of(np.concatenate(parts))
    assert reading is not None
    assert reading.bpm == pytest.approx(120, abs=1)


@pytest.mark.parametrize("block", [64, 1000, 5000])
def test_the_size_of_the_blocks_does_not_matter(block: int) -> None:
    sound, onsets = beats(97, 5), OnsetStrength(22_050)
    parts = [onsets.push(sound[at : at + block]) for at in range(0, len(sound), block)]
    whole = OnsetStrength(22_050).push(sound)
    np.testing.assert_allclose(np.concatenate(parts), whole, atol=1e-3)
