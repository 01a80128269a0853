import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from studio.analysis.kept_sound import MARGIN_S, KeptSound
from studio.analysis.sound_memory import SoundMemory

RATE = 1000


def frames(position: int, count: int) -> np.ndarray:
    ramp = np.arange(position, position + count, dtype=np.float32) + 1
    return np.stack([ramp, -ramp], axis=1)


@given(
    st.lists(st.tuples(st.integers(0, 300), st.integers(1, 900)), min_size=1, max_size=8),
    st.floats(0.1, 8.0),
    st.integers(1, 700),
)
def test_the_last_seconds_are_kept_sample_by_sample_and_gaps_are_silence(
    parts: list[tuple[int, int]], seconds: float, size: int
) -> None:
    memory = SoundMemory(RATE, 2, seconds=60.0)
    position, stream = 0, np.zeros((0, 2), dtype=np.float32)
    for index, (gap, count) in enumerate(parts):
        gap = gap if index else 0
        position += gap
        memory.push_frames(frames(position, count), position)
        stream = np.concatenate([stream, np.zeros((gap, 2)), frames(position, count)])
        position += count
    sound = KeptSound.last(memory, seconds)
    assert sound is not None
    kept = np.concatenate(list(sound.portions(size)))
    np.testing.assert_array_equal(kept, stream[-round(seconds * RATE) :])
    assert sound.seconds == len(kept) / RATE


def test_of_a_full_memory_the_oldest_is_left_out_as_it_is_about_to_go() -> None:
    memory = SoundMemory(RATE, 2, seconds=10.0)
    memory.push_frames(frames(0, 15 * RATE), 0)
    sound = KeptSound.last(memory, 600)
    assert sound is not None
    assert sound.seconds == 10 - MARGIN_S
    assert sound.end == 15 * RATE


def test_nothing_heard_is_nothing_to_keep() -> None:
    assert KeptSound.last(SoundMemory(RATE, 1), 60) is None
