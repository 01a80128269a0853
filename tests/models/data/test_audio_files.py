from pathlib import Path

import numpy as np
import pytest
import soundfile

from models.data import audio_files
from models.data.audio_files import audio_info, find_audio, read_audio, read_native
from models.errors import ModelError

RATE = 22050


def sine(seconds: float, rate: int) -> np.ndarray:
    return np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate)) / rate).astype(np.float32) / 2


@pytest.mark.parametrize("suffix", ["wav", "flac", "ogg", "mp3"])
def test_formats_come_back_as_they_were(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"A.{suffix.upper()}"
    soundfile.write(path, sine(1, RATE), RATE, format=suffix)
    y = read_audio(path, RATE)
    assert y.dtype == np.float32
    assert len(y) == pytest.approx(RATE, abs=2400)  # MP3 pads
    peak = np.abs(np.fft.rfft(y[:RATE], RATE)).argmax()
    assert peak == 440


@pytest.mark.parametrize("rate", [8000, 44100, 48000])
def test_rates_are_converted_without_changing_pitch(tmp_path: Path, rate: int) -> None:
    soundfile.write(tmp_path / "a.wav", sine(1, rate), rate)
    y = read_audio(tmp_path / "a.wav", RATE)
    assert len(y) == RATE
    assert np.abs(np.fft.rfft(y)).argmax() == 440


def test_mono_is_the_mean_and_channels_can_be_kept(tmp_path: Path) -> None:
    left, right = sine(0.5, RATE), np.zeros(RATE // 2, np.float32)
    soundfile.write(tmp_path / "a.wav", np.stack([left, right], 1), RATE, subtype="FLOAT")
    np.testing.assert_allclose(read_audio(tmp_path / "a.wav", RATE), left[: RATE // 2] / 2)
    assert read_audio(tmp_path / "a.wav", RATE, mono=False).shape == (RATE // 2, 2)
    assert audio_info(tmp_path / "a.wav").n_channels == 2


def test_native_rate_is_told(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.flac", sine(1, 48000), 48000)
    y, rate = read_native(tmp_path / "a.flac")
    assert (len(y), rate) == (48000, 48000)


def test_text_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_text("not music at all, just words\n" * 20)
    with pytest.raises(ModelError, match=r"a\.wav is no audio file"):
        read_audio(tmp_path / "a.wav", RATE)


def test_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.ogg").touch()
    with pytest.raises(ModelError, match="is empty"):
        read_audio(tmp_path / "a.ogg", RATE)


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="can't be read"):
        read_audio(tmp_path / "none.wav", RATE)


def test_no_samples_is_refused(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.zeros(0), RATE)
    with pytest.raises(ModelError, match="no sound in it"):
        read_audio(tmp_path / "a.wav", RATE)


@pytest.mark.parametrize("suffix", ["wav", "flac"])
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_file_cut_short_is_called_truncated(tmp_path: Path, suffix: str, share: float) -> None:
    path = tmp_path / f"a.{suffix}"
    rng = np.random.default_rng(0)
    soundfile.write(path, rng.uniform(-0.5, 0.5, RATE), RATE)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(ModelError, match="truncated"):
        read_audio(path, RATE)


@pytest.mark.parametrize("n_bytes", [12, 20, 40])
def test_a_header_cut_short_is_refused(tmp_path: Path, n_bytes: int) -> None:
    soundfile.write(tmp_path / "a.wav", sine(0.1, RATE), RATE)
    (tmp_path / "a.wav").write_bytes((tmp_path / "a.wav").read_bytes()[:n_bytes])
    with pytest.raises(ModelError, match=r"truncated|no sound"):
        read_audio(tmp_path / "a.wav", RATE)


def test_a_streamed_wav_without_a_length_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, sine(0.5, RATE), RATE)
    content = bytearray(path.read_bytes())
    at = content.index(b"data") + 4
    content[at : at + 4] = b"\xff\xff\xff\xff"
    path.write_bytes(bytes(content))
    assert len(read_audio(path, RATE)) == RATE // 2


def test_values_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    y = sine(0.1, RATE)
    y[5] = np.nan
    soundfile.write(tmp_path / "a.wav", y, RATE, subtype="FLOAT")
    with pytest.raises(ModelError, match="damaged"):
        read_audio(tmp_path / "a.wav", RATE)


def test_search_is_recursive_blind_to_case_and_skips_hidden_files(tmp_path: Path) -> None:
    for name in ("b/c/X.OGG", "a.Wav", "b/.hidden.wav", "notes.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert find_audio(tmp_path) == [tmp_path / "a.Wav", tmp_path / "b/c/X.OGG"]


def test_a_file_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audio_files, "MAX_HOURS", 1 / 3600)
    soundfile.write(tmp_path / "a.wav", sine(1.0, RATE), RATE)
    assert len(read_audio(tmp_path / "a.wav", RATE)) == RATE
    soundfile.write(tmp_path / "a.wav", sine(1.1, RATE), RATE)
    with pytest.raises(ModelError, match="Cut it into parts"):
        read_audio(tmp_path / "a.wav", RATE)
