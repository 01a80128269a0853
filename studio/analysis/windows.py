"""The window functions that a spectrum can be seen through."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

Window = Literal["hann", "hamming", "blackman-harris", "flat-top", "rectangular"]
WINDOWS: tuple[Window, ...] = get_args(Window)

# Sums of cosines, Harris 1978 (IEEE Proc. 66-1); the flat top is the five-term one of ISO 18431-2.
_COSINES: dict[Window, tuple[float, ...]] = {
    "hann": (0.5, 0.5),
    "hamming": (0.54, 0.46),
    "blackman-harris": (0.35875, 0.48829, 0.14128, 0.01168),
    "flat-top": (1.0, 1.933, 1.286, 0.388, 0.0322),
    "rectangular": (1.0,),
}


def window_samples(window: Window, length: int) -> NDArray[np.float32]:
    """One period of a window function, so that a shift by one bin is a shift by one period.

    Parameters
    ----------
    window : Window
    length : int
        Samples.

    Returns
    -------
    array of float32, shape (length,)
    """
    phase = 2 * np.pi * np.arange(length) / length
    terms = enumerate(_COSINES[window])
    total = np.zeros(length)
    for order, amount in terms:
        total += (-1) ** order * amount * np.cos(order * phase)
    return total.astype(np.float32)
