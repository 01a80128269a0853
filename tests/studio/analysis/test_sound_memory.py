import itertools

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from studio.analysis.sound_memory import SoundMemory, Stretch
from studio.audio.packed_ring import PackedRing

RATE = 100


def frames(position: int, count: int) -> np.ndarray:
    """Two channels that tell their own position."""
    ramp = np.arange(position, position + count, dtype=np.float32)
    return np.stack([ramp, -ramp], axis=1)


@example([(0, 60), (1, 60), (1, 60), (1, 60), (1, 17), (1, 1)])  # of the first, two are left
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 60)), min_size=1, max_size=15))
def test_what_is_kept_is_read_at_its_position_and_gaps_stay_gaps(
    parts: list[tuple[int, int]],
) -> None:
    memory = SoundMemory(RATE, n_channels=2, seconds=2.0)
    position, heard = 0, []
    for gap, count in parts:
        position += gap
        memory.push_frames(frames(position, count), position)
        heard += range(position, position + count)
        position += count
    kept = [at for s in memory.stretches() for at in range(s.start, s.end)]
    assert kept == heard[-2 * RATE :]
    for stretch in memory.stretches():
        found = memory.read(stretch.start, stretch.end - stretch.start)
        np.testing.assert_array_equal(found, frames(stretch.start, stretch.end - stretch.start))
        assert memory.read(stretch.start, stretch.end - stretch.start + 1) is None
    for one, other in itertools.pairwise(memory.stretches()):
        assert one.end < other.start


def test_nothing_heard_is_nothing_kept() -> None:
    memory = SoundMemory(RATE, n_channels=1)
    assert memory.stretches() == []
    assert memory.read(0, 1) is None


def test_many_channels_are_kept_for_a_shorter_time() -> None:
    assert SoundMemory(48_000, 2).capacity_s == 600
    assert 100 < SoundMemory(48_000, 8).capacity_s < 200


def test_a_stream_that_began_before_is_kept_from_where_one_listens() -> None:
    memory = SoundMemory(RATE, n_channels=2)
    memory.push_frames(frames(70, 10), 70)
    assert memory.stretches() == [Stretch(70, 80)]


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_gap_that_comes_while_one_reads_is_not_read_over(when: str) -> None:
    """The writer is let in just before, or just after, the reader looks how much there is."""

    class Busy(PackedRing):
        reads = 0

        @property
        def written(self) -> int:
            is_now = self.reads == 1
            self.reads -= 1
            if is_now and when == "before":
                memory.push_frames(frames(50, 10), 50)
            written = self.__dict__["so_far"]
            if is_now and when == "after":
                memory.push_frames(frames(50, 10), 50)
            return int(written)

        @written.setter
        def written(self, value: int) -> None:
            self.__dict__["so_far"] = value

    memory = SoundMemory(RATE, n_channels=2)
    memory._ring = Busy(200, 2)
    memory.push_frames(frames(0, 10), 0)
    memory._ring.reads = 1
    assert memory.read(5, 10) is None
    assert memory.stretches() == [Stretch(0, 10), Stretch(50, 60)]
