"""The filter in front of a loudness meter: what the ear hears louder weighs more."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BLOCK = 64  # samples that are answered at once
PORTION = 8 * BLOCK  # of products of larger matrices numpy makes several threads, and loses by it
SHELF_HZ, SHELF_Q, SHELF_DB = 1681.9744509555319, 0.7071752369554193, 3.99984385397
SHELF_BEND = 0.4996667741545416  # where on the slope the shelf has its corner
PASS_HZ, PASS_Q = 38.13547087613982, 0.5003270373253953

Doubles = NDArray[np.float64]


def k_sections(sample_rate: int) -> Doubles:
    """The high shelf and the high pass of K-weighting.

    Parameters
    ----------
    sample_rate : int
        In Hz.

    Returns
    -------
    array of float64, shape (2, 6)
        Of each filter the numerator b0, b1, b2 and the denominator 1, a1, a2.

    Source
    ------
    ITU-R BS.1770-4, Annex 1; for rates other than 48 kHz: Brecht De Man, Evaluation of
    Implementations of the EBU R128 Loudness Measurement, AES 145 (2018).
    """
    k, gain = np.tan(np.pi * SHELF_HZ / sample_rate), 10 ** (SHELF_DB / 20)
    bend = gain**SHELF_BEND * k / SHELF_Q
    shelf = [gain + bend + k * k, 2 * (k * k - gain), gain - bend + k * k]
    denominator = _denominator(k, SHELF_Q)
    low = _denominator(np.tan(np.pi * PASS_HZ / sample_rate), PASS_Q)
    # the standard's high pass has a numerator of whole numbers
    return np.array([[*shelf, *denominator] / denominator[0], [1, -2, 1, *low / low[0]]])


def _denominator(k: float, q: float) -> Doubles:
    return np.array([1 + k / q + k * k, 2 * (k * k - 1), 1 - k / q + k * k])


class KWeighting:
    """Filters every channel as the sound comes, with a state of four numbers for each.

    A recursion sample by sample is slow in Python, and the libraries that have one bring a hundred
    megabytes along. So many samples at a time are answered at once: what comes out is a sum of what
    comes in, by the impulse response, and of what the state rings on with.
    """

    def __init__(self, sample_rate: int, n_channels: int) -> None:
        step, entry, out, through = _state_space(k_sections(sample_rate))
        self._powers = np.stack([np.linalg.matrix_power(step, n) for n in range(BLOCK + 1)])
        self._rings = np.stack([out @ power for power in self._powers[:-1]], axis=1)  # (4, BLOCK)
        self._enters = np.stack([power @ entry for power in self._powers[-2::-1]])  # (BLOCK, 4)
        response = np.array([through, *(entry @ self._rings)[:-1]])
        late = np.arange(BLOCK) - np.arange(BLOCK)[:, None]
        self._answers = np.where(late >= 0, response[late], 0.0)  # (in, out)
        self._state = np.zeros((n_channels, 4))

    def reset(self) -> None:
        """Ring no more."""
        self._state[:] = 0

    def apply(self, frames: NDArray[np.float32]) -> Doubles:
        """The weighted samples.

        Parameters
        ----------
        frames : array of float32, shape (n, n_channels)

        Returns
        -------
        array of float64, shape (n, n_channels)
        """
        made = np.empty((frames.shape[1], len(frames)))
        for at in range(0, len(frames), PORTION):
            sound = frames[at : at + PORTION].T.astype(np.float64)
            whole = sound.shape[1] // BLOCK * BLOCK
            blocks = sound[:, :whole].reshape(len(sound), -1, BLOCK)
            made[:, at : at + whole] = self._answer(blocks).reshape(len(sound), whole)
            rest = self._answer(sound[:, None, whole:])[:, 0]
            made[:, at + whole : at + PORTION] = rest
        return made.T

    def _answer(self, blocks: Doubles) -> Doubles:
        """What comes out for blocks of one size, shape (n_channels, n_blocks, up to BLOCK)."""
        size = blocks.shape[2]
        entering = blocks @ self._enters[BLOCK - size :]
        states = np.empty_like(entering)
        step = self._powers[size].T
        for index in range(blocks.shape[1]):
            states[:, index] = self._state
            self._state = self._state @ step + entering[:, index]
        made: Doubles = blocks @ self._answers[:size, :size] + states @ self._rings[:, :size]
        return made


def _state_space(sections: Doubles) -> tuple[Doubles, Doubles, Doubles, float]:
    """Two second-order filters in a row, each as two states that are handed on.

    With state s and sample x, what comes out is out · s + through * x, and the next state is
    step @ s + entry * x: shapes (4, 4), (4,), (4,) and ().
    """
    (b0, b1, b2, _, a1, a2), (d0, d1, d2, _, c1, c2) = sections
    first = np.array([1.0, 0, 0, 0, b0])  # the first filter's answer, of (s, x)
    second = d0 * first + np.array([0, 0, 1, 0, 0])
    s1, s3, x = np.eye(5)[[1, 3, 4]]
    rows = np.array(
        [
            b1 * x - a1 * first + s1,
            b2 * x - a2 * first,
            d1 * first - c1 * second + s3,
            d2 * first - c2 * second,
        ]
    )
    return rows[:, :4], rows[:, 4], second[:4], float(second[4])
