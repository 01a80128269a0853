from dataclasses import replace

import librosa
import numpy as np
import pytest

from models.features import (
    FeatureSettings,
    fit_frames,
    level_free,
    log_mel,
    mel_centres_hz,
    mel_filterbank,
    window_features,
)

SETTINGS = FeatureSettings()


@pytest.fixture(scope="module")
def music() -> np.ndarray:
    rng = np.random.default_rng(1)
    t = np.arange(SETTINGS.window_samples) / SETTINGS.sample_rate
    tones = sum(np.sin(2 * np.pi * hz * t) * np.exp(-hz * t / 900) for hz in (110, 440, 2640))
    return np.asarray(0.1 * tones + 0.01 * rng.standard_normal(len(t)), dtype=np.float32)


@pytest.mark.parametrize(
    ("n_fft", "n_mels", "fmin", "fmax"), [(2048, 96, 30, 10500), (1024, 40, 0, 8000)]
)
def test_filterbank_is_librosas(n_fft: int, n_mels: int, fmin: float, fmax: float) -> None:
    ours = mel_filterbank(FeatureSettings(n_fft=n_fft, n_mels=n_mels, fmin_hz=fmin, fmax_hz=fmax))
    theirs = librosa.filters.mel(sr=22050, n_fft=n_fft, n_mels=n_mels, fmin=fmin, fmax=fmax)
    np.testing.assert_allclose(ours, theirs, atol=1e-7)


def test_log_mel_is_librosas_but_for_a_constant(music: np.ndarray) -> None:
    theirs = librosa.power_to_db(
        librosa.feature.melspectrogram(
            y=music,
            sr=22050,
            n_fft=2048,
            hop_length=512,
            center=False,
            n_mels=96,
            fmin=30,
            fmax=10500,
        ),
        amin=1e-16,
        top_db=None,
    )
    difference = log_mel(music, SETTINGS) - theirs
    assert difference.std() < 1e-3


@pytest.mark.parametrize("hz", [100.0, 1000.0, 5000.0])
def test_a_sine_is_loudest_in_its_band(hz: float) -> None:
    t = np.arange(22050) / 22050
    frames = log_mel(np.sin(2 * np.pi * hz * t), SETTINGS)
    band = int(frames.mean(axis=1).argmax())
    centres = mel_centres_hz(SETTINGS)
    assert abs(centres[band] - hz) <= max(np.diff(centres)[max(0, band - 1) : band + 1])


@pytest.mark.parametrize("gain_db", [-20.0, -40.0, 6.0])
def test_level_does_not_matter(music: np.ndarray, gain_db: float) -> None:
    quiet = music * np.float32(10 ** (gain_db / 20))
    np.testing.assert_allclose(
        window_features(quiet, SETTINGS), window_features(music, SETTINGS), atol=2e-4
    )


def test_frames_of_a_part_are_part_of_the_frames(music: np.ndarray) -> None:
    start = 7 * SETTINGS.hop_length
    part = log_mel(music[start:], SETTINGS)
    np.testing.assert_allclose(part, log_mel(music, SETTINGS)[:, 7:], atol=1e-4)


def test_window_has_the_promised_shape_and_scale(music: np.ndarray) -> None:
    frames = window_features(music, SETTINGS)
    assert frames.shape == (SETTINGS.n_mels, SETTINGS.window_frames)
    assert frames.dtype == np.float32
    assert abs(frames.mean()) < 1e-4
    assert frames.std() == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("n_samples", [1, 500, 2048, 20000, 66150, 100000])
def test_any_length_fills_the_window(n_samples: int) -> None:
    y = np.random.default_rng(0).standard_normal(n_samples)
    frames = window_features(y, SETTINGS)
    assert frames.shape == (96, 126)
    assert np.isfinite(frames).all()


def test_a_short_sound_is_repeated() -> None:
    frames = np.arange(6).reshape(2, 3)
    assert fit_frames(frames, 7).tolist() == [[0, 1, 2, 0, 1, 2, 0], [3, 4, 5, 3, 4, 5, 3]]


def test_silence_is_all_zeros() -> None:
    assert not window_features(np.zeros(66150), SETTINGS).any()
    assert not level_free(np.full((4, 5), -160.0)).any()


@pytest.mark.parametrize("y", [np.zeros(0), np.zeros((2, 100)), np.array([0.0, np.nan])])
def test_what_is_no_mono_sound_is_refused(y: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"mono sound expected|not finite"):
        log_mel(y, SETTINGS)


def test_settings_survive_json() -> None:
    settings = FeatureSettings(n_mels=64, window_s=2.5)
    assert FeatureSettings.from_json(settings.to_json()) == settings


@pytest.mark.parametrize(
    "values",
    [{"fmax_hz": 20000.0}, {"hop_length": 0}, {"n_mels": 0}, {"window_s": 0.0}, {"fmin_hz": -1.0}],
)
def test_settings_that_can_not_be_are_refused(values: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="self"):
        FeatureSettings.from_json({**SETTINGS.to_json(), **values})


def test_a_window_heard_in_both_ways_has_level_free_halves() -> None:
    settings = FeatureSettings(n_mels=48, window_s=1.0, coarse=True)
    y = np.random.default_rng(0).standard_normal(22050).astype(np.float32)
    both = window_features(y, settings)
    assert both.shape == settings.window_shape == (2, 48, settings.window_frames)
    np.testing.assert_array_equal(both[0], window_features(y, replace(settings, coarse=False)))
    np.testing.assert_allclose(both.mean(axis=(1, 2)), 0, atol=1e-4)
    np.testing.assert_allclose(both.std(axis=(1, 2)), 1, atol=1e-4)
    np.testing.assert_allclose(window_features(y * 0.1, settings), both, atol=2e-3)
    assert window_features(np.zeros(100, np.float32), settings).shape == settings.window_shape
