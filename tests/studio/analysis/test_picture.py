"""Where live columns and those of the past meet, whichever thread was quicker."""

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from studio.analysis.analysis_thread import AnalysisThread
from studio.analysis.channels import MIX, ChannelChoice
from studio.analysis.history import SpectrogramHistory, to_levels
from studio.analysis.listeners import SpectrogramListener
from studio.analysis.picture import Picture
from studio.analysis.reanalysis import BITE, MAX_WAITING
from studio.analysis.sound_memory import SoundMemory
from studio.analysis.spectrogram import Spectrogram, SpectrogramSettings
from studio.audio.ring_buffer import RingBuffer

RATE = 8000
BEFORE = SpectrogramSettings(RATE, n_fft=256, hop_length=64, n_rows=40, fmax_hz=4000.0)
AFTER = replace(BEFORE, n_fft=512, hop_length=32, n_rows=50)
SOUND = np.random.default_rng(3).standard_normal((6000, 2)).astype(np.float32) / 8


LOAD = MAX_WAITING * BITE  # columns that are made before one fetches them


class Tape:
    name, sample_rate, is_active, lost_samples = "tape", RATE, True, 0

    def __init__(self) -> None:
        self.ring = RingBuffer(60_000, 2)

    def start(self) -> None: ...

    def stop(self) -> None: ...


class Stage:
    """A picture whose analysis thread is moved by hand."""

    def __init__(self) -> None:
        self.tape, self.memory = Tape(), SoundMemory(RATE, 2)
        self.thread = AnalysisThread(self.tape, (self.memory,))
        self.picture = Picture(self.thread, self.memory, BEFORE)

    def play(self, start: int, end: int) -> None:
        self.tape.ring.write(SOUND[start:end])
        while self.thread.step():
            pass

    def fetch_until(self, is_so: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 20
        while not is_so():
            assert time.monotonic() < deadline
            self.picture.fetch()
            time.sleep(0.002)

    def settle(self) -> None:
        self.fetch_until(lambda: not self.picture.is_changing)
        self.picture.fetch()

    def wait_for_load(self) -> None:
        """Until the past waits to be fetched."""
        past, deadline = self.picture._past, time.monotonic() + 20
        assert past is not None
        while len(past._waiting) < MAX_WAITING:
            assert time.monotonic() < deadline
            time.sleep(0.002)

    def check(self, settings: SpectrogramSettings, channel: ChannelChoice = MIX) -> None:
        """The picture is that of the whole sound: no column missing, none twice."""
        whole = Spectrogram(settings).push(channel.mono(SOUND[: self.tape.ring.written]))
        history = self.picture.history
        assert self.picture.settings == settings
        assert history.n_kept == len(whole.db)
        levels, is_there = history.at(whole.positions, tolerance=0)
        assert is_there.all()
        np.testing.assert_array_equal(levels, to_levels(whole.db))


class Wedge:
    """A listener that does something once, in the middle of a portion being handed over."""

    def __init__(self, do: Callable[[], None]) -> None:
        self._do: Callable[[], None] | None = do

    def push(self, block: np.ndarray, position: int) -> None:
        do, self._do = self._do, None
        if do:
            do()

    def reset(self, position: int) -> None: ...


def test_a_source_that_stands_still_and_goes_on_leaves_no_seam() -> None:
    stage = Stage()
    stage.play(0, 3001)
    stage.picture.change(AFTER, MIX, 1.0)
    stage.settle()
    stage.check(AFTER)
    stage.play(3001, 6000)
    stage.settle()
    stage.check(AFTER)


def test_a_change_in_the_middle_of_a_portion_leaves_no_seam() -> None:
    """The new listener hears only the next portion; the past is drawn before that one comes."""
    stage = Stage()
    stage.play(0, 2000)

    def change() -> None:
        stage.picture.change(AFTER, MIX, 1.0)
        stage.settle()

    stage.thread.add(Wedge(change))
    stage.play(2000, 4001)
    stage.play(4001, 6000)
    stage.settle()
    stage.check(AFTER)


def test_several_changes_in_a_row_show_the_last_one() -> None:
    stage = Stage()
    stage.play(0, 3000)
    pasts = []
    for hop in (1, 16, 48):
        stage.picture.change(replace(AFTER, hop_length=hop), MIX, 1.0)
        pasts.append(stage.picture._past)
    stage.picture.change(AFTER, MIX, 1.0)
    assert stage.picture.asked_settings == AFTER
    assert stage.picture.settings == BEFORE
    stage.play(3000, 6000)
    stage.settle()
    stage.check(AFTER)
    stage.fetch_until(lambda: not any(past._thread.is_alive() for past in pasts if past))
    assert len(stage.thread._listeners) == 2  # the memory and the newest


def test_a_change_just_after_a_gap_leaves_nothing_but_the_gap() -> None:
    stage = Stage()
    stage.play(0, 2000)
    stage.tape.ring.write(SOUND[2000:2301])
    stage.thread._skip(2301)
    stage.play(2301, 2500)
    stage.picture.change(AFTER, MIX, 1.0)
    stage.play(2500, 6000)
    stage.settle()
    n_fft, hop = AFTER.n_fft, AFTER.hop_length
    starts = [*range(0, 2000 - n_fft + 1, hop), *range(2304, 6000 - n_fft + 1, hop)]
    positions = np.array(starts) + n_fft // 2
    _, is_there = stage.picture.history.at(positions, tolerance=0)
    assert is_there.all()
    assert stage.picture.history.n_kept == len(positions)


def test_another_channel_is_drawn_without_a_seam() -> None:
    stage, right = Stage(), ChannelChoice(1)
    stage.play(0, 3001)
    stage.thread.channel = right
    stage.picture.change(AFTER, right, 1.0)
    stage.play(3001, 6000)
    stage.settle()
    stage.check(AFTER, right)


def test_the_old_picture_stays_until_as_much_of_the_new_one_as_one_sees_is_there() -> None:
    stage = Stage()
    stage.play(0, 6000)
    stage.picture.change(replace(AFTER, hop_length=1), MIX, 1.5 * LOAD / RATE)
    for is_shown in (False, True):
        stage.wait_for_load()
        stage.picture.fetch()
        assert (stage.picture.settings.hop_length == 1) == is_shown
        assert stage.picture.is_changing
    stage.picture.stop()


@pytest.mark.parametrize(("settled", "begun", "expected"), [(None, 700, 700), (500, 700, 500)])
def test_where_the_live_columns_take_over_is_settled_once(
    settled: int | None, begun: int, expected: int
) -> None:
    listener = SpectrogramListener(AFTER, SoundMemory(RATE, 2))
    assert listener.first_position is None
    if settled is not None:
        assert listener.take_over_at(settled) == settled
    listener.push(SOUND[:100, 0], begun)
    assert listener.first_position == expected
    assert listener.take_over_at(900) == expected


def test_who_comes_with_a_new_channel_does_not_hear_the_old_one() -> None:
    stage, right, heard = Stage(), ChannelChoice(1), []

    class Ear:
        def push(self, block: np.ndarray, position: int) -> None:
            heard.append(block[0] == SOUND[position, 1])

        def reset(self, position: int) -> None: ...

    class Switch(ChannelChoice):
        """The old choice, during whose work the window chooses another."""

        def mono(self, frames: np.ndarray) -> np.ndarray:
            mixed = ChannelChoice.mono(self, frames)
            stage.thread.channel = right
            stage.thread.add(Ear())
            return mixed

    stage.thread.channel = Switch()
    stage.play(0, 100)
    stage.play(100, 200)
    assert heard == [True]


def test_a_past_that_fills_the_history_ends() -> None:
    stage = Stage()
    stage.play(0, 6000)
    stage.picture.fetch()
    settings = replace(AFTER, hop_length=1)
    stage.picture.change(settings, MIX, 0.1)
    stage.picture._coming = SpectrogramHistory(settings.n_rows, 100, 1.0)
    stage.wait_for_load()
    stage.picture.fetch()
    assert not stage.picture.is_changing
    whole = Spectrogram(settings).push(MIX.mono(SOUND))
    levels, is_there = stage.picture.history.at(whole.positions[-100:], tolerance=0)
    assert is_there.all()
    np.testing.assert_array_equal(levels, to_levels(whole.db[-100:]))
    assert stage.picture.history.n_kept == 100
