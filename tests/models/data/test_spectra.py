from pathlib import Path

import numpy as np
import pytest

from models import features
from models.data.audio_dataset import AudioDataset, Clip
from models.data.spectra import describe_spectra, load_spectra
from models.errors import ModelError
from models.features import FeatureSettings, coarse_frames, log_mel, mel_centres_hz, refine

SETTINGS = FeatureSettings(n_mels=64)
RATE = SETTINGS.sample_rate


def dataset(folder: Path) -> AudioDataset:
    clips = [
        Clip(folder / "a.ogg", "a.ogg", "jazz", "train", "track a", "set", "CC BY"),
        Clip(folder / "b.ogg", "b.ogg", "jazz", "valid", "track b", "set", "CC BY"),
    ]
    return AudioDataset(folder, tuple(clips), has_split=True)


def write(path: Path, **changes: object) -> Path:
    arrays: dict[str, object] = {
        "X": np.random.default_rng(0).integers(0, 256, (4, 48, 100), dtype=np.uint8),
        "genre": np.array(["jazz", "jazz", "rock", "rock"]),
        "split": np.array(["train", "train", "train", "valid"]),
        "track_id": np.array(["track a", "track b", "track c", "track d"]),
        **changes,
    }
    np.savez(path, **{name: a for name, a in arrays.items() if a is not None})
    return path


def test_tracks_kept_for_checking_are_left_out(tmp_path: Path) -> None:
    heard = load_spectra(write(tmp_path / "more.npz"), dataset(tmp_path), SETTINGS)
    assert [(h.clip.name, h.clip.genre) for h in heard] == [
        ("track a", "jazz"),
        ("track c", "rock"),
    ]
    assert {h.clip.source for h in heard} == {"more"}
    assert heard[0].frames.shape == (64, SETTINGS.frames_in(round(100 * 0.06048 * RATE)))


def test_the_licence_is_that_of_the_tracks(tmp_path: Path) -> None:
    path, clips = write(tmp_path / "more.npz"), dataset(tmp_path)
    entry = describe_spectra(path, load_spectra(path, clips, SETTINGS), clips)
    assert (entry["name"], entry["licence"], entry["items"]) == ("more", "CC BY", 2)


@pytest.mark.parametrize("hz", [300.0, 1500.0, 6000.0])
def test_coarse_hearing_finds_a_sine_where_fine_hearing_does(hz: float) -> None:
    y = np.sin(2 * np.pi * hz * np.arange(2 * RATE) / RATE).astype(np.float32)
    centres = mel_centres_hz(SETTINGS)
    coarse, fine = (f(y, SETTINGS).mean(axis=1).argmax() for f in (coarse_frames, log_mel))
    assert abs(centres[coarse] - centres[fine]) < 60 + 0.1 * hz


def test_coarse_hearing_keeps_time() -> None:
    y = np.full(2 * RATE, 1e-4, np.float32) * np.random.default_rng(0).standard_normal(2 * RATE)
    y[RATE:] *= 1000
    loudness = coarse_frames(y.astype(np.float32), SETTINGS).mean(axis=0)
    rise = int(np.diff(loudness).argmax()) * SETTINGS.hop_length / RATE
    assert rise == pytest.approx(1.0, abs=0.1)


def test_refining_goes_through_the_columns() -> None:
    ramp = np.tile(np.arange(50.0), (48, 1))  # column c says c everywhere
    frames = refine(ramp, SETTINGS)
    assert np.ptp(frames, axis=0).max() < 1e-4
    expected = np.arange(frames.shape[1]) * SETTINGS.hop_length / RATE / 0.06048
    np.testing.assert_allclose(frames[0], np.minimum(expected, 49), atol=1e-3)


@pytest.mark.parametrize("changes", [{"genre": None}, {"X": np.zeros((4, 48))}, {"split": ["a"]}])
def test_what_is_no_file_of_spectra_is_refused(tmp_path: Path, changes: dict[str, object]) -> None:
    with pytest.raises(ModelError, match="no file of spectra"):
        load_spectra(write(tmp_path / "a.npz", **changes), dataset(tmp_path), SETTINGS)


def test_a_text_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.npz").write_text("words")
    with pytest.raises(ModelError, match="no file of spectra"):
        load_spectra(tmp_path / "a.npz", dataset(tmp_path), SETTINGS)


def test_a_short_look_is_tapered_as_the_files_are() -> None:
    from scipy import signal

    expected = signal.get_window(("tukey", 0.25), 256)
    np.testing.assert_allclose(features._tapered(256), expected, atol=1e-6)
