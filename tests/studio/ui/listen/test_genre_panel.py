import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QComboBox, QFileDialog, QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot

import resources
from studio import settings
from studio.assistant.live_genre import GenreReading, LiveGenre
from studio.assistant.worker_client import WorkerClient
from studio.ui.listen.genre_feed import GenreFeed
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


def test_the_model_is_named_before_anything_plays(qtbot: QtBot) -> None:
    model = ListenViewModel(WorkerClient())  # which is never started
    panel = GenrePanel(model)
    qtbot.addWidget(panel)
    panel.show()
    chooser = panel.findChild(QComboBox, "genre_model")
    assert chooser is not None
    assert chooser.currentText() == "genre-cnn"
    model.close()


def hush(model: ListenViewModel, position: int) -> None:
    labels, alike = ("rock", "jazz"), (0.5, 0.5)
    model.readings.append(GenreReading(position, labels, alike, 7.0, peak_dbfs=-72.4))
    model.genre_changed.emit()


def test_silence_is_called_silence_and_is_forgotten_when_music_comes(
    panel: GenrePanel, model: ListenViewModel, hear: Hear, tone: Tone
) -> None:
    hear(tone(seconds=1))
    read(model, RATE, rock=0.9, jazz=0.1)
    assert panel.headline.text() == "rock"
    hush(model, 2 * RATE)
    assert panel.headline.text() == "silence"
    assert "no genre is named" in detail(panel)
    why = panel.findChild(QLabel, "genre_verdict")
    windows = panel.findChild(QLabel, "genre_windows")
    assert why is not None
    assert windows is not None
    assert "peak is \N{MINUS SIGN}72 dB" in why.text()
    assert windows.text().splitlines()[0].endswith("silence")
    read(model, 3 * RATE, rock=0.8, jazz=0.2)
    assert panel.headline.text() == "rock"
    assert model.probabilities["rock"] == pytest.approx(0.85)  # silence says nothing of a genre
    model.stop()
    assert "silence 33%" in detail(panel)


def test_when_unsure_it_says_why(
    panel: GenrePanel, model: ListenViewModel, hear: Hear, tone: Tone
) -> None:
    hear(tone(seconds=1))
    read(model, RATE, rock=0.3, jazz=0.36, folk=0.34)
    assert "No genre reaches 40%" in detail(panel)
    for _ in range(4):
        read(model, RATE, rock=0.9, jazz=0.06, folk=0.04)
    assert "No genre" not in detail(panel)


def test_only_windows_of_the_last_seconds_are_averaged(
    panel: GenrePanel, model: ListenViewModel
) -> None:
    model.genre.ask(np.zeros(10, np.float32), RATE, 0)
    for end_s, rock in ((3.0, 0.9), (8.0, 0.2), (8.5, 0.4)):
        read(model, round(end_s * RATE), rock=rock, jazz=1 - rock)
    assert model.probabilities["rock"] == pytest.approx(0.3)  # that of 3.0 s is long past


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


def test_silence_is_a_line_in_the_ribbon(ribbon: Ribbon, model: ListenViewModel) -> None:
    now, empty = ribbon.view.end_position, ribbon.color(1.5)
    read(model, now - 2 * RATE, rock=0.9, jazz=0.1)
    hush(model, now - RATE)
    assert ribbon.color(2.2) != empty
    assert ribbon.color(1.5) == empty
    image = ribbon.widget.grab().toImage()
    at = image.width() - round(1.5 * image.width() / 10)
    assert image.pixelColor(at, image.height() - 1) != image.pixelColor(at, 1)


def test_why_lists_each_window_and_how_many_agree(
    qtbot: QtBot, panel: GenrePanel, model: ListenViewModel
) -> None:
    why = panel.findChild(QWidget, "genre_why")
    assert why is not None
    assert not why.isVisible()
    button = panel.findChild(QToolButton, "genre_why_button")
    assert button is not None
    button.click()
    assert why.isVisible()
    for end_s, rock in ((3, 0.2), (3.5, 0.9), (4, 0.8), (4.5, 0.7)):
        read(model, round(end_s * model.sample_rate), rock=rock, jazz=1 - rock)
    windows, verdict = (why.findChild(QLabel, f"genre_{n}") for n in ("windows", "verdict"))
    assert windows is not None
    assert verdict is not None
    assert windows.text().splitlines()[0] == "4.5 s   rock 70%   jazz 30%"
    assert len(windows.text().splitlines()) == 4
    assert "3 of 4 windows say rock; their mean is 65%" in verdict.text()


def test_without_smoothing_the_last_window_speaks_alone(
    panel: GenrePanel, model: ListenViewModel
) -> None:
    for rock in (0.9, 0.9, 0.9, 0.2):
        read(model, RATE, rock=rock, jazz=1 - rock)
    assert panel.headline.text() == "rock"
    box = panel.findChild(QComboBox, "genre_smoothing")
    assert box is not None
    box.setCurrentIndex(0)
    box.activated.emit(0)
    assert panel.headline.text() == "jazz"
    assert GenreFeed(None).smoothing_s == 0.0  # remembered


def test_the_session_is_summed_up_at_the_end_and_saved_as_a_table(
    panel: GenrePanel,
    model: ListenViewModel,
    hear: Hear,
    tone: Tone,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hear(tone(seconds=1))
    for rock in (0.9, 0.9, 0.1, 0.9):
        read(model, RATE, rock=rock, jazz=1 - rock)
    model.stop()
    assert detail(panel) == "Heard in 4 windows: rock 75%, jazz 25%"
    target = tmp_path / "genres.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    button = panel.findChild(QToolButton, "genre_export")
    assert button is not None
    button.click()
    assert len(target.read_text().splitlines()) == 5
    told: list[tuple[str, str]] = []
    model.notice.connect(lambda *notice: told.append(notice))
    target = tmp_path / "missing" / "genres.csv"
    button.click()
    assert told[0][0] == "error"
    assert "genres.csv" in told[0][1]


def test_another_model_is_chosen_while_listening(
    panel: GenrePanel, model: ListenViewModel, hear: Hear, tone: Tone, tmp_path: Path
) -> None:
    shipped = resources.path("models", "genre-cnn")
    mine = settings.models_dir() / "mine"
    shutil.copytree(shipped, mine)
    model.genre._live = LiveGenre(None, shipped, lambda reading: None)  # type: ignore[arg-type]
    hear(tone(seconds=1))
    box = panel.findChild(QComboBox, "genre_model")
    assert box is not None
    assert [box.itemText(i) for i in range(box.count())] == ["genre-cnn", "mine"]
    box.setCurrentIndex(1)
    chosen: list[Path] = []
    model.genre.restart = chosen.append  # type: ignore[method-assign]
    box.activated.emit(1)
    assert chosen == [mine]
