import numpy as np
import pytest

from studio.ui.listen.color_map import color_table


def luminance(table: np.ndarray) -> np.ndarray:
    """Relative luminance as WCAG 2 defines it, from 0xFFRRGGBB."""
    parts = np.stack([table >> 16 & 255, table >> 8 & 255, table & 255], axis=1) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("n", [2, 16, 256])
def test_one_opaque_colour_a_level(n: int) -> None:
    table = color_table(n)
    assert (table.shape, table.dtype) == ((n,), np.uint32)
    assert (table >> 24 == 255).all()


def test_louder_is_always_lighter_so_that_it_reads_without_colour() -> None:
    light = luminance(color_table(64))
    assert (np.diff(light) > 0).all()
    assert light[0] < 0.01
    assert light[-1] > 0.8


def test_no_step_looks_like_an_edge() -> None:
    lightness = np.cbrt(luminance(color_table()))  # what the eye makes of luminance, nearly
    steps = np.diff(lightness)
    assert steps.max() < 3.5 * steps.mean()
