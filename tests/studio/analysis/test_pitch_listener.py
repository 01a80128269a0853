import numpy as np

from studio.analysis.pitch import PitchTracker
from studio.analysis.pitch_listener import KEPT_S, PitchListener

RATE = 16_000


def sine(hz: float, seconds: float = 0.5) -> np.ndarray:
    t = np.arange(round(seconds * RATE)) / RATE
    return (0.3 * np.sin(2 * np.pi * hz * t)).astype(np.float32)


def test_it_hears_what_the_tracker_hears_from_where_it_began() -> None:
    listener, tracker = PitchListener(RATE), PitchTracker(RATE)
    sound = sine(300)
    listener.push(sound[:3000], 777)
    listener.push(sound[3000:], 3777)
    tracker.reset(777)
    expected = tracker.push(sound)
    assert listener.newest(1000) == expected
    assert listener.newest(3) == expected[-3:]
    assert listener.newest(0) == []


def test_windows_never_reach_across_a_gap() -> None:
    listener = PitchListener(RATE)
    listener.push(sine(300), 0)
    before = len(listener.newest(1000))
    listener.push(sine(500), 1_000_000)
    after = listener.newest(1000)[before:]
    assert all(r.hz is not None and abs(r.hz - 500) < 1 for r in after)
    assert after[0].position >= 1_000_000


def test_it_forgets_what_is_older_than_a_minute() -> None:
    listener = PitchListener(RATE)
    silence = np.zeros(RATE * 10, dtype=np.float32)
    for second in range(0, KEPT_S + 10, 10):
        listener.push(silence, second * RATE)
    assert len(listener.newest(10**6)) == KEPT_S * 100
