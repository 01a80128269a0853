"""How frequencies are spread over the height of a picture."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

Scale = Literal["linear", "mel", "log", "note", "constant-q"]
SCALES: tuple[Scale, ...] = get_args(Scale)
ROWS_PER_SEMITONE = 3  # of the scales that know notes
A4_HZ, A4_PITCH = 440.0, 69
MEL_FACTOR, MEL_CORNER_HZ = 2595.0, 700.0

Floats = NDArray[np.float64]


def warp(scale: Scale, hz: float | Floats) -> Floats:
    """Frequency to height, in the scale's own unit (Hz, mel or semitones).

    Parameters
    ----------
    scale : Scale
    hz : float or array of any shape
        Above 0 for all but linear and mel.

    Returns
    -------
    array of the shape of `hz`

    Source
    ------
    The mel formula is O'Shaughnessy's (Speech Communication, 1987); semitones are MIDI pitches.
    """
    at = np.asarray(hz, dtype=np.float64)
    if scale == "linear":
        return at
    if scale == "mel":
        return MEL_FACTOR * np.log10(1 + at / MEL_CORNER_HZ)
    return A4_PITCH + 12 * np.log2(at / A4_HZ)


def unwarp(scale: Scale, height: float | Floats) -> Floats:
    """The inverse of `warp`, in Hz."""
    at = np.asarray(height, dtype=np.float64)
    if scale == "linear":
        return at
    if scale == "mel":
        return MEL_CORNER_HZ * (10 ** (at / MEL_FACTOR) - 1)
    return A4_HZ * 2 ** ((at - A4_PITCH) / 12)


def knows_notes(scale: Scale) -> bool:
    """Whether the rows of a scale lie on semitones."""
    return scale in ("note", "constant-q")
