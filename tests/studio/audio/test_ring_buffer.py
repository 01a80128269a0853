import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.audio.ring_buffer import OverrunError, RingBuffer


def ramp(start: int, count: int) -> np.ndarray:
    """Samples that tell their own position."""
    return np.arange(start, start + count, dtype=np.float32)[:, None]


@given(st.lists(st.integers(0, 37), max_size=30), st.integers(1, 20), st.integers(1, 3))
def test_what_is_kept_is_read_at_its_position(
    blocks: list[int], capacity: int, n_channels: int
) -> None:
    ring = RingBuffer(capacity, n_channels)
    factors = np.arange(1, n_channels + 1, dtype=np.float32)
    for size in blocks:
        ring.write(ramp(ring.written, size) * factors)
    assert ring.written == sum(blocks)
    start = max(0, ring.written - capacity)
    np.testing.assert_array_equal(
        ring.read(start, ring.written - start), ramp(start, ring.written - start) * factors
    )


def test_a_late_reader_is_told_how_late() -> None:
    ring = RingBuffer(10)
    ring.write(ramp(0, 10))
    ring.write(ramp(10, 3))
    with pytest.raises(OverrunError, match="3 samples lost") as caught:
        ring.read(0, 5)
    assert caught.value.lost == 3


def test_samples_overwritten_during_the_read_are_refused() -> None:
    ring = RingBuffer(10)
    ring.write(ramp(0, 10))

    class Interrupted(np.ndarray):
        """The writer comes between the reader's copy and its check."""

        def __getitem__(self, key: object) -> object:
            part = np.asarray(super().__getitem__(key)).copy()  # type: ignore[index]
            ring._samples = self.view(np.ndarray)
            ring.write(ramp(10, 1))
            return part

    ring._samples = ring._samples.view(Interrupted)
    with pytest.raises(OverrunError):
        ring.read(0, 8)


@pytest.mark.parametrize(("start", "count"), [(-1, 2), (0, 11), (8, 3)])
def test_samples_not_written_yet_are_a_mistake(start: int, count: int) -> None:
    ring = RingBuffer(20)
    ring.write(ramp(0, 10))
    with pytest.raises(ValueError, match="10 written"):
        ring.read(start, count)
