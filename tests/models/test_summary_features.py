from dataclasses import replace

import numpy as np
import pytest

from models.features import FeatureSettings, window_features
from models.summary_features import N_MFCC, N_ROWS, N_SUMMARY
from tests.models.genre_sounds import beeps, thumps

SETTINGS = FeatureSettings(window_s=1.0, summary=True)


def test_a_summary_does_not_depend_on_level() -> None:
    y = beeps(1.0, 0)
    loud, quiet = window_features(y, SETTINGS), window_features(0.01 * y, SETTINGS)
    assert loud.shape == SETTINGS.window_shape == (N_SUMMARY,)
    np.testing.assert_allclose(quiet, loud, rtol=1e-3, atol=1e-3)


def test_a_higher_sound_has_a_higher_centroid() -> None:
    centroid = 2 * N_MFCC + 12 + 7
    high, low = (window_features(sound(1.0, 0), SETTINGS) for sound in (beeps, thumps))
    assert high[centroid] > low[centroid]
    assert 0.8 < high[centroid] < 3  # kHz


def test_the_pitch_class_of_a_tone_stands_out() -> None:
    y = np.sin(2 * np.pi * 440 * np.arange(22050) / 22050).astype(np.float32)
    chroma = window_features(y, SETTINGS)[2 * N_MFCC : 2 * N_MFCC + 12]
    assert chroma.argmax() == 9  # A, counted from C


@pytest.mark.parametrize("n_samples", [1, 500, 5000])
def test_silence_and_short_sounds_have_a_summary(n_samples: int) -> None:
    assert not window_features(np.zeros(n_samples, np.float32), SETTINGS).any()
    noise = np.random.default_rng(0).standard_normal(n_samples).astype(np.float32)
    assert np.isfinite(window_features(noise, SETTINGS)).all()
    assert N_SUMMARY == 2 * N_ROWS


def test_what_is_no_sound_is_refused() -> None:
    with pytest.raises(ValueError, match="not finite"):
        window_features(np.array([np.nan], np.float32), replace(SETTINGS))
