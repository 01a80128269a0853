import numpy as np
import pytest
import soxr
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

from models.data.fingerprint import FingerprintIndex, Match, fingerprint

RATE = 22_050


def music(seed: int, seconds: float = 8.0) -> NDArray[np.float32]:
    """Notes with overtones at random times over a little noise."""
    rng = np.random.default_rng(seed)
    t = np.arange(round(seconds * RATE)) / RATE
    y = 0.01 * rng.standard_normal(len(t))
    for _ in range(round(6 * seconds)):
        start, hz = rng.uniform(0, seconds), rng.uniform(100, 800)
        fade = np.where(t > start, np.exp(-4 * (t - start)), 0)
        for partial in range(1, 7):
            y += 0.1 / partial * fade * np.sin(2 * np.pi * hz * partial * t)
    return np.asarray(y / np.abs(y).max(), dtype=np.float32)


def found(*sounds: NDArray[np.float32], rate: int = RATE) -> list[Match]:
    """The matches of the last of `sounds` among the others."""
    index = FingerprintIndex()
    matches: list[Match] = []
    for number, sound in enumerate(sounds):
        matches = index.add(str(number), fingerprint(sound, rate))
    return matches


def changed(y: NDArray[np.float32], how: str) -> NDArray[np.float32]:
    rng = np.random.default_rng(7)
    if how == "quieter":
        return y * np.float32(0.03)
    if how == "cut out":
        return y[round(2.3 * RATE) : round(6.1 * RATE)]
    if how == "noisy":
        return y + 0.02 * rng.standard_normal(len(y)).astype(np.float32)
    if how == "dull":
        return np.asarray(sosfilt(butter(4, 3000, fs=RATE, output="sos"), y), dtype=np.float32)
    assert how == "telephone rate"
    return np.asarray(soxr.resample(soxr.resample(y, RATE, 8000), 8000, RATE), dtype=np.float32)


@pytest.mark.parametrize("how", ["quieter", "cut out", "noisy", "dull", "telephone rate"])
def test_the_same_recording_is_known_again(how: str) -> None:
    original = music(0)
    (match,) = found(music(1), original, music(2), changed(original, how))
    assert (match.one, match.other) == ("1", "3")
    assert match.difference < 0.25


def test_recordings_are_known_when_there_are_too_many_prints_to_keep(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("models.data.fingerprint.MOST_KEPT", 400)  # one in eight of the values
    sounds = [music(seed) for seed in range(4)]
    (match,) = found(*sounds, changed(sounds[1], "cut out"))
    assert (match.one, match.other) == ("1", "4")


def test_other_music_is_not_the_same_however_alike() -> None:
    assert found(*(music(seed) for seed in range(8))) == []
    one = music(0)
    assert found(one, np.asarray(one[::-1], dtype=np.float32)) == []  # all the notes, but not them


def test_sounds_without_features_are_not_taken_for_each_other() -> None:
    t = np.arange(4 * RATE) / RATE
    tones = [np.sin(2 * np.pi * hz * t).astype(np.float32) for hz in (440, 452, 700)]
    silence = np.zeros(len(t), np.float32)
    sounds = [silence, silence, *tones]
    assert not any(found(*sounds[: count + 1]) for count in range(len(sounds)))


@pytest.mark.parametrize("n_samples", [0, 1, 2000, 8300])
def test_very_short_sounds_have_few_prints_or_none(n_samples: int) -> None:
    prints = fingerprint(music(0)[:n_samples], RATE)
    assert len(prints) <= max(0, n_samples // 256)
    assert found(music(0)[:n_samples], music(0)) == []
