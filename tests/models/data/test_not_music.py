import numpy as np
import pytest

from models.data.not_music import KINDS, NOT_MUSIC, hear_not_music, make_sound
from models.features import FeatureSettings


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_made_sound_is_the_same_for_the_same_seed(kind: str) -> None:
    y = make_sound(kind, 1.0, 8000, seed=3)
    assert y.shape == (8000,)
    assert np.abs(y).max() == pytest.approx(0.5)
    np.testing.assert_array_equal(y, make_sound(kind, 1.0, 8000, seed=3))
    assert not np.array_equal(y, make_sound(kind, 1.0, 8000, seed=4))


def test_kinds_take_turns_and_half_is_heard_coarsely() -> None:
    settings = FeatureSettings(n_mels=24, hop_length=2048, coarse=True)
    heard = hear_not_music(2 * len(KINDS), settings, seed=0)
    assert [h.clip.source for h in heard] == [*KINDS, *KINDS]
    assert {h.clip.genre for h in heard} == {NOT_MUSIC}
    assert {len(h.frames) for h in heard} == {24}
    assert all(np.isfinite(h.frames).all() for h in heard)
    # Silence lies at -160 dB for fine hearing and at -120 dB for coarse hearing.
    assert all(h.frames.max() > -100 for h in heard)


def test_a_hum_has_lines_and_noise_has_none() -> None:
    def peakiness(kind: str) -> float:
        power = np.abs(np.fft.rfft(make_sound(kind, 2.0, 22050, seed=1))) ** 2
        return float(power.max() / power.sum())

    assert peakiness("hum") > 5 * peakiness("noise")


def test_speech_has_formants_and_pauses_and_a_room_has_neither() -> None:
    def swing_db(kind: str, seed: int) -> float:
        y = make_sound(kind, 6.0, 22050, seed=seed)
        loudness = np.square(y[: len(y) // 1102 * 1102].reshape(-1, 1102)).mean(axis=1)
        low, high = np.quantile(10 * np.log10(loudness + 1e-12), [0.1, 0.9])
        return float(high - low)

    speech = [swing_db("speech", seed) for seed in range(8)]
    room = [swing_db("room tone", seed) for seed in range(8)]
    assert min(speech) > 10
    assert np.median(room) < 6


def test_most_voices_are_loudest_below_4_khz() -> None:
    def share_below(seed: int) -> float:
        power = np.abs(np.fft.rfft(make_sound("speech", 4.0, 22050, seed=seed))) ** 2
        return float(power[: 4 * 4000].sum() / power.sum())

    assert np.median([share_below(seed) for seed in range(9)]) > 0.5
