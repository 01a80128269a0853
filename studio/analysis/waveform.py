"""The outline of a sound: the lowest and highest sample of any stretch, at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

WAVEFORM_S = 600
BASE = 32  # samples in a bucket of the finest level
FACTOR = 4
N_LEVELS = 5  # the coarsest has buckets of 8192 samples

Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]
Outline = tuple[Floats, Floats]
NOTHING = (np.float32(np.inf), np.float32(-np.inf))  # lowest, highest of no sample


class WaveformPyramid:
    """Lowest and highest samples of a stream in buckets of several sizes, a ring for each size.

    Buckets lie at multiples of their size in stream positions, so that what is drawn does not
    tremble as it scrolls. One thread pushes, any may read. Memory is taken as sound comes: some
    ten megabytes for ten minutes.

    Parameters
    ----------
    sample_rate : int
        Hz.
    seconds : float
        How much is kept.
    """

    def __init__(self, sample_rate: int, seconds: float = WAVEFORM_S) -> None:
        coarsest = BASE * FACTOR ** (N_LEVELS - 1)
        n_coarse = -(-round(seconds * sample_rate) // coarsest) + 1
        self._levels = [_Level(n_coarse * coarsest // size, size) for size in _sizes()]
        self._next = 0
        self.begin = 0  # the position before which nothing was ever pushed

    @property
    def end(self) -> int:
        """The position after the newest sample."""
        return self._next

    def push(self, block: Floats, position: int) -> None:
        """Take samples, shape (n,), the first of which has position `position`.

        A position beyond `end` leaves a gap; one before it begins the stream anew.
        """
        if not len(block):
            return
        if position < self._next or self._next == 0:
            self.begin = position
            for level in self._levels:
                level.clear(position)
        lows = highs = block
        at, size = position, 1
        for level in self._levels:
            lows, highs = level.push(lows, highs, at // size, size)
            at, size = position // level.size * level.size, level.size
        self._next = position + len(block)

    def outline(self, edges: Numbers) -> Outline:
        """The lowest and highest sample between each two `edges`.

        Parameters
        ----------
        edges : array of int, shape (n + 1,), ascending
            Sample positions. A stretch shows the buckets that begin in it, which are at most a
            quarter as long as the shortest one; where none does, the bucket it begins in.

        Returns
        -------
        low, high : array of float32, shape (n,)
            `low` is above `high` where there is no sound, or none is kept any more.
        """
        shortest = int(np.diff(edges).min(initial=1 << 40))
        fitting = [level for level in self._levels if level.size * FACTOR <= shortest]
        return (fitting or self._levels[:1])[-1].outline(edges)


class _Level:
    """Buckets of one size; bucket number k holds the samples from k times the size on."""

    def __init__(self, capacity: int, size: int) -> None:
        self.size = size
        self._capacity = capacity
        self._lows = np.zeros(capacity, dtype=np.float32)
        self._highs = np.zeros(capacity, dtype=np.float32)
        self._begin = self._end = 0  # bucket numbers: [begin, end) have been filled

    def clear(self, position: int) -> None:
        """Begin anew at a position."""
        self._begin = self._end = position // self.size

    def push(self, lows: Floats, highs: Floats, first: int, size: int) -> Outline:
        """Take lowest and highest values of consecutive stretches of `size` samples.

        `first` is the number of the first stretch. Gives those of the buckets touched.
        """
        per_bucket = self.size // size
        bucket = first // per_bucket
        last = (first + len(lows) - 1) // per_bucket
        starts = np.arange(bucket, last + 1) * per_bucket - first
        starts[0] = 0
        low, high = np.minimum.reduceat(lows, starts), np.maximum.reduceat(highs, starts)
        self._fill_gap(bucket)
        numbers = np.arange(bucket, last + 1) % self._capacity
        if bucket == self._end - 1:  # it was begun before
            slot = numbers[0]
            self._lows[slot] = min(self._lows[slot], low[0])
            self._highs[slot] = max(self._highs[slot], high[0])
            self._lows[numbers[1:]], self._highs[numbers[1:]] = low[1:], high[1:]
        else:
            self._lows[numbers], self._highs[numbers] = low, high
        self._end = last + 1
        self._begin = max(self._begin, self._end - self._capacity)
        return low, high

    def _fill_gap(self, bucket: int) -> None:
        """Say of the buckets from the last one up to `bucket` that there is nothing."""
        first = max(self._end, bucket - self._capacity)
        if bucket > first:
            gap = np.arange(first, bucket) % self._capacity
            self._lows[gap], self._highs[gap] = NOTHING

    def outline(self, edges: Numbers) -> Outline:
        """The lowest and highest of the buckets that begin in each stretch, or of its first one."""
        bounds = -(-edges // self.size)
        is_short = bounds[1:] == bounds[:-1]
        first = np.maximum(bounds[:-1] - is_short, self._begin)
        after = np.minimum(bounds[1:], self._end)
        is_there = after > first
        if not is_there.any():
            return _reduced(self._lows, after, after)
        start = int(first[is_there].min())
        numbers = np.arange(start, int(after[is_there].max())) % self._capacity
        return _reduced(self._lows[numbers], first - start, after - start, self._highs[numbers])


def outline_of(samples: Floats, start: int, edges: Numbers) -> Outline:
    """The lowest and highest of `samples` between each two `edges`.

    Parameters
    ----------
    samples : array of float32, shape (n,)
        The first has position `start`.
    start : int
    edges : array of int, shape (n_stretches + 1,), ascending
        Sample positions; a stretch of no length shows the sample at its place.

    Returns
    -------
    low, high : array of float32, shape (n_stretches,)
        `low` is above `high` where there are no samples.
    """
    first = np.maximum(edges[:-1], start) - start
    after = np.minimum(np.maximum(edges[1:], edges[:-1] + 1), start + len(samples)) - start
    return _reduced(samples, first, after)


def _reduced(lows: Floats, first: Numbers, after: Numbers, highs: Floats | None = None) -> Outline:
    """The lowest of `lows` and highest of `highs` in each stretch [first, after), if it is one."""
    there = np.flatnonzero(after > first)
    # pairs of which every second stretch counts; one more value, for the end of the last
    pairs = np.stack((first[there], after[there]), axis=1).ravel()
    low, high = np.full(len(first), NOTHING[0]), np.full(len(first), NOTHING[1])
    if len(there):
        low[there] = np.minimum.reduceat(np.append(lows, NOTHING[0]), pairs)[::2]
        highs = lows if highs is None else highs
        high[there] = np.maximum.reduceat(np.append(highs, NOTHING[1]), pairs)[::2]
    return low, high


def _sizes() -> list[int]:
    return [BASE * FACTOR**level for level in range(N_LEVELS)]


class WaveformListener(WaveformPyramid):
    """The outline of what a source plays, of the channel that is analysed."""

    def reset(self, position: int) -> None:
        """A gap shows itself by the next position."""
