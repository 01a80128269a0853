import importlib.util
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.data import av_file
from models.data.audio_files import audio_info, find_audio, open_audio, read_audio
from models.errors import ModelError

RATE = 22_050
SECONDS = 4
N = SECONDS * RATE


def sound() -> np.ndarray:
    """Two channels of a glide that is nowhere like elsewhere; the right one is quieter."""
    t = np.arange(N) / RATE
    left = 0.5 * np.sin(2 * np.pi * (200 + 150 * t) * t)
    return np.stack([left, left / 4], axis=1).astype(np.float32)


def write(path: Path, container: str | None = None) -> Path:
    with av.open(str(path), "w", format=container) as file:
        stream = file.add_stream("aac", rate=RATE, layout="stereo", bit_rate=192_000)
        for at in range(0, N, 1024):
            planes = np.ascontiguousarray(sound()[at : at + 1024].T)
            frame = av.AudioFrame.from_ndarray(planes, format="fltp", layout="stereo")
            frame.sample_rate, frame.pts = RATE, at
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return path


@pytest.fixture(scope="module")
def m4a(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("aac") / "song.m4a")


@pytest.fixture(scope="module")
def whole(m4a: Path) -> np.ndarray:
    with open_audio(m4a) as file:
        return file.read(10 * N)


def test_all_of_it_is_read_as_it_was(m4a: Path, whole: np.ndarray) -> None:
    info = audio_info(m4a)
    assert (info.sample_rate, info.n_channels) == (RATE, 2)
    assert info.seconds == pytest.approx(SECONDS)
    assert whole.shape == (N, 2)
    assert whole.dtype == np.float32
    error = np.sqrt(np.mean((whole - sound()) ** 2))
    assert error < 0.02  # in time to the sample, else 0.3
    assert len(read_audio(m4a, RATE)) == N


@given(
    start=st.integers(0, N),
    sizes=st.lists(st.integers(1, 5000), min_size=1, max_size=4),
    end=st.integers(0, N),
)
def test_from_any_place_in_any_portions_the_same_samples_come(
    m4a: Path, whole: np.ndarray, start: int, sizes: list[int], end: int
) -> None:
    with open_audio(m4a) as file:
        for at in (start, end, 0):
            file.seek(at)
            for size in sizes:
                block = file.read(size)
                # AAC may stand for noise with noise, which is another at each decoding.
                np.testing.assert_allclose(block, whole[at : at + size], atol=0.002)
                at = min(N, at + size)


def test_a_bare_stream_is_read_and_sought_too(tmp_path: Path) -> None:
    path = write(tmp_path / "song.aac", "adts")
    with open_audio(path) as file:
        everything = file.read(10 * N)
        assert len(everything) == pytest.approx(N, abs=3 * av_file.ADTS_FRAMES)
        assert len(everything) == file.frames
        file.seek(30_000)
        np.testing.assert_array_equal(file.read(700), everything[30_000:30_700])


@pytest.mark.parametrize("content", [b"la la la" * 100, b"\x00\x00\x00\x20ftypM4A " + bytes(90)])
def test_what_is_no_sound_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "song.m4a"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"song\.m4a (is no audio file|has no sound)"):
        open_audio(path)


def test_a_damaged_file_is_told_in_words(m4a: Path, tmp_path: Path) -> None:
    data = bytearray(m4a.read_bytes())
    middle = data.index(b"mdat") + 20_000
    data[middle : middle + 20_000] = (bytes(range(256)) * 79)[:20_000]
    (tmp_path / "hurt.m4a").write_bytes(bytes(data))
    with pytest.raises(ModelError, match=r"hurt\.m4a is damaged"):
        read_audio(tmp_path / "hurt.m4a", RATE)


def test_without_the_library_a_sentence_says_how_to_get_it(
    m4a: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert find_audio(m4a.parent) == [m4a]
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ModelError, match="pip install av"):
        open_audio(m4a)
    assert find_audio(m4a.parent) == []
