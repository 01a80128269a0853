import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.assistant.genre_session import (
    UNSURE,
    n_agreeing,
    readings_csv,
    summarise,
)
from studio.assistant.live_genre import GenreReading

RATE = 1000


def reading(end_s: float, **shares: float) -> GenreReading:
    return GenreReading(round(end_s * RATE), tuple(shares), tuple(shares.values()), 5.0)


SESSION = [
    reading(3, rock=0.9, jazz=0.1),
    reading(3.5, rock=0.6, jazz=0.4),
    reading(4, rock=0.1, jazz=0.9),
    reading(4.5, rock=0.5, jazz=0.5),
]


def test_a_session_is_summed_up_by_what_each_reading_says() -> None:
    summary = summarise(SESSION, RATE, unsure_below=0.55)
    assert summary.n_readings == 4
    assert summary.seconds == 1.5
    assert dict(summary.shares) == {"rock": 0.5, "jazz": 0.25, UNSURE: 0.25}
    assert summary.shares[0][0] == "rock"


def test_a_session_without_readings_is_empty() -> None:
    summary = summarise([], RATE, unsure_below=0.4)
    assert (summary.n_readings, summary.seconds, summary.shares) == (0, 0.0, ())
    assert readings_csv([], RATE) == "end_s\n"


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.floats(0, 1))
def test_the_shares_are_the_whole(rock: list[float], unsure_below: float) -> None:
    readings = [reading(i, rock=p, jazz=1 - p) for i, p in enumerate(rock)]
    shares = summarise(readings, RATE, unsure_below).shares
    assert sum(share for _, share in shares) == pytest.approx(1)
    assert [share for _, share in shares] == sorted((s for _, s in shares), reverse=True)


def test_those_that_agree_are_counted() -> None:
    assert n_agreeing(SESSION, "rock") == 3  # the first of two that are equally likely
    assert n_agreeing(SESSION, "folk") == 0


def test_every_reading_is_a_row_whatever_genres_it_knew() -> None:
    other = reading(5, folk=1.0)
    rows = list(csv.reader(io.StringIO(readings_csv([SESSION[0], other], RATE))))
    assert rows == [
        ["end_s", "rock", "jazz", "folk"],
        ["3.000", "0.9000", "0.1000", ""],
        ["5.000", "", "", "1.0000"],
    ]
