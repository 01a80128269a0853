import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from studio.audio.recorder import MOST_WAITING_S, Recorder
from studio.audio.wav_file import WavWriter
from studio.errors import StudioError

RATE = 8000
PROGRAM = Path(__file__).parent / "programs" / "record.py"


def ramp(first: int, count: int, n_channels: int = 2) -> np.ndarray:
    """Samples that tell their own position, exact in float32."""
    column = np.arange(first, first + count, dtype=np.float32) / 2**20
    return np.repeat(column[:, None], n_channels, axis=1)


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_every_sample_of_every_channel_is_in_the_file(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "r.wav", RATE, 2)
    for first in range(700, 700 + 40 * 511, 511):  # listening began in the middle of a stream
        recorder.push_frames(ramp(first, 511), first)
    recorder.stop()
    recorder.wait()
    found, rate = soundfile.read(tmp_path / "r.wav", dtype="float32")
    assert rate == RATE
    np.testing.assert_array_equal(found, ramp(700, 40 * 511))
    assert recorder.seconds == pytest.approx(40 * 511 / RATE)
    assert recorder.n_bytes == (tmp_path / "r.wav").stat().st_size
    assert recorder.failure == ""


def test_what_was_lost_is_silence_so_that_times_stay_true(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "r.wav", RATE, 2)
    recorder.push_frames(ramp(100, 50), 100)
    recorder.reset(70_000)
    recorder.push_frames(ramp(70_000, 50), 70_000)
    recorder.stop()
    recorder.wait()
    found, _ = soundfile.read(tmp_path / "r.wav", dtype="float32")
    assert len(found) == 70_050 - 100
    np.testing.assert_array_equal(found[-50:], ramp(70_000, 50))
    assert not found[50:-50].any()


def test_what_comes_after_the_stop_is_not_recorded(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "r.wav", RATE, 2)
    recorder.push_frames(ramp(0, 50), 0)
    recorder.stop()
    recorder.push_frames(ramp(50, 50), 50)
    recorder.wait()
    assert soundfile.info(tmp_path / "r.wav").frames == 50


@pytest.mark.parametrize("run", [0, 1])
def test_a_killed_program_leaves_all_but_the_last_second(tmp_path: Path, run: int) -> None:
    path = tmp_path / "killed.wav"
    program = subprocess.Popen(
        [sys.executable, str(PROGRAM), str(path)],
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    seconds = 0
    while seconds < 2 + run:
        seconds = int(program.stdout.readline())
    program.kill()  # SIGKILL: nothing of its own runs any more
    program.communicate()
    found, _ = soundfile.read(path, dtype="float32")
    assert len(found) >= (seconds - 1) * RATE
    np.testing.assert_array_equal(found, ramp(0, len(found), 1)[:, 0])


def test_a_folder_that_goes_away_ends_the_recording_with_a_sentence(tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    recorder = Recorder(folder / "r.wav", RATE, 2)
    recorder.push_frames(ramp(0, RATE), 0)
    until(lambda: recorder.seconds >= 1)
    shutil.rmtree(folder)
    recorder.push_frames(ramp(RATE, RATE), RATE)
    until(lambda: recorder.is_done)
    assert "r.wav can't be written any further" in recorder.failure
    assert "gone" in recorder.failure


def test_a_full_disk_ends_the_recording_and_what_was_written_is_valid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = WavWriter.write

    def full_after_a_second(self: WavWriter, frames: np.ndarray) -> None:
        if self.n_samples >= RATE:
            raise OSError(28, "No space left on device")
        write(self, frames)

    monkeypatch.setattr(WavWriter, "write", full_after_a_second)
    recorder = Recorder(tmp_path / "r.wav", RATE, 2)
    for first in range(0, 3 * RATE, 100):
        recorder.push_frames(ramp(first, 100), first)
    until(lambda: recorder.is_done)
    assert "No space left on device. The first 1 seconds are kept." in recorder.failure
    found, _ = soundfile.read(tmp_path / "r.wav", dtype="float32")
    np.testing.assert_array_equal(found, ramp(0, RATE))


def test_a_disk_that_is_too_slow_ends_the_recording_instead_of_eating_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_awake = threading.Event()
    write = WavWriter.write

    def late(self: WavWriter, frames: np.ndarray) -> None:
        is_awake.wait(20)
        write(self, frames)

    monkeypatch.setattr(WavWriter, "write", late)
    recorder = Recorder(tmp_path / "r.wav", RATE, 2)
    n_portions = round(MOST_WAITING_S) + 1  # of a second each; one is being written
    for index in range(n_portions + 1):
        assert recorder.failure == ""
        recorder.push_frames(ramp(index * RATE, RATE), index * RATE)
    recorder.push_frames(ramp(0, RATE), n_portions * RATE + RATE)
    assert "too slow" in recorder.failure
    is_awake.set()
    recorder.wait()
    found, _ = soundfile.read(tmp_path / "r.wav", dtype="float32")
    np.testing.assert_array_equal(found, ramp(0, len(found)))
    assert len(found) >= n_portions * RATE


def test_a_file_that_cannot_be_made_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match=r"r\.wav can't be written: No such file"):
        Recorder(tmp_path / "nowhere" / "r.wav", RATE, 2)


def test_a_program_that_ends_without_a_word_leaves_a_whole_file(tmp_path: Path) -> None:
    words = (
        "import sys, pathlib, numpy; from studio.audio.recorder import Recorder;"
        "Recorder(pathlib.Path(sys.argv[1]), 8000, 1).push_frames("
        "numpy.ones((100, 1), numpy.float32), 0)"
    )
    env = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    path = tmp_path / "r.wav"
    subprocess.run([sys.executable, "-c", words, str(path)], env=env, check=True, timeout=30)
    assert soundfile.info(path).frames == 100
