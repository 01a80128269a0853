from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.analysis.waveform import BASE, FACTOR, N_LEVELS, WaveformPyramid, outline_of

RATE = 1000
SIZES = [BASE * FACTOR**level for level in range(N_LEVELS)]


def noise(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-1, 1, count).astype(np.float32)


def push(pyramid: WaveformPyramid, sound: np.ndarray, cuts: list[int], position: int = 0) -> None:
    start = 0
    for cut in [*cuts, len(sound)]:
        pyramid.push(sound[start : start + cut], position + start)
        start += cut


def expected(sound: np.ndarray, start: int, edges: np.ndarray, size: int) -> list[tuple]:
    """Sample by sample, of the whole buckets that begin in each stretch."""
    found = []
    bounds = -(-edges // size) * size
    for low, high in pairwise(bounds):
        part = sound[max(0, low - start) : max(0, high - start)]
        found.append((part.min(), part.max()) if len(part) else (np.inf, -np.inf))
    return found


@given(
    cuts=st.lists(st.integers(1, 7000), max_size=12),
    begin=st.integers(0, 5000),
    size=st.sampled_from(SIZES),
    at=st.integers(0, 30_000),
)
@settings(max_examples=60)
def test_an_outline_is_that_of_the_samples(cuts: list[int], begin: int, size: int, at: int) -> None:
    sound = noise(30_000)
    pyramid = WaveformPyramid(RATE, 100)
    push(pyramid, sound, cuts, begin)
    assert (pyramid.begin, pyramid.end) == (begin, begin + len(sound))
    edges = at + np.arange(20) * (size * FACTOR + 3)
    low, high = pyramid.outline(edges)
    wanted = expected(sound, begin, edges, size)
    assert list(zip(low, high, strict=True)) == wanted


def test_a_stretch_shorter_than_a_bucket_shows_the_one_it_lies_in() -> None:
    sound, pyramid = noise(2000), WaveformPyramid(RATE, 100)
    push(pyramid, sound, [300] * 5)
    edges = np.arange(100, 1900, 7)
    low, high = pyramid.outline(edges)
    for k, after in enumerate(edges[1:]):
        bucket = (after - 1) // BASE * BASE  # the one that begins in it, or in which it begins
        assert (low[k], high[k]) == (
            sound[bucket : bucket + BASE].min(),
            sound[bucket : bucket + BASE].max(),
        )


def test_no_peak_is_lost_however_far_one_looks() -> None:
    sound = np.zeros(600_000, dtype=np.float32)
    sound[123_456], sound[500_001] = 0.9, -0.8
    pyramid = WaveformPyramid(RATE, 600)
    push(pyramid, sound, [4096] * 100)
    for n_pixels in (3, 10, 100, 1200):
        low, high = pyramid.outline(np.linspace(0, 600_000, n_pixels + 1).astype(np.int64))
        assert (high.max(), low.min()) == (np.float32(0.9), np.float32(-0.8))
        assert int(np.argmax(high)) == 123_456 * n_pixels // 600_000


def test_the_oldest_is_forgotten_and_the_newest_right_after_many_rounds() -> None:
    pyramid = WaveformPyramid(RATE, 40)
    sound = noise(300_000)
    push(pyramid, sound, [1777] * 200)
    edges = np.arange(270_000, 300_001, 600)
    low, high = pyramid.outline(edges)
    assert list(zip(low, high, strict=True)) == expected(sound, 0, edges, BASE * FACTOR)
    low, high = pyramid.outline(np.arange(0, 10_000, 300))
    assert (low > high).all()


@pytest.mark.parametrize("gap", [10, 5_000, 500_000])
def test_a_gap_is_empty(gap: int) -> None:
    pyramid = WaveformPyramid(RATE, 100)
    first, second = noise(20_000), noise(20_000, 1)
    push(pyramid, first, [999] * 10)
    push(pyramid, second, [999] * 10, 20_000 + gap)
    edges = np.arange(20_032, 20_000 + gap - 31, 32)
    if len(edges) > 1:
        low, high = pyramid.outline(edges)
        assert (low > high).all()
    edges = 20_032 + gap + np.arange(0, 10_000, 130)
    low, high = pyramid.outline(edges)
    assert list(zip(low, high, strict=True)) == expected(second, 20_000 + gap, edges, BASE)


def test_a_stream_that_begins_anew_forgets_the_one_before() -> None:
    pyramid = WaveformPyramid(RATE, 100)
    pyramid.push(np.ones(9000, dtype=np.float32), 0)
    pyramid.push(np.full(500, 0.5, dtype=np.float32), 100)
    low, high = pyramid.outline(np.arange(0, 9000, 500))
    assert high.max() == 0.5
    assert (low[2:] > high[2:]).all()


@given(start=st.integers(-50, 50), count=st.integers(0, 200), edges=st.lists(st.integers(0, 120)))
def test_the_outline_of_samples_is_sample_for_sample(
    start: int, count: int, edges: list[int]
) -> None:
    sound, at = noise(count), np.array(sorted(edges), dtype=np.int64)
    if len(at) < 2:
        return
    low, high = outline_of(sound, start, at)
    for k, (first, after) in enumerate(pairwise(at)):
        # a stretch shorter than a sample shows the sample it lies in
        part = sound[max(0, first - start) : max(0, max(after, first + 1) - start)]
        wanted = (part.min(), part.max()) if len(part) else (np.inf, -np.inf)
        assert (low[k], high[k]) == wanted
