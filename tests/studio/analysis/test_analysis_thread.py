import time
from itertools import pairwise

import numpy as np
import pytest

from studio.analysis.analysis_thread import LOUDEST, AnalysisThread
from studio.analysis.channels import ChannelChoice
from studio.analysis.listeners import GENRE_WINDOW_S, GenreListener
from studio.audio.ring_buffer import RingBuffer

RATE = 1000


class Tape:
    """A source that a test writes by hand."""

    name, sample_rate, lost_samples, is_active = "tape", RATE, 0, True

    def __init__(self, capacity: int = 10_000) -> None:
        self.ring = RingBuffer(capacity)

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def write(self, count: int) -> None:
        self.ring.write(np.arange(self.ring.written, self.ring.written + count, dtype=np.float32))


class Recorder:
    def __init__(self) -> None:
        self.heard: list[float] = []
        self.gaps: list[int] = []

    def push(self, block: np.ndarray, position: int) -> None:
        assert block[0] == position
        self.heard.extend(block)

    def reset(self, position: int) -> None:
        self.gaps.append(position)


def test_listeners_hear_every_sample_once_and_in_order() -> None:
    tape, recorder = Tape(), Recorder()
    thread = AnalysisThread(tape, [recorder])
    thread.start()
    for _ in range(20):
        tape.write(300)
        time.sleep(0.002)
    deadline = time.monotonic() + 10
    while len(recorder.heard) < 6000:
        assert time.monotonic() < deadline
        time.sleep(0.002)
    thread.stop()
    assert recorder.heard == list(range(6000))
    assert thread.lost_samples == 0


def test_what_is_lost_is_counted_and_told() -> None:
    tape, recorder = Tape(capacity=100), Recorder()
    thread = AnalysisThread(tape, [recorder])
    tape.write(50)
    assert thread.step()
    tape.write(80)
    tape.write(80)
    while thread.step():
        pass
    (gap,) = recorder.gaps
    assert thread.lost_samples == gap - 50
    assert recorder.heard == [*range(50), *range(gap, 210)]


class Stereo(Tape):
    def __init__(self) -> None:
        self.ring = RingBuffer(10_000, 2)

    def write_frames(self, count: int) -> None:
        ramp = np.arange(self.ring.written, self.ring.written + count, dtype=np.float32)
        self.ring.write(np.stack([ramp, 3 * ramp], axis=1))


class Taster:
    """Takes both channels."""

    def __init__(self) -> None:
        self.frames: list[np.ndarray] = []

    def push_frames(self, frames: np.ndarray, position: int) -> None:
        assert frames[0, 0] == position
        self.frames.append(frames)

    def reset(self, position: int) -> None: ...


def test_listeners_get_the_chosen_channel_or_all_of_them() -> None:
    tape, mono, frames = Stereo(), [], Taster()
    thread = AnalysisThread(tape, [frames])

    class Ear:
        def push(self, block: np.ndarray, position: int) -> None:
            mono.append((block[-1] / (position + len(block) - 1)).item())

        def reset(self, position: int) -> None: ...

    ear = Ear()
    thread.add(ear)
    for index in (None, 0, 1, 7):
        thread.channel = ChannelChoice(index)
        tape.write_frames(100)
        thread.step()
    assert mono == [2.0, 1.0, 3.0, 3.0]
    assert [part.shape for part in frames.frames] == [(100, 2)] * 4
    thread.remove(ear)
    tape.write_frames(100)
    thread.step()
    assert len(mono) == 4
    assert len(frames.frames) == 5


def test_the_genre_is_asked_twice_a_second_once_three_seconds_were_heard() -> None:
    asked: list[tuple[int, float, float]] = []
    listener = GenreListener(RATE, lambda y, rate, at: asked.append((at, y[0], y[-1])))
    samples = np.arange(5000, dtype=np.float32)
    for start in range(0, 5000, 50):
        listener.push(samples[start : start + 50], start)
    assert [at for at, _, _ in asked] == [3000, 3500, 4000, 4500, 5000]
    assert all((first, last) == (at - 3000, at - 1) for at, first, last in asked)
    listener.reset(9000)
    assert listener.heard_s == 0
    listener.push(samples, 9000)
    assert listener.heard_s == GENRE_WINDOW_S


@pytest.mark.parametrize("seed", range(5))
def test_the_genre_is_asked_at_the_same_places_however_the_sound_comes(seed: int) -> None:
    asked: list[tuple[int, float, float]] = []
    listener = GenreListener(RATE, lambda y, rate, at: asked.append((at, y[0], y[-1])))
    samples = np.arange(9000, dtype=np.float32)
    cuts = np.random.default_rng(seed).choice(9000, 3 if seed == 0 else 40, replace=False)
    for start, end in pairwise([0, *sorted(cuts.tolist()), 9000]):
        listener.push(samples[start:end], start)
    places = [at for at, _, _ in asked]
    assert places[0] <= 3.5 * RATE  # the first name
    assert places == list(range(3000, 9001, 500))  # then two a second
    assert all((first, last) == (at - 3000, at - 1) for at, first, last in asked)


def test_a_model_that_hears_longer_or_shorter_is_asked_about_so_much() -> None:
    asked: list[tuple[int, int]] = []
    listener = GenreListener(RATE, lambda y, rate, at: asked.append((at, len(y))))
    samples = np.zeros(4000, np.float32)
    listener.push(samples, 0)
    listener.window_s = 1.25
    listener.push(samples[:2000], 4000)
    assert asked == [(3000, 3000), (3500, 3000), (4000, 3000), (5250, 1250), (5750, 1250)]


def test_samples_that_are_no_numbers_reach_no_listener() -> None:
    tape, recorder = Tape(), Recorder()
    thread = AnalysisThread(tape, [recorder])
    tape.ring.write(np.array([0, np.nan, np.inf, -np.inf, 3e38, 0.5], dtype=np.float32))
    assert thread.step()
    assert recorder.heard == [0.0, 0.0, LOUDEST, -LOUDEST, LOUDEST, 0.5]
