"""Minutes of a stream of samples, in half the memory where it is of 16 bits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.audio.ring_buffer import OverrunError

CHUNK = 1 << 16  # samples that are packed together
_WHOLE = np.float32(1 << 15)  # steps of a 16-bit sample from 0 to full scale

Samples = NDArray[np.float32] | NDArray[np.int16]


class PackedRing:
    """The last `capacity` samples of each channel. One thread writes, others read.

    What is read equals what was written: a chunk whose samples all are of 16 bits, as CDs,
    most files and most microphones have them, is kept so; any other as it came. Unlike a
    `RingBuffer` it takes memory as sound comes, so it is not for the sound driver's thread.
    """

    def __init__(self, capacity: int, n_channels: int = 1) -> None:
        self.capacity, self.n_channels = capacity, n_channels
        self.written = 0  # every sample before this position can be read
        # By chunk number modulo their count: (chunk number, its samples). A full chunk is never
        # written to again but replaced, so that a reader who holds it may go on.
        self._open = self._empty(0)  # the chunk that is begun
        self._chunks: list[tuple[int, Samples]] = [(-1, self._open)] * (capacity // CHUNK + 2)

    def _empty(self, size: int) -> NDArray[np.float32]:
        return np.empty((size, self.n_channels), dtype=np.float32)

    def write(self, block: NDArray[np.float32]) -> None:
        """Append `block`, shape (n, n_channels)."""
        for part in np.split(block, range(CHUNK - self.written % CHUNK, len(block), CHUNK)):
            self._append(part)

    def _append(self, part: NDArray[np.float32]) -> None:
        """Append samples that fit into the chunk that is begun."""
        number, at = divmod(self.written, CHUNK)
        slot = number % len(self._chunks)
        if at == 0:
            self._open = self._empty(CHUNK)
            self._chunks[slot] = (number, self._open)
        self._open[at : at + len(part)] = part
        if at + len(part) == CHUNK:
            self._chunks[slot] = (number, packed(self._open))
        self.written += len(part)  # after the copy: now it can be read

    def read(self, start: int, count: int) -> NDArray[np.float32]:
        """Copy samples, shape (count, n_channels), from position `start`, all already written.

        Raises OverrunError if any of them is kept no more.
        """
        if start < 0 or count < 0 or start + count > self.written:
            raise ValueError(f"samples {start}..{start + count} asked for, {self.written} written")
        if (lost := self.written - self.capacity - start) > 0:
            raise OverrunError(lost)
        block = self._empty(count)
        done = 0
        while done < count:
            number, at = divmod(start + done, CHUNK)
            part = self._chunk(number)[at : at + count - done]
            unpack(part, block[done : done + len(part)])
            done += len(part)
        return block

    def _chunk(self, number: int) -> Samples:
        found, chunk = self._chunks[number % len(self._chunks)]
        if found != number:
            raise OverrunError((found - number) * CHUNK)
        return chunk


def packed(samples: NDArray[np.float32]) -> Samples:
    """`samples` in 16 bits if that loses nothing, else as they are."""
    steps = samples * _WHOLE  # exact: a power of two
    if steps.max() >= _WHOLE or steps.min() < -_WHOLE:
        return samples
    whole = steps.astype(np.int16)
    return whole if np.array_equal(whole, steps) else samples


def unpack(samples: Samples, into: NDArray[np.float32]) -> None:
    """Copy samples, of 16 bits or not, as floats."""
    if samples.dtype == np.int16:
        np.multiply(samples, 1 / _WHOLE, out=into)
    else:
        into[:] = samples
