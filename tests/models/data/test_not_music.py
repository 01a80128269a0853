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
    heard = hear_not_music(8, settings, seed=0)
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
