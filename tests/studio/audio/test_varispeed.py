from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.data.audio_files import open_audio
from studio.audio.file_reader import FileReader
from studio.audio.varispeed import PREROLL_FRAMES, Varispeed

RATE, HZ, SECONDS, BLOCK = 22_050, 440, 6, 512
SPEEDS = (0.5, 0.75, 1.0, 1.25, 2.0)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("varispeed") / "sine.wav"
    t = np.arange(SECONDS * RATE) / RATE
    soundfile.write(path, 0.5 * np.sin(2 * np.pi * HZ * t), RATE, subtype="FLOAT")
    return path


def heard(voice: Varispeed) -> Iterator[np.ndarray]:
    while (block := voice.read(BLOCK)) is not None:
        yield block[:, 0]


def clicks(sound: np.ndarray) -> float:
    """How far it departs from a sine of one frequency, from sample to sample."""
    return float(
        np.abs(sound[2:] - 2 * np.cos(2 * np.pi * HZ / RATE) * sound[1:-1] + sound[:-2]).max()
    )


@settings(max_examples=25)
@example([(1, 0.5), (1, 1.0), (20, 2.0)])  # again before the first change is heard
@example([(5, 0.5), (5, 1.0), (0, 2.0), (20, 0.5)])
@example([(9, 2.0), (1, 1.0), (1, 0.5), (20, 1.0)])
@given(st.lists(st.tuples(st.integers(0, 40), st.sampled_from(SPEEDS)), min_size=1, max_size=4))
def test_changes_of_speed_neither_click_nor_jump(
    path: Path, changes: list[tuple[int, float]]
) -> None:
    with open_audio(path) as file:
        reader = FileReader(file, RATE)
        voice = Varispeed(reader, 1)
        blocks = heard(voice)
        parts = [next(blocks) for _ in range(3)]
        expected = 3.0 * BLOCK  # frames of the file that were heard
        for n_blocks, speed in changes:
            voice.speed = speed
            for block in (next(blocks, parts[0][:0]) for _ in range(n_blocks)):
                parts.append(block)
                expected += speed * len(block)
            # As far as the file was heard, give or take how far the time stretch looks about.
            assert voice.place == pytest.approx(expected, abs=800)
        parts += (next(blocks, parts[0][:0]) for _ in range(20))
    sound = np.concatenate(parts)
    assert clicks(sound) < 0.02  # a cut may make up to 1
    loudness = [np.abs(sound[at : at + 128]).max() for at in range(128, len(sound) - 128, 64)]
    assert min(loudness) > 0.05  # no hole


def test_at_full_speed_again_the_samples_are_those_of_the_file(path: Path) -> None:
    with open_audio(path) as file:
        whole = file.read(SECONDS * RATE, dtype="float32")
        reader = FileReader(file, RATE)
        reader.seek(0)
        voice = Varispeed(reader, 1)
        for speed in (1.0, 0.5, 1.0):
            voice.speed = speed
            for _ in range(5):
                last = voice.read(BLOCK)
        assert last is not None
        np.testing.assert_array_equal(last[:, 0], whole[reader.frame - BLOCK : reader.frame])


@pytest.mark.parametrize("speed", [s for s in SPEEDS if s != 1.0])
def test_the_end_of_the_file_is_heard(path: Path, speed: float) -> None:
    with open_audio(path) as file:
        reader = FileReader(file, RATE)
        reader.seek((SECONDS - 1) * RATE)
        voice = Varispeed(reader, 1)
        voice.speed = speed
        sound = np.concatenate(list(heard(voice)))
        loud = np.flatnonzero(np.abs(sound) > 0.1)
        assert loud[-1] * speed / RATE == pytest.approx(1, abs=0.05)
        assert voice.read(BLOCK) is None
        reader.seek((SECONDS - 1) * RATE)
        again = np.concatenate(list(heard(voice)))
        assert np.flatnonzero(np.abs(again) > 0.1)[-1] == pytest.approx(loud[-1], abs=600)


def test_a_seek_at_the_moment_of_a_change_goes_to_its_place(path: Path) -> None:
    with open_audio(path) as file:
        reader = FileReader(file, RATE)
        voice = Varispeed(reader, 1)
        for speed in (0.5, 2.0, 1.0):
            reader.seek(4 * RATE)
            voice.speed = speed
            voice.read(BLOCK)
            preroll = PREROLL_FRAMES if speed != 1 else 0
            assert reader.frame == 4 * RATE - preroll + BLOCK
            assert voice.place == pytest.approx(4 * RATE, abs=BLOCK)
