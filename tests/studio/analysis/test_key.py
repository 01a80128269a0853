import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.tempo_map import KeySignature
from studio.analysis.key import MINOR_TONICS, TONICS, Chroma, estimate_key
from studio.score.meta_events import key_event, key_of

RATE = 22_050
KEYS = [*TONICS, *(f"{tonic}m" for tonic in MINOR_TONICS)]


def chord(pitches: list[int], seconds: float = 1.0, rate: int = RATE) -> np.ndarray:
    """Tones of five harmonics each, with a little of an attack."""
    t = np.arange(round(seconds * rate)) / rate
    hz = 440 * 2 ** ((np.array(pitches) - 69) / 12)
    partials = [np.sin(2 * np.pi * f * k * t) / k for f in hz for k in range(1, 6)]
    return (0.05 * np.sum(partials, axis=0) * np.exp(-t)).astype(np.float32)


def cadence(tonic: int, *, is_minor: bool) -> np.ndarray:
    """I IV V I, or i iv V i, in the middle of the keyboard."""
    third = 3 if is_minor else 4
    root = 48 + tonic
    chords = [
        [root, root + 12, root + 12 + third, root + 19],
        [root + 5, root + 12, root + 17, root + 17 + third],
        [root + 7, root + 11, root + 14, root + 19],
        [root, root + 12, root + 12 + third, root + 19],
    ]
    return np.concatenate([chord(pitches) for pitches in chords])


@pytest.mark.parametrize("index", range(24))
def test_a_cadence_tells_its_key(index: int) -> None:
    sound = cadence(index % 12, is_minor=index >= 12)
    reading = estimate_key(Chroma(RATE).push(sound).mean(axis=0))
    assert reading is not None
    assert reading.key == KEYS[index]
    assert reading.confidence > 0.4


@pytest.mark.parametrize("rate", [8000, 44_100, 96_000])
@pytest.mark.parametrize("pitch", [45, 57, 64, 69, 82])
def test_a_tone_is_its_own_pitch_class(pitch: int, rate: int) -> None:
    rows = Chroma(rate).push(chord([pitch], 2.0, rate))
    assert np.argmax(rows.mean(axis=0)) == pitch % 12
    np.testing.assert_allclose(rows.sum(axis=1), 1)


def test_a_partial_speaks_for_the_tone_of_which_it_may_be_the_third() -> None:
    t = np.arange(2 * RATE) / RATE
    partial = 0.1 * np.sin(2 * np.pi * 3 * 220 * t)  # of the A below middle C; an E by itself
    row = Chroma(RATE).push(partial.astype(np.float32)).mean(axis=0)
    assert np.argsort(row)[-2:].tolist() == [9, 4]


def test_silence_has_no_key() -> None:
    rows = Chroma(RATE).push(np.zeros(2 * RATE, dtype=np.float32))
    assert len(rows) > 10
    assert not rows.any()
    assert estimate_key(rows.mean(axis=0)) is None


@given(st.lists(st.floats(0, 1), min_size=12, max_size=12), st.integers(0, 11))
def test_transposed_sound_is_in_the_transposed_key(weights: list[float], interval: int) -> None:
    chroma = np.round(weights, 3) + 0.001 * np.arange(12)  # no two keys fit equally well
    here, there = estimate_key(chroma), estimate_key(np.roll(chroma, interval))
    if here is not None and there is not None and here.confidence > 0.55:
        index = KEYS.index(here.key)
        assert KEYS.index(there.key) == index // 12 * 12 + (index + interval) % 12
        assert there.confidence == pytest.approx(here.confidence)


@pytest.mark.parametrize("key", KEYS)
def test_every_key_can_be_written_into_a_midi_file(key: str) -> None:
    assert key_of(0, key_event(KeySignature(0, key))) == KeySignature(0, key)


@pytest.mark.parametrize("block", [100, 5000])
def test_the_size_of_the_blocks_does_not_matter(block: int) -> None:
    sound, chroma = cadence(3, is_minor=True), Chroma(RATE)
    parts = [chroma.push(sound[at : at + block]) for at in range(0, len(sound), block)]
    np.testing.assert_array_equal(np.concatenate(parts), Chroma(RATE).push(sound))
