import errno
import io
import tempfile
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from studio.audio.wav_file import FULL_SCALE_24, SampleFormat, WavWriter

RATE = 48_000
FORMATS: tuple[SampleFormat, ...] = ("float", "24-bit")


def noise(n: int, n_channels: int) -> np.ndarray:
    rng = np.random.default_rng(n)
    return rng.uniform(-0.99, 0.99, (n, n_channels)).astype(np.float32)


class SmallDisk(io.FileIO):
    """A disk with room for some bytes only."""

    room = 1000

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        fitting = min(len(data), self.room - self.tell())
        if fitting <= 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(data[:fitting])


@given(st.sampled_from(FORMATS), st.integers(1, 8), st.lists(st.integers(0, 700), max_size=6))
def test_what_is_written_in_portions_is_read_as_one(
    sample_format: SampleFormat, n_channels: int, portions: list[int]
) -> None:
    sound = noise(sum(portions), n_channels)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sound.wav"
        writer = WavWriter.create(path, RATE, n_channels, sample_format)
        for portion in np.split(sound, np.cumsum(portions)[:-1] if portions else []):
            writer.write(portion)
        writer.close()
        found, rate = soundfile.read(path, dtype="float64", always_2d=True)
        assert path.stat().st_size % 2 == 0
        assert int.from_bytes(path.read_bytes()[4:8], "little") == path.stat().st_size - 8
    assert rate == RATE
    step = 0 if sample_format == "float" else 1 / FULL_SCALE_24
    assert found.shape == sound.shape
    assert np.abs(found - sound).max(initial=0) <= step


@pytest.mark.parametrize("sample_format", FORMATS)
def test_a_file_beyond_the_limit_is_an_rf64_that_holds_all(
    tmp_path: Path, sample_format: SampleFormat
) -> None:
    path = tmp_path / "long.wav"
    sound = noise(5001, 1)
    writer = WavWriter(path.open("xb", buffering=0), RATE, 1, sample_format, largest=8000)
    writer.write(sound[:1000])
    writer.sync()
    assert path.read_bytes()[:4] == b"RIFF"
    writer.write(sound[1000:])
    writer.sync()
    assert path.read_bytes()[:4] == b"RF64"
    assert soundfile.info(path).frames == 5001
    writer.close()
    found, _ = soundfile.read(path, dtype="float32", always_2d=True)
    np.testing.assert_allclose(found, sound, atol=2 / FULL_SCALE_24)


def test_the_limit_is_where_32_bits_end(tmp_path: Path) -> None:
    path = tmp_path / "sparse.wav"
    raw = path.open("xb", buffering=0)
    writer = WavWriter(raw, RATE, 2)
    for n_samples, kind in (((1 << 29) - 100, b"RIFF"), ((1 << 29) + 100, b"RF64")):
        writer.n_samples = n_samples  # as if so much had been written: a hole takes no room
        raw.truncate(writer.n_bytes)
        writer.sync()
        with path.open("rb") as file:
            assert file.read(4) == kind
        assert soundfile.info(path).frames == n_samples
    raw.close()


def test_after_every_sync_the_file_is_valid_and_holds_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "growing.wav"
    writer = WavWriter.create(path, RATE, 2)
    sound = noise(3000, 2)
    for end in (1000, 2000, 3000):
        writer.write(sound[end - 1000 : end])
        before = soundfile.info(path).frames
        assert before == end - 1000, "a header promises nothing that was not synced"
        writer.sync()
        found, _ = soundfile.read(path, dtype="float32")
        np.testing.assert_array_equal(found, sound[:end])
    writer.close()


def test_on_a_full_disk_what_was_written_stays_valid(tmp_path: Path) -> None:
    path = tmp_path / "full.wav"
    writer = WavWriter(SmallDisk(path, "xb"), RATE, 1)
    sound = noise(400, 1)
    writer.write(sound[:100])
    with pytest.raises(OSError, match="No space"):
        writer.write(sound[100:])
    writer.close()
    found, _ = soundfile.read(path, dtype="float32", always_2d=True)
    np.testing.assert_array_equal(found, sound[:100])


def test_too_loud_is_clipped_in_24_bits_and_kept_in_float(tmp_path: Path) -> None:
    for sample_format, loudest in (("float", 2.0), ("24-bit", 1.0)):
        path = tmp_path / f"{sample_format}.wav"
        writer = WavWriter.create(path, RATE, 1, sample_format)  # type: ignore[arg-type]
        writer.write(np.array([[2.0], [-2.0]], dtype=np.float32))
        writer.close()
        found, _ = soundfile.read(path)
        np.testing.assert_allclose(found, [loudest, -loudest], atol=1e-6)


def test_a_file_that_is_there_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "mine.wav"
    path.write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        WavWriter.create(path, RATE, 1)
    assert path.read_bytes() == b"mine"
