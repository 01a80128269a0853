import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.ui.listen.scroll_clock import ScrollClock

RATE = 48_000
FRAME_S = 1 / 60


def shown(arrivals: list[tuple[float, int]], seconds: float) -> tuple[np.ndarray, np.ndarray]:
    """What is shown and what is newest at each frame, for portions that arrive at given times."""
    clock = ScrollClock(RATE)
    newest = [
        max((n for at, n in arrivals if at <= frame * FRAME_S), default=0)
        for frame in range(round(seconds / FRAME_S))
    ]
    return np.array([clock.advance(i * FRAME_S, n) for i, n in enumerate(newest)]), np.array(newest)


def steady(portion: int, seconds: float, jitter_s: float = 0.0) -> list[tuple[float, int]]:
    rng = np.random.default_rng(3)
    count = int(seconds * RATE / portion)
    late = rng.uniform(0, jitter_s, count) if jitter_s else np.zeros(count)
    return [(k * portion / RATE + late[k], k * portion) for k in range(count)]


@pytest.mark.parametrize("portion", [512, 1024, 2205, 4096])
def test_the_picture_runs_evenly_although_sound_comes_in_portions(portion: int) -> None:
    position, _ = shown(steady(portion, 6, jitter_s=0.005), 6)
    steps = np.diff(position[120:])
    even = RATE * FRAME_S
    assert steps.min() > 0.8 * even
    assert steps.max() < 1.2 * even


@pytest.mark.parametrize("portion", [512, 1024, 2205])
def test_it_stays_close_behind_the_newest_sound(portion: int) -> None:
    position, newest = shown(steady(portion, 6), 6)
    lag_s = (newest - position)[120:] / RATE
    assert lag_s.max() < 2 * (portion + RATE * FRAME_S) / RATE


@given(st.lists(st.tuples(st.floats(0, 0.5), st.integers(0, 30_000)), max_size=60))
def test_it_never_shows_what_is_not_there_and_never_runs_back(
    frames: list[tuple[float, int]],
) -> None:
    clock, now_s, newest, before = ScrollClock(RATE), 0.0, 0, 0
    for passed_s, arrived in frames:
        now_s, newest = now_s + passed_s, newest + arrived
        position = clock.advance(now_s, newest)
        assert before <= position <= newest
        before = position


def test_when_the_sound_stops_everything_of_it_is_shown() -> None:
    position, newest = shown(steady(2205, 2), 4)
    assert position[-1] == newest[-1]


def test_after_a_pause_it_catches_up_at_once() -> None:
    arrivals = [*steady(1024, 2), *((at + 5, n + 40 * RATE) for at, n in steady(1024, 1))]
    position, newest = shown(arrivals, 5.5)
    assert newest[-1] - position[-1] < 0.3 * RATE


def test_after_a_pause_it_runs_on_evenly() -> None:
    arrivals = [*steady(1024, 2), *((at + 5, n + 40 * RATE) for at, n in steady(1024, 4))]
    position, _ = shown(arrivals, 9)
    steps = np.diff(position)
    (jump,) = np.flatnonzero(steps > RATE)
    even = RATE * FRAME_S
    assert 0.5 * even < steps[jump + 1 :].min()
    assert steps[jump + 1 :].max() < 1.5 * even


def test_a_late_portion_is_forgotten() -> None:
    late = [(max(at, 2.2) if 2 <= at < 2.2 else at, n) for at, n in steady(512, 9)]
    position, newest = shown(late, 9)
    lag_s = (newest - position) / RATE
    assert lag_s[round(2.4 / FRAME_S)] > 0.1
    assert lag_s[round(7 / FRAME_S) :].max() < 0.05


def test_a_frame_that_comes_late_does_not_overshoot() -> None:
    clock, before = ScrollClock(RATE), 0
    for frame in range(600):
        before = round(frame * FRAME_S * RATE) // 4096 * 4096
        clock.advance(frame * FRAME_S, before)
    newest = 10 * RATE + 5000
    lag = newest - clock.advance(600 * FRAME_S + 0.45, newest)
    assert 0 < lag <= newest - before  # as much as came at once, and no more
