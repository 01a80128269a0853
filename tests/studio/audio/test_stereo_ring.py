"""The ring ahead of the driver: what goes in comes out, and what is cut off fades."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from studio.audio.stereo_ring import StereoRing


def ramp(start: int, count: int) -> np.ndarray:
    return np.repeat(np.arange(start, start + count, dtype=np.float32)[:, None], 2, axis=1)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=30))
def test_what_goes_in_comes_out_and_silence_after_it(steps: list[tuple[int, int]]) -> None:
    ring, written, taken = StereoRing(64), 0, 0
    for put, want in steps:
        put = min(put, ring.space)
        ring.write(ramp(written, put))
        written += put
        out = np.full((want, 2), np.nan, dtype=np.float32)
        count = ring.take_into(out)
        assert count == min(want, written - taken)
        np.testing.assert_array_equal(out[:count], ramp(taken, count))
        assert not out[count:].any()
        taken += count


def test_what_is_cut_off_fades_and_what_follows_comes_right_after() -> None:
    ring = StereoRing(64)
    ring.write(np.ones((60, 2), dtype=np.float32))
    ring.take_into(np.zeros((10, 2), dtype=np.float32))
    ring.cut(keep=20, fade=8)
    ring.write(np.full((4, 2), 0.5, dtype=np.float32))
    out = np.zeros((30, 2), dtype=np.float32)
    assert ring.take_into(out) == 24
    np.testing.assert_allclose(out[:12], 1)
    np.testing.assert_allclose(out[12:20, 0], np.linspace(1, 0, 8), atol=1e-6)
    np.testing.assert_allclose(out[20:24], 0.5)


def test_less_than_is_kept_stays_as_it_is() -> None:
    ring = StereoRing(64)
    ring.write(np.ones((10, 2), dtype=np.float32))
    ring.cut(keep=20, fade=8)
    out = np.zeros((10, 2), dtype=np.float32)
    assert ring.take_into(out) == 10
    assert out.min() == 1


def test_a_reader_that_was_quicker_than_the_cut_gets_silence() -> None:
    ring = StereoRing(64)
    ring.write(np.ones((30, 2), dtype=np.float32))
    ring.cut(keep=8, fade=4)
    ring.taken = 12  # between two steps of the cut
    out = np.ones((4, 2), dtype=np.float32)
    assert ring.take_into(out) == 0
    assert not out.any()
