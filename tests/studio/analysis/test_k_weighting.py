import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyloudnorm import IIRfilter
from scipy.signal import sosfilt

from studio.analysis.k_weighting import KWeighting, k_sections

# BS.1770-4, tables 1 and 2: b0, b1, b2, 1, a1, a2 of both filters at 48 kHz
SHELF = [1.53512485958697, -2.69169618940638, 1.19839281085285]
SHELF_BACK = [1.0, -1.69065929318241, 0.73248077421585]
PASS, PASS_BACK = [1.0, -2.0, 1.0], [1.0, -1.99004745483398, 0.99007225036621]


def noise(rate: int, n_channels: int = 2) -> np.ndarray:
    sound = np.random.default_rng(rate).standard_normal((20_000, n_channels))
    return sound.astype(np.float32)


def test_at_48_khz_the_filters_are_the_standards() -> None:
    assert np.allclose(k_sections(48_000), [SHELF + SHELF_BACK, PASS + PASS_BACK], atol=1e-7)


@pytest.mark.parametrize("rate", [8000, 11_025, 44_100, 192_000])
def test_at_other_rates_they_are_those_of_pyloudnorm(rate: int) -> None:
    parts = (
        IIRfilter(3.99984385397, 0.7071752369554193, 1681.9744509555319, rate, "high_shelf_DeMan"),
        IIRfilter(0.0, 0.5003270373253953, 38.13547087613982, rate, "high_pass_DeMan"),
    )
    assert np.allclose(k_sections(rate), [[*part.b, *part.a] for part in parts], atol=1e-12)


@pytest.mark.parametrize("rate", [8000, 48_000, 192_000])
@pytest.mark.parametrize("n_channels", [1, 2, 6])
def test_it_is_the_recursion_sample_by_sample(rate: int, n_channels: int) -> None:
    sound = noise(rate, n_channels)
    expected = sosfilt(k_sections(rate), sound.astype(np.float64), axis=0)
    assert np.allclose(KWeighting(rate, n_channels).apply(sound), expected, atol=1e-9)


@settings(max_examples=30)
@given(st.lists(st.integers(0, 3000), min_size=1, max_size=12).filter(any))
def test_the_size_of_the_blocks_does_not_matter(sizes: list[int]) -> None:
    sound, made, at = noise(48_000), [], 0
    weighting = KWeighting(48_000, 2)
    while at < len(sound):
        for size in sizes:
            made.append(weighting.apply(sound[at : at + size]))
            at += size
    assert np.allclose(np.concatenate(made), KWeighting(48_000, 2).apply(sound), atol=1e-9)


def test_after_a_reset_nothing_rings_on() -> None:
    weighting = KWeighting(48_000, 2)
    weighting.apply(noise(48_000))
    weighting.reset()
    assert not weighting.apply(np.zeros((500, 2), dtype=np.float32)).any()


def test_to_measure_loudness_brings_no_library_of_filters_along() -> None:
    program = (
        "import sys, numpy; from studio.analysis.loudness import Loudness;"
        "meter = Loudness(48_000, 2); meter.push(numpy.random.rand(48_000, 2));"
        "assert meter.reading.momentary_lufs; print('scipy' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "False"
