from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from studio.assistant.live_genre import GenreReading
from studio.ui.listen.genre_panel import GenrePanel
from studio.ui.listen.genre_ribbon import GenreRibbon
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.listen.spectrogram_view import SpectrogramView

RATE = 16_000
Hear, Tone = Callable[[Path], None], Callable[..., Path]


def read(model: ListenViewModel, position: int, **shares: float) -> None:
    model.readings.append(GenreReading(position, tuple(shares), tuple(shares.values()), 7.0))
    model.genre_changed.emit()


@pytest.fixture
def panel(qtbot: QtBot, model: ListenViewModel) -> GenrePanel:
    widget = GenrePanel(model)
    qtbot.addWidget(widget)
    widget.show()
    return widget


def detail(panel: GenrePanel) -> str:
    label = panel.findChild(QLabel, "genre_detail")
    assert label is not None
    return label.text()


def test_the_headline_follows_what_is_known(
    panel: GenrePanel, model: ListenViewModel, hear: Hear, tone: Tone
) -> None:
    assert panel.headline.text() == "nothing playing"
    hear(tone(seconds=1))
    assert panel.headline.text() == "listening…"
    read(model, RATE, rock=0.3, jazz=0.36, folk=0.34)
    assert panel.headline.text() == "unsure"
    for _ in range(4):
        read(model, RATE, rock=0.9, jazz=0.06, folk=0.04)
    assert panel.headline.text() == "rock"
    assert "7 ms" in detail(panel)


def test_how_much_was_heard_is_told_until_there_is_a_reading(
    panel: GenrePanel, model: ListenViewModel, hear: Hear, tone: Tone, qtbot: QtBot
) -> None:
    hear(tone(seconds=2))
    qtbot.waitUntil(lambda: detail(panel).startswith(("1.9", "2.0")), timeout=10_000)
    assert "3 s" in detail(panel)


def test_the_bars_name_the_three_most_likely(panel: GenrePanel, model: ListenViewModel) -> None:
    read(model, RATE, rock=0.5, jazz=0.3, folk=0.15, soul=0.05)
    bars = panel.findChild(QWidget, "genre_bars")
    assert bars is not None
    assert bars.accessibleName() == "rock 50%, jazz 30%, folk 15%"
    narrow = bars.grab().toImage()
    read(model, RATE, rock=0.5, jazz=0.3, folk=0.2, soul=0.0)
    assert bars.grab().toImage() != narrow


class Ribbon:
    """The ribbon under a view of 500 pixels that shows ten seconds."""

    width, span_s = 500, 10

    def __init__(self, qtbot: QtBot, model: ListenViewModel) -> None:
        self.view = SpectrogramView(model)
        self.widget = GenreRibbon(model, self.view)
        for part in (self.view, self.widget):
            qtbot.addWidget(part)
            part.resize(self.width, max(part.sizeHint().height(), 20))
        assert self.view.viewport.span_s == self.span_s

    def color(self, seconds_ago: float) -> str:
        """What is painted along the top edge, above any word."""
        image = self.widget.grab().toImage()
        ratio = image.width() / self.width
        x = self.width - seconds_ago * self.width / self.span_s
        return image.pixelColor(round(x * ratio), 1).name()


@pytest.fixture
def ribbon(qtbot: QtBot, model: ListenViewModel, hear: Hear, tone: Tone) -> Ribbon:
    made = Ribbon(qtbot, model)
    hear(tone(seconds=8))
    qtbot.waitUntil(lambda: not made.view._view_model.file.is_active, timeout=10_000)  # type: ignore[union-attr]
    qtbot.wait(50)
    return made


def test_bands_lie_under_the_moment_they_are_about(ribbon: Ribbon, model: ListenViewModel) -> None:
    empty, now = ribbon.color(2), ribbon.view.end_position
    for half_seconds in range(8, 4, -1):
        read(model, now - half_seconds * RATE // 2, rock=0.9, jazz=0.1)
    for half_seconds in range(4, 1, -1):
        read(model, now - half_seconds * RATE // 2, rock=0.1, jazz=0.9)
    rock, jazz = ribbon.color(3.5), ribbon.color(1.7)
    assert len({empty, rock, jazz}) == 3
    assert ribbon.color(2.7) == rock
    assert ribbon.color(2.3) == jazz  # that reading's window ends 2 seconds ago
    assert ribbon.color(1.2) == jazz
    assert ribbon.color(0.7) == empty
    assert ribbon.color(8) == empty


def test_bands_move_with_the_picture(ribbon: Ribbon, model: ListenViewModel) -> None:
    empty, now = ribbon.color(1.7), ribbon.view.end_position
    for half_seconds in (3, 2):
        read(model, now - half_seconds * RATE // 2, rock=0.9, jazz=0.1)
    rock = ribbon.color(1.2)
    ribbon.view.viewport.zoom_time(2.0)
    ribbon.span_s = 20
    assert ribbon.color(1.2) == rock
    assert ribbon.color(0.5) == empty


def test_an_unsure_reading_does_not_look_like_a_sure_one(
    ribbon: Ribbon, model: ListenViewModel
) -> None:
    now = ribbon.view.end_position
    read(model, now - RATE, rock=0.9, jazz=0.05, folk=0.05)
    sure = ribbon.widget.grab().toImage()
    model.readings.clear()
    read(model, now - RATE, rock=0.36, jazz=0.32, folk=0.32)
    assert ribbon.widget.grab().toImage() != sure
