"""Colours for levels, from silence to full scale, evenly spaced for the eye."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Lightness, and the two colour axes of OKLab (Ottosson 2020), from silence to full scale. Equal
# steps of lightness are equal steps for the eye, so that no level looks like an edge.
_ANCHORS = np.array(
    [
        [0.12, 0.000, -0.015],
        [0.26, 0.020, -0.095],
        [0.42, 0.120, -0.090],
        [0.57, 0.170, 0.020],
        [0.71, 0.110, 0.120],
        [0.85, 0.020, 0.140],
        [0.97, -0.010, 0.060],
    ]
)


def color_table(n: int = 256) -> NDArray[np.uint32]:
    """`n` colours as 0xFFRRGGBB, shape (n,), dark to light."""
    at = np.linspace(0, len(_ANCHORS) - 1, n)
    places = np.arange(len(_ANCHORS))
    lab = np.stack([np.interp(at, places, axis) for axis in _ANCHORS.T], axis=1)
    rgb = np.rint(_to_srgb(lab) * 255).astype(np.uint32)
    table = 0xFF000000 | rgb[:, 0] << 16 | rgb[:, 1] << 8 | rgb[:, 2]
    return np.asarray(table, dtype=np.uint32)


def _to_srgb(lab: NDArray[np.float64]) -> NDArray[np.float64]:
    """OKLab to sRGB in 0..1, shape (n, 3); colours that a screen can't show are clipped."""
    to_lms = np.array(
        [
            [1, 0.3963377774, 0.2158037573],
            [1, -0.1055613458, -0.0638541728],
            [1, -0.0894841775, -1.2914855480],
        ]
    )
    to_rgb = np.array(
        [
            [4.0767416621, -3.3077115913, 0.2309699292],
            [-1.2684380046, 2.6097574011, -0.3413193965],
            [-0.0041960863, -0.7034186147, 1.7076147010],
        ]
    )
    linear = np.clip((lab @ to_lms.T) ** 3 @ to_rgb.T, 0, 1)
    curved = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.asarray(curved, dtype=np.float64)
