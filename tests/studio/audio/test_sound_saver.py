from pathlib import Path

import numpy as np
import pytest
import soundfile

from studio.audio.sound_saver import SoundFormat, save_sound

RATE = 44_100


@pytest.mark.parametrize(("sound_format", "step"), [("wav", 0.0), ("flac", 2.0**-23)])
@pytest.mark.parametrize("n_channels", [1, 2, 8])
def test_portions_become_one_file(
    tmp_path: Path, sound_format: SoundFormat, step: float, n_channels: int
) -> None:
    path = tmp_path / f"s.{sound_format}"
    rng = np.random.default_rng(n_channels)
    sound = rng.uniform(-0.9, 0.9, (5000, n_channels)).astype(np.float32)
    portions = np.split(sound, [1, 700, 700, 4000])
    assert save_sound(path, portions, RATE, n_channels, sound_format) == 5000
    found, rate = soundfile.read(path, dtype="float32", always_2d=True)
    assert rate == RATE
    assert np.abs(found - sound).max() <= step


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    (tmp_path / "s.wav").write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        save_sound(tmp_path / "s.wav", [], RATE, 1)
    assert (tmp_path / "s.wav").read_bytes() == b"mine"
