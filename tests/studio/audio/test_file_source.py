import time
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
import pytest
import soundfile

from studio.audio import file_source
from studio.audio.file_source import FileSource
from studio.audio.overview import Overview
from studio.errors import StudioError

RATE = 8000


def heard_by(source: FileSource) -> np.ndarray:
    """What the ring has, shape (n, n_channels)."""
    return source.ring.read(0, source.ring.written)


def write_ramp(path: Path, seconds: float = 1.0, channels: int = 1) -> np.ndarray:
    samples = np.linspace(-0.5, 0.5, round(seconds * RATE), dtype=np.float32)
    sound = np.stack([samples] * channels, axis=1)
    soundfile.write(path, sound, RATE, subtype="FLOAT" if path.suffix == ".wav" else None)
    return samples


def wait_for_end(source: FileSource) -> None:
    deadline = time.monotonic() + 20
    while source.is_active:
        assert time.monotonic() < deadline
        time.sleep(0.005)


def play(path: Path) -> FileSource:
    source = FileSource(path, is_audible=False, is_paced=False)
    source.start()
    wait_for_end(source)
    return source


@pytest.mark.parametrize("channels", [1, 2, 3])
def test_every_sample_of_the_file_goes_through_the_ring(tmp_path: Path, channels: int) -> None:
    samples = write_ramp(tmp_path / "a.wav", channels=channels)
    source = play(tmp_path / "a.wav")
    assert source.sample_rate == RATE
    expected = np.tile(samples[:, None], channels)
    np.testing.assert_allclose(heard_by(source), expected, atol=1e-6)
    source.stop()


@pytest.mark.parametrize("suffix", [".flac", ".ogg", ".mp3"])
def test_compressed_files_are_heard_too(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"sine{suffix}"
    soundfile.write(path, np.sin(np.arange(44100) * 2 * np.pi * 1000 / 44100) * 0.5, 44100)
    source = play(path)
    peak = np.abs(np.fft.rfft(heard_by(source)[8192:24576, 0])).argmax() * 44100 / 16384
    assert peak == pytest.approx(1000, abs=3)
    source.stop()


def test_aac_is_heard_shown_and_sought_like_any_other(tmp_path: Path) -> None:
    path, n = tmp_path / "sine.m4a", 3 * 44_100
    sine = np.sin(np.arange(n) * 2 * np.pi * 1000 / 44_100, dtype=np.float32) / 2
    with av.open(str(path), "w") as file:
        stream = file.add_stream("aac", rate=44_100, layout="mono")
        frame = av.AudioFrame.from_ndarray(sine[None], format="fltp", layout="mono")
        frame.sample_rate, frame.pts = 44_100, 0
        for part in (*stream.encode(frame), *stream.encode(None)):
            file.mux(part)
    source = FileSource(path, is_audible=False, is_paced=False)
    source.seek(1.0)
    source.start()
    wait_for_end(source)
    source.stop()
    heard = heard_by(source)[:, 0]
    assert len(heard) == pytest.approx(2 * 44_100, abs=2048)
    peak = np.abs(np.fft.rfft(heard[8192:24576])).argmax() * 44100 / 16384
    assert peak == pytest.approx(1000, abs=3)
    overview = Overview(path)
    assert overview.wait(20)
    assert np.median(overview.highs) == pytest.approx(0.5, abs=0.05)


def test_pause_stands_still_and_seek_goes_to_the_place(tmp_path: Path) -> None:
    samples = write_ramp(tmp_path / "a.wav", seconds=4)
    source = FileSource(tmp_path / "a.wav", is_audible=False)
    source.pause()
    source.seek(3.0)
    source.start()
    while source.ring.written < 1024:
        time.sleep(0.005)
    source.pause()
    time.sleep(0.3)
    written = source.ring.written
    time.sleep(0.3)
    assert source.ring.written == written
    np.testing.assert_allclose(
        source.ring.read(0, 1024)[:, 0], samples[3 * RATE : 3 * RATE + 1024], atol=1e-6
    )
    assert source.time_s == pytest.approx(3 + written / RATE)
    source.stop()
    assert not source.is_active


def test_a_file_is_paced_in_real_time(tmp_path: Path) -> None:
    write_ramp(tmp_path / "a.wav", seconds=60)
    source = FileSource(tmp_path / "a.wav", is_audible=False)
    source.start()
    time.sleep(0.5)
    source.stop()
    assert 0 < source.ring.written < 5 * RATE


def test_a_text_file_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "song.wav"
    path.write_text("la la la")
    with pytest.raises(StudioError, match=r"song\.wav is no audio file"):
        FileSource(path)


def test_a_truncated_wav_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "song.wav"
    write_ramp(path)
    path.write_bytes(path.read_bytes()[:-5000])
    with pytest.raises(StudioError, match="truncated"):
        FileSource(path)


def test_the_pace_makes_up_for_waking_late_but_not_for_a_long_stall(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [100.0]

    def late_sleep(seconds: float) -> None:
        now[0] += seconds + 0.012 * (len(waits) % 2)  # every other time woken 12 ms late
        waits.append(seconds)

    waits: list[float] = []
    clock_of_test = SimpleNamespace(monotonic=lambda: now[0], sleep=late_sleep)
    monkeypatch.setattr(file_source, "time", clock_of_test)
    clock = file_source._Clock(1000)
    for _ in range(400):
        clock.wait_for(10)
    assert now[0] == pytest.approx(104, abs=0.05)
    now[0] += 10
    began = now[0]
    for _ in range(100):
        clock.wait_for(10)
    assert now[0] - began == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("speed", [0.5, 0.75, 1.25, 2.0])
def test_another_speed_changes_how_long_it_takes_but_not_the_pitch(
    tmp_path: Path, speed: float
) -> None:
    rate, seconds = 22_050, 6.0
    t = np.arange(round(seconds * rate)) / rate
    soundfile.write(tmp_path / "a.wav", 0.5 * np.sin(2 * np.pi * 440 * t), rate)
    source = FileSource(tmp_path / "a.wav", is_audible=False, is_paced=False)
    source.speed = speed
    source.start()
    wait_for_end(source)
    source.stop()
    heard = heard_by(source)[:, 0]
    assert len(heard) / len(t) * speed == pytest.approx(1, abs=0.01)
    middle = heard[len(heard) // 4 :][: 1 << 15]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle)), 1 << 20))
    hz = spectrum.argmax() * rate / (1 << 20)
    assert 1200 * np.log2(hz / 440) == pytest.approx(0, abs=1)
    assert np.sqrt(2 * np.mean(middle**2)) == pytest.approx(0.5, rel=0.03)


def test_a_loop_is_kept_in_the_file_and_is_never_empty(tmp_path: Path) -> None:
    write_ramp(tmp_path / "a.wav", seconds=2)
    source = FileSource(tmp_path / "a.wav", is_audible=False)
    for asked, kept in (((0.5, 1.5), (0.5, 1.5)), ((1.5, 0.5), (0.5, 1.5)), ((-3, 9), (0, 2))):
        source.loop = asked
        assert source.loop == pytest.approx(kept)
    source.loop = (1.0, 1.0)
    assert source.loop is not None
    assert source.loop[1] > source.loop[0]
    source.loop = None
    assert source.loop is None
    source.stop()


def test_the_volume_changes_what_is_heard_without_a_click_and_not_what_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    played: list[np.ndarray] = []

    class Loudspeaker:
        def __init__(self, *_: object) -> None: ...

        def write(self, block: np.ndarray) -> bool:
            played.append(block)
            source.volume = 1.0 if len(played) < 5 else 0.25
            return True

        def close(self) -> None: ...

    monkeypatch.setattr(file_source, "Speaker", Loudspeaker)
    soundfile.write(tmp_path / "a.wav", np.full(2 * RATE, 0.5), RATE)
    source = FileSource(tmp_path / "a.wav")
    source.start()
    wait_for_end(source)
    source.stop()
    np.testing.assert_allclose(heard_by(source)[:, 0], 0.5, atol=1e-4)
    loud = np.concatenate(played)[:, 0]
    np.testing.assert_allclose(loud[:2048], 0.5, atol=1e-3)
    np.testing.assert_allclose(loud[6 * 512 :], 0.125, atol=1e-3)
    assert np.abs(np.diff(loud)).max() < 0.01  # no jump from one volume to another


def test_a_flac_that_was_cut_short_is_told_where_it_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.flac"
    rng = np.random.default_rng(0)
    soundfile.write(path, rng.uniform(-0.5, 0.5, 4 * RATE), RATE)
    path.write_bytes(path.read_bytes()[:-20_000])
    source = FileSource(path, is_audible=False, is_paced=False)
    source.start()
    wait_for_end(source)
    assert "a.flac can't be read any further" in source.failure
    assert source.ring.written > RATE
    source.stop()
