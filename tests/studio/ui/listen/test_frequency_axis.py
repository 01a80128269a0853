import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.analysis.scales import SCALES, Scale
from studio.ui.listen.frequency_axis import (
    SMALLEST_PART,
    FrequencyAxis,
    hz_to_pitch,
    note_and_cents,
    note_name,
    pitch_to_hz,
    round_hz,
)

LIMITS = FrequencyAxis(27.5, 18_000)


@st.composite
def axes(draw: st.DrawFn) -> FrequencyAxis:
    """An axis inside the limits of its scale, as wide as the narrowest zoom at least."""
    limits = replace(LIMITS, scale=draw(st.sampled_from(SCALES)))
    low = draw(st.floats(0, 0.95))
    high = draw(st.floats(low + 0.045, 1))
    return FrequencyAxis(limits.hz(low), limits.hz(high), limits.scale)


@given(axes(), st.floats(-0.5, 1.5))
def test_height_and_frequency_are_inverse(axis: FrequencyAxis, fraction: float) -> None:
    assert axis.fraction(axis.hz(fraction)) == pytest.approx(fraction, abs=1e-9)


@given(axes())
def test_the_ends_of_the_axis_are_its_edges(axis: FrequencyAxis) -> None:
    assert (axis.hz(0), axis.hz(1)) == pytest.approx((axis.low_hz, axis.high_hz))


@given(axes(), st.floats(0.01, 100), st.floats(0, 1))
def test_a_zoom_stays_inside_the_limits_and_never_narrower_than_a_part_of_them(
    axis: FrequencyAxis, factor: float, fraction: float
) -> None:
    limits = replace(LIMITS, scale=axis.scale)
    zoomed = axis.zoomed(factor, fraction, limits)
    low, high = limits.fraction(zoomed.low_hz), limits.fraction(zoomed.high_hz)
    assert zoomed.scale == axis.scale
    assert low >= -1e-9
    assert high <= 1 + 1e-9
    assert high - low >= SMALLEST_PART - 1e-9


@given(axes(), st.floats(0.3, 1), st.floats(0, 1))
def test_zooming_in_keeps_the_frequency_under_the_pointer(
    axis: FrequencyAxis, factor: float, fraction: float
) -> None:
    zoomed = axis.zoomed(factor, fraction, replace(LIMITS, scale=axis.scale))
    assert zoomed.fraction(axis.hz(fraction)) == pytest.approx(fraction, abs=1e-6)


@given(st.floats(0, 127))
def test_pitch_and_frequency_are_inverse(pitch: float) -> None:
    assert hz_to_pitch(pitch_to_hz(pitch)) == pytest.approx(pitch, abs=1e-9)


def test_an_octave_doubles_and_a_is_440() -> None:
    assert pitch_to_hz(69) == 440
    assert pitch_to_hz(81) == pytest.approx(880)
    assert [note_name(p) for p in (21, 60, 108)] == ["A0", "C4", "C8"]
    assert len({note_name(p) for p in range(128)}) == 128


@given(st.integers(21, 120), st.integers(-49, 49))
def test_the_note_and_its_cents_give_the_frequency_back(pitch: int, cents: int) -> None:
    hz = pitch_to_hz(pitch + cents / 100)
    assert note_and_cents(hz).replace("\N{MINUS SIGN}", "-") == f"{note_name(pitch)} {cents:+d} ct"
    assert 1200 * math.log2(hz / pitch_to_hz(pitch)) == pytest.approx(cents, abs=1e-6)


@pytest.mark.parametrize("scale", SCALES)
def test_round_frequencies_lie_on_the_axis_and_are_neither_none_nor_too_many(scale: Scale) -> None:
    for low, high in ((30.0, 16_000.0), (100.0, 2000.0), (900.0, 5000.0)):
        axis = FrequencyAxis(low, high, scale)
        marks = round_hz(axis)
        assert 2 <= len(marks) <= 13
        assert all(-1e-9 <= axis.fraction(hz) <= 1 + 1e-9 for hz in marks)
