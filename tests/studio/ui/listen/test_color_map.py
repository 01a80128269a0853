import numpy as np
import pytest

from studio.ui.listen.color_map import COLOR_MAPS, color_table


def luminance(table: np.ndarray) -> np.ndarray:
    """Relative luminance as WCAG 2 defines it, from 0xFFRRGGBB."""
    parts = np.stack([table >> 16 & 255, table >> 8 & 255, table & 255], axis=1) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("n", [2, 16, 256])
def test_one_opaque_colour_a_level(n: int) -> None:
    table = color_table("dusk", n)
    assert (table.shape, table.dtype) == ((n,), np.uint32)
    assert (table >> 24 == 255).all()


@pytest.mark.parametrize("name", COLOR_MAPS)
def test_louder_is_always_lighter_so_that_it_reads_without_colour(name: str) -> None:
    light = luminance(color_table(name, 64))
    if name == "paper":
        light = light[::-1]
    assert (np.diff(light) > 0).all()
    assert light[0] < 0.012
    assert light[-1] > 0.8


@pytest.mark.parametrize("name", COLOR_MAPS)
def test_no_step_looks_like_an_edge(name: str) -> None:
    lightness = np.cbrt(luminance(color_table(name)))  # what the eye makes of luminance, nearly
    steps = np.abs(np.diff(lightness))
    assert steps.max() < 3.5 * steps.mean()


def simulated(table: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """What a dichromat sees (Vienot, Brettel and Mollon 1999), linear RGB in 0..1."""
    parts = np.stack([table >> 16 & 255, table >> 8 & 255, table & 255], axis=1) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return np.clip(linear @ matrix.T, 0, 1)


@pytest.mark.parametrize(
    "matrix",
    [
        np.array([[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]]),
        np.array([[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]]),
    ],
    ids=["red-blind", "green-blind"],
)
def test_the_safe_map_keeps_its_steps_for_colour_blind_eyes(matrix: np.ndarray) -> None:
    seen = simulated(color_table("dune", 64), matrix)
    light = np.cbrt(seen @ np.array([0.2126, 0.7152, 0.0722]))
    assert (np.diff(light) > 0).all()
    plain = color_table("dune", 64)
    assert np.abs(seen[:, 2] - (plain & 255) / 255).max() < 0.35  # blue against yellow stays
