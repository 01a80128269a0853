from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.assistant.live_genre import GenreEvidence, GenreReading
from studio.ui.listen.evidence_overlay import evidence_grid
from studio.ui.listen.genre_feed import NAMED
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.listen.spectrogram_view import SpectrogramView

RATE = 16_000
LABELS = ("rock", "jazz")
Hear, Tone = Callable[[Path], None], Callable[..., Path]


def reading(
    end: int, rock: np.ndarray, low_hz: float = 50.0, high_hz: float = 6000.0
) -> GenreReading:
    votes = np.stack([rock, np.zeros_like(rock)]).astype(np.float32)
    return GenreReading(
        end, LABELS, (0.9, 0.1), 5.0, GenreEvidence(votes, low_hz=50.0, high_hz=6000.0)
    )


def test_each_vote_lies_at_its_time_and_band() -> None:
    rock = np.zeros((3, 6))
    rock[2, 4] = 4.0  # high, from 2.0 to 2.5 s of the window's three
    grid = evidence_grid([reading(5 * RATE, rock)], "rock", RATE, 0.0, RATE / 10, 60)
    assert grid is not None
    assert grid.shape == (3, 60)
    rows, columns = np.nonzero(grid)
    assert set(rows.tolist()) == {2}
    assert (columns.min(), columns.max()) == (40, 44)  # 4.0 to 4.5 s of the stream
    np.testing.assert_allclose(grid[2, 40:45], 2.0)  # above the mean of both labels
    assert evidence_grid([reading(5 * RATE, rock)], "folk", RATE, 0.0, RATE / 10, 60) is None


def test_windows_that_overlap_are_averaged() -> None:
    one, other = np.full((1, 6), 4.0), np.zeros((1, 6))
    readings = [reading(3 * RATE, one), reading(round(4.5 * RATE), other)]
    grid = evidence_grid(readings, "rock", RATE, 0.0, RATE / 10, 45)
    assert grid is not None
    np.testing.assert_allclose(grid[0, :15], 2.0)
    np.testing.assert_allclose(grid[0, 15:30], 1.0)
    np.testing.assert_allclose(grid[0, 30:], 0.0)


@pytest.fixture
def view(qtbot: QtBot, model: ListenViewModel, hear: Hear, tone: Tone) -> SpectrogramView:
    view = SpectrogramView(model)
    qtbot.addWidget(view)
    view.resize(500, 300)
    view.show()
    hear(tone(seconds=8))
    model.stop()
    return view


def test_the_picture_is_coloured_where_the_evidence_is_and_nowhere_else(
    view: SpectrogramView, model: ListenViewModel
) -> None:
    now = view.end_position
    rock = np.zeros((2, 6))
    rock[0, :] = 5.0  # the low half of the bands (in mel: below some 1.5 kHz)
    model.readings.append(reading(now - 2 * RATE, rock))
    plain = view.grab().toImage()
    model.genre.evidence = "rock"
    shown = view.grab().toImage()
    scale = plain.width() / 500
    x = round(500 * (1 - 3.5 / 10) * scale)

    def is_coloured(hz: float, x: int) -> bool:
        y = round(300 * (1 - view.axis.fraction(hz)) * scale)
        return bool(plain.pixel(x, y) != shown.pixel(x, y))

    assert is_coloured(300.0, x)
    assert not is_coloured(4000.0, x)
    assert not is_coloured(300.0, round(500 * (1 - 1 / 10) * scale))  # a second ago: not judged
    model.genre.evidence = "jazz"
    against = view.grab().toImage()
    y = round(300 * (1 - view.axis.fraction(300.0)) * scale)
    assert against.pixel(x, y) == plain.pixel(x, y)  # what speaks against is left alone
    model.genre.evidence = ""
    assert view.grab().toImage() == plain


def test_the_evidence_of_the_genre_named_follows_it(model: ListenViewModel) -> None:
    model.genre.evidence = NAMED
    assert model.genre.shown_evidence is None
    model.readings.append(reading(RATE, np.zeros((1, 1))))
    assert model.genre.shown_evidence == "rock"
