import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.ui.listen.time_marks import MIN_GAP, time_marks


def seconds(text: str) -> float:
    minutes, rest = text.split(":")
    return 60 * int(minutes) + float(rest)


@given(st.integers(80, 4000), st.floats(0, 40_000), st.floats(0.5, 600))
def test_marks_lie_at_their_times_inside_the_picture_and_do_not_touch(
    width: int, end_s: float, span_s: float
) -> None:
    marks = time_marks(width, end_s, span_s)
    for x, text in marks:
        assert -1e-6 * width <= x <= width + 1e-6 * width
        assert seconds(text) >= 0
        assert x == pytest.approx(width * (1 - (end_s - seconds(text)) / span_s), abs=1e-3)
    gaps = -np.diff([x for x, _ in marks])
    assert (gaps > min(MIN_GAP, width * 300 / span_s) - 1e-3).all()


@pytest.mark.parametrize("span_s", [0.5, 1, 3, 10, 60, 600])
def test_at_every_span_there_are_some_marks(span_s: float) -> None:
    assert 3 <= len(time_marks(840, 1000.0, span_s)) <= 12


@pytest.mark.parametrize(
    ("span_s", "texts"),
    [
        (10, ["1:05", "1:04", "1:03"]),
        (2, ["1:05.2", "1:05.0", "1:04.8"]),
        (0.5, ["1:05.30", "1:05.25", "1:05.20"]),
        (600, ["1:00", "0:00"]),
    ],
)
def test_marks_are_written_as_a_clock(span_s: float, texts: list[str]) -> None:
    assert [text for _, text in time_marks(840, 65.3, span_s)][:3] == texts
