"""Colours for levels, from silence to full scale, evenly spaced for the eye."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

# Lightness, and the two colour axes of OKLab (Ottosson 2020), from silence to full scale. Equal
# steps of lightness are equal steps for the eye, so that no level looks like an edge. All are ours.
_ANCHORS: dict[str, tuple[tuple[float, float, float], ...]] = {
    "dusk": (
        (0.12, 0.000, -0.015),
        (0.26, 0.020, -0.095),
        (0.42, 0.120, -0.090),
        (0.57, 0.170, 0.020),
        (0.71, 0.110, 0.120),
        (0.85, 0.020, 0.140),
        (0.97, -0.010, 0.060),
    ),
    # blue to yellow: two opposites that red-blind, green-blind and full eyes tell apart alike
    "dune": (
        (0.13, 0.000, -0.030),
        (0.30, -0.005, -0.085),
        (0.47, 0.000, -0.040),
        (0.64, 0.000, 0.040),
        (0.81, 0.005, 0.110),
        (0.96, -0.005, 0.120),
    ),
    "reef": (
        (0.12, 0.010, -0.040),
        (0.29, -0.010, -0.095),
        (0.46, -0.060, -0.055),
        (0.63, -0.110, 0.010),
        (0.80, -0.100, 0.100),
        (0.96, -0.040, 0.130),
    ),
    "ember": (
        (0.10, 0.000, 0.000),
        (0.28, 0.090, 0.050),
        (0.46, 0.160, 0.095),
        (0.64, 0.120, 0.130),
        (0.82, 0.030, 0.150),
        (0.98, 0.000, 0.040),
    ),
    "frost": (
        (0.10, 0.000, -0.010),
        (0.28, 0.000, -0.110),
        (0.46, -0.020, -0.130),
        (0.64, -0.050, -0.095),
        (0.82, -0.050, -0.045),
        (0.98, -0.008, -0.008),
    ),
    "grey": ((0.08, 0.0, 0.0), (1.0, 0.0, 0.0)),
    "paper": ((1.0, 0.0, 0.0), (0.08, 0.0, 0.0)),  # for printing
}
COLOR_MAPS = tuple(_ANCHORS)


@cache
def color_table(name: str = "dusk", n: int = 256) -> NDArray[np.uint32]:
    """`n` colours as 0xFFRRGGBB, shape (n,), from silent to loud; a KeyError for other names."""
    anchors = np.array(_ANCHORS[name])
    at = np.linspace(0, len(anchors) - 1, n)
    places = np.arange(len(anchors))
    lab = np.stack([np.interp(at, places, axis) for axis in anchors.T], axis=1)
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
