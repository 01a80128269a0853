"""Cuts a stream into overlapping frames."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class FrameCutter:
    """Frames of `n_fft` samples at every `hop_length`, whatever portions the stream comes in.

    Parameters
    ----------
    n_fft : int
        Samples in a frame.
    hop_length : int
        Samples from one frame's start to the next one's.
    """

    def __init__(self, n_fft: int, hop_length: int) -> None:
        self._n_fft, self._hop = n_fft, hop_length
        self.reset()

    def reset(self) -> None:
        """Forget what is not yet a frame."""
        self._pending = np.zeros(0, dtype=np.float32)

    def push(self, block: NDArray[np.float32]) -> NDArray[np.float32]:
        """Take the next samples.

        Parameters
        ----------
        block : array of float32, shape (n,)

        Returns
        -------
        array of float32, shape (n_frames, n_fft)
            The frames that are complete now.
        """
        samples = np.concatenate((self._pending, block))
        count = max(0, (len(samples) - self._n_fft) // self._hop + 1)
        self._pending = samples[count * self._hop :].copy()
        if count == 0:
            return np.zeros((0, self._n_fft), dtype=np.float32)
        windows = np.lib.stride_tricks.sliding_window_view(samples, self._n_fft)
        return windows[:: self._hop][:count]
