from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from models.data.audio_files import open_audio
from studio.audio.file_reader import FADE_S, FileReader, Loop

RATE = 8000
FADE = round(FADE_S * RATE)
SAMPLES = np.linspace(-0.5, 0.5, 4 * RATE, dtype=np.float32)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("reader") / "ramp.wav"
    soundfile.write(path, SAMPLES, RATE, subtype="FLOAT")
    return path


@given(start=st.integers(0, 3 * RATE), length=st.integers(500, 9000), block=st.integers(50, 700))
def test_a_loop_goes_round_without_a_click_or_a_lost_sample(
    path: Path, start: int, length: int, block: int
) -> None:
    loop = Loop.of(start, min(start + length, len(SAMPLES)), RATE)
    length = loop.end - loop.start
    with open_audio(path) as file:
        reader = FileReader(file, RATE)
        reader.loop = loop
        reader.seek(loop.start)
        parts: list[np.ndarray] = []
        while sum(map(len, parts)) < 3 * length + FADE:
            parts.append(reader.read(block)[:, 0])
            assert len(parts[-1])
    heard = np.concatenate(parts)
    inside = SAMPLES[loop.start : loop.end]
    np.testing.assert_array_equal(heard[:length], inside)
    for turn in (1, 2):
        part = heard[turn * length : (turn + 1) * length]
        np.testing.assert_array_equal(part[FADE:], inside[FADE:])
    if loop.end + FADE <= len(SAMPLES):  # there is something after it to fade from
        fall = float(inside[-1] - inside[0])
        seam = np.abs(np.diff(heard[length - 1 : length + FADE + 1]))
        assert seam.max() <= 2 * fall / FADE + 1e-3


def test_what_is_read_is_the_file_and_then_nothing(path: Path) -> None:
    with open_audio(path) as file:
        reader = FileReader(file, RATE)
        parts = []
        while len(part := reader.read(777)):
            parts.append(part[:, 0])
            assert reader.frame == sum(map(len, parts))
        np.testing.assert_array_equal(np.concatenate(parts), SAMPLES)


def test_a_place_behind_the_loop_is_played_to_the_end(path: Path) -> None:
    with open_audio(path) as file:
        reader = FileReader(file, RATE)
        reader.loop = Loop.of(100, 2000, RATE)
        reader.seek(3000)
        assert reader.is_seeking
        assert reader.frame == 3000
        np.testing.assert_array_equal(reader.read(500)[:, 0], SAMPLES[3000:3500])
