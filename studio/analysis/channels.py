"""Which of a source's channels is analysed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class ChannelChoice:
    """One channel by its index, or with None the mean of all of them."""

    index: int | None = None

    def mono(self, frames: NDArray[np.float32]) -> NDArray[np.float32]:
        """The chosen channel of `frames`.

        Parameters
        ----------
        frames : array of float32, shape (n, n_channels)

        Returns
        -------
        array of float32, shape (n,)
            A source that has fewer channels than were chosen from gives its last one.
        """
        n_channels = frames.shape[1]
        if self.index is None and n_channels > 1:
            # channel by channel, so that no blocking of the sum can depend on the portion's size
            total = frames[:, 0].copy()
            for channel in range(1, n_channels):
                total += frames[:, channel]
            return total / np.float32(n_channels)
        return np.ascontiguousarray(frames[:, min(self.index or 0, n_channels - 1)])


MIX = ChannelChoice()
