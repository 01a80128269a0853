import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest

from studio.analysis.channels import ChannelChoice
from studio.analysis.hearing import Hearing
from studio.analysis.history import to_levels
from studio.analysis.picture import level_at
from studio.analysis.scales import SCALES, Scale
from studio.analysis.spectrogram import Spectrogram
from studio.audio.ring_buffer import RingBuffer
from studio.errors import StudioError

RATE = 8000


class Tape:
    """A source that plays what a test gives it, at once."""

    name, sample_rate, is_active = "tape", RATE, True

    def __init__(self, samples: np.ndarray, failure: str = "") -> None:
        self.ring = RingBuffer(20 * RATE)
        self.lost_samples = 0
        self.samples, self.failure, self.is_open = samples, failure, False

    def start(self) -> None:
        if self.failure:
            raise StudioError(self.failure)
        self.is_open = True
        for start in range(0, len(self.samples), 333):
            self.ring.write(self.samples[start : start + 333])

    def stop(self) -> None:
        self.is_open = False


def heard_at(hearing: Hearing, position: int, hz: float) -> float | None:
    return level_at(hearing.history, hearing.settings, position, hz)


def wait_for(hearing: Hearing, n_columns: int) -> None:
    deadline = time.monotonic() + 20
    while hearing.history.count < n_columns:
        assert time.monotonic() < deadline
        hearing.fetch()
        time.sleep(0.005)


def test_live_columns_are_those_of_the_whole_sound_bit_for_bit() -> None:
    samples = np.random.default_rng(0).standard_normal(2 * RATE).astype(np.float32) / 8
    hearing = Hearing(Tape(samples), ask_genre=lambda *window: None)
    whole = Spectrogram(hearing.settings).push(samples)
    hearing.start()
    wait_for(hearing, len(whole.db))
    hearing.stop()
    for column in (0, 7, len(whole.db) - 1):
        position = int(whole.positions[column])
        for row in (3, 300, 630):
            shown = level_at(
                hearing.history, hearing.settings, position, float(hearing.settings.row_hz[row])
            )
            assert shown == pytest.approx(float(whole.db[column, row]), abs=0.26)
    assert heard_at(hearing, int(whole.positions[-1]) + RATE, 440.0) is None
    assert hearing.lost_samples == 0
    assert hearing.failure is None


@pytest.mark.parametrize("scale", SCALES)
def test_after_a_change_the_past_is_drawn_as_if_it_had_been_so_from_the_start(
    scale: Scale,
) -> None:
    samples = np.random.default_rng(0).standard_normal(5 * RATE).astype(np.float32) / 8
    tape = Tape(samples[: 3 * RATE])
    hearing = Hearing(tape, ask_genre=lambda *window: None)
    hearing.start()
    wait_for(hearing, 20)
    before = hearing.history
    settings = replace(hearing.settings, scale=scale, n_fft=1024, hop_length=256, fmax_hz=3000.0)
    hearing.change_settings(settings)
    assert hearing.history is before  # until the new picture is there
    for start in range(3 * RATE, 5 * RATE, 500):
        tape.ring.write(samples[start : start + 500])
        hearing.fetch()
        time.sleep(0.002)
    whole = Spectrogram(settings).push(samples)
    deadline = time.monotonic() + 20
    while hearing.settings != settings or hearing.history.n_kept < len(whole.db):
        assert time.monotonic() < deadline
        hearing.fetch()
        time.sleep(0.005)
    hearing.stop()
    levels, is_there = hearing.history.at(whole.positions, tolerance=0)
    assert is_there.all()
    assert hearing.history.n_kept == len(whole.db)
    np.testing.assert_array_equal(levels, to_levels(whole.db))


def test_what_stands_still_is_drawn_anew_too() -> None:
    samples = np.random.default_rng(1).standard_normal(2 * RATE).astype(np.float32) / 8
    hearing = Hearing(Tape(samples), ask_genre=lambda *window: None)
    hearing.start()
    wait_for(hearing, 10)
    hearing.stop()
    settings = replace(hearing.settings, n_fft=512, hop_length=128)
    hearing.change_settings(settings)
    deadline = time.monotonic() + 20
    while hearing.settings != settings:
        assert time.monotonic() < deadline
        hearing.fetch()
        time.sleep(0.005)
    whole = Spectrogram(settings).push(samples)
    assert hearing.history.n_kept == len(whole.db)


def test_another_channel_is_seen_from_the_beginning() -> None:
    tape = Tape(np.zeros(0))
    tape.ring = RingBuffer(20 * RATE, 2)
    t = np.arange(2 * RATE) / RATE
    left, right = np.sin(2 * np.pi * 500 * t), np.sin(2 * np.pi * 1500 * t)
    hearing = Hearing(tape, ask_genre=lambda *window: None)
    hearing.start()
    tape.ring.write(np.stack([left, right], axis=1).astype(np.float32))
    wait_for(hearing, 10)
    middle = RATE
    assert heard_at(hearing, middle, 500.0) == pytest.approx(
        heard_at(hearing, middle, 1500.0), abs=2
    )
    hearing.channel = ChannelChoice(1)
    before = hearing.history
    deadline = time.monotonic() + 20
    while hearing.history is before:
        assert time.monotonic() < deadline
        hearing.fetch()
        time.sleep(0.005)
    hearing.stop()
    low, high = (
        heard_at(hearing, middle, 500.0),
        heard_at(hearing, middle, 1500.0),
    )
    assert low is not None
    assert high is not None
    assert high > low + 60


def test_a_source_that_does_not_open_leaves_nothing_running() -> None:
    hearing = Hearing(Tape(np.zeros(0), "the desk is on fire"), ask_genre=lambda *window: None)
    with pytest.raises(StudioError, match="on fire"):
        hearing.start()
    assert not hearing._thread._thread.is_alive()


def test_a_mistake_in_a_listener_is_kept_for_the_window_to_tell() -> None:
    def fail(*window: object) -> None:
        raise ZeroDivisionError("no genre")

    hearing = Hearing(Tape(np.zeros(4 * RATE, np.float32)), ask_genre=fail)
    hearing.start()
    deadline = time.monotonic() + 20
    while hearing.failure is None:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    hearing.stop()
    assert str(hearing.failure) == "no genre"


def test_the_path_of_sound_imports_nothing_heavy() -> None:
    program = (
        "import sys, studio.analysis.hearing, studio.audio.input_stream, studio.audio.file_source;"
        "print([m for m in ('librosa', 'torch', 'onnxruntime', 'scipy.signal', 'PySide6', "
        "'pyqtgraph', 'sounddevice', 'matplotlib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_a_channel_chosen_while_the_picture_changes_keeps_the_new_settings() -> None:
    hearing = Hearing(Tape(np.zeros(RATE, np.float32)), ask_genre=lambda *window: None)
    hearing.start()
    wait_for(hearing, 5)
    settings = replace(hearing.settings, n_fft=512, hop_length=128)
    hearing.change_settings(settings)
    hearing.channel = ChannelChoice(0)
    deadline = time.monotonic() + 20
    while hearing.is_changing:
        assert time.monotonic() < deadline
        hearing.fetch()
        time.sleep(0.005)
    hearing.stop()
    assert hearing.settings == settings
