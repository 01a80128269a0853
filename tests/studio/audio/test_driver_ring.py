"""The ring that C empties: what goes in comes out, cut or not, and gaps are counted."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from studio.audio.driver_ring import DriverRing

SIZE = 64


def ramp(start: int, count: int) -> np.ndarray:
    return np.repeat(np.arange(start, start + count, dtype=np.float32)[:, None], 2, axis=1)


def take(ring: DriverRing, count: int) -> np.ndarray:
    """What the driver's thread does, in C."""
    out = np.zeros((min(count, ring.queue.read_available), 2), dtype=np.float32)
    ring.queue.readinto(out)
    return out


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=30))
def test_what_goes_in_comes_out(steps: list[tuple[int, int]]) -> None:
    ring, taken = DriverRing(SIZE), 0
    for count, want in steps:
        ring.write(ramp(ring.written, min(count, SIZE - (ring.written - ring.taken))))
        out = take(ring, want)
        np.testing.assert_array_equal(out, ramp(taken, len(out)))
        taken += len(out)
        assert ring.taken == taken
    assert (ring.missing, ring.underruns) == (0, 0)


@given(st.integers(0, 50), st.integers(12, 40), st.integers(1, 24))
def test_what_is_cut_off_fades_and_what_follows_comes_right_after(
    before: int, keep: int, count: int
) -> None:
    ring = DriverRing(SIZE)
    ring.write(np.ones((before, 2), dtype=np.float32))
    take(ring, before)
    ring.write(np.ones((60, 2), dtype=np.float32))
    ring.cut(keep, fade=8)
    assert ring.written == before + keep
    ring.write(np.full((count, 2), 0.5, dtype=np.float32))
    out = take(ring, SIZE)
    np.testing.assert_allclose(out[: keep - 8], 1)
    np.testing.assert_allclose(out[keep - 8 : keep, 0], np.linspace(1, 0, 8), atol=1e-6)
    np.testing.assert_allclose(out[keep : keep + count], 0.5)
    assert not out[keep + count :].any(), "nothing of what was cut off is heard"


def test_a_driver_that_was_quicker_than_the_cut_played_silence_that_is_counted() -> None:
    ring = DriverRing(SIZE)
    ring.write(np.ones((60, 2), dtype=np.float32))
    take(ring, 10)
    ring.cut(keep=8, fade=4)
    out = take(ring, 15)
    assert out[:4].min() == 1
    assert not out[8:].any()
    ring.write(np.full((20, 2), 0.5, dtype=np.float32))
    assert (ring.written, ring.missing, ring.underruns) == (18 + 20, 7, 1)
    np.testing.assert_allclose(take(ring, 20), 0.5)
    assert ring.taken == ring.written


def test_less_than_is_kept_stays_as_it_is() -> None:
    ring = DriverRing(SIZE)
    ring.write(np.ones((10, 2), dtype=np.float32))
    ring.cut(keep=20, fade=8)
    assert take(ring, 10).min() == 1
