from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from studio.analysis.level import LevelReading
from studio.ui.listen.frequency_axis import MINUS
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.listen.loudness_card import LoudnessCard
from studio.ui.listen.loudness_card_meters import ChannelMeters
from studio.ui.theme import theme

RATE = 16_000
NOTHING = "\N{EN DASH} LUFS"
Hear, Tone = Callable[[Path], None], Callable[..., Path]


@pytest.fixture
def card(qtbot: QtBot, model: ListenViewModel) -> LoudnessCard:
    widget = LoudnessCard(model)
    qtbot.addWidget(widget)
    widget.show()
    return widget


def figure(card: LoudnessCard, name: str) -> str:
    label = card.findChild(QLabel, f"loudness_{name}")
    assert label is not None
    return label.text()


def test_it_shows_the_loudness_of_a_tone(
    card: LoudnessCard, hear: Hear, tone: Tone, qtbot: QtBot
) -> None:
    assert figure(card, "integrated") == NOTHING
    hear(tone(997, 4, 0.1))  # -20 dBFS in one channel
    qtbot.waitUntil(lambda: figure(card, "integrated") == f"{MINUS}23.0 LUFS", timeout=10_000)
    qtbot.waitUntil(lambda: figure(card, "range").startswith("0."), timeout=10_000)
    assert figure(card, "momentary").startswith(f"{MINUS}23")


def test_anew_forgets_what_was_measured(
    card: LoudnessCard, hear: Hear, tone: Tone, qtbot: QtBot
) -> None:
    assert not card.restart_button.isEnabled()
    hear(tone(1000, 2, 0.1))
    qtbot.waitUntil(lambda: figure(card, "integrated") != NOTHING, timeout=10_000)
    QTest.mouseClick(card.restart_button, Qt.MouseButton.LeftButton)
    assert figure(card, "integrated") == NOTHING


def test_each_channel_has_a_meter_and_a_clip_light(
    card: LoudnessCard, model: ListenViewModel, hear: Hear, tmp_path: Path, qtbot: QtBot
) -> None:
    t = np.arange(RATE) / RATE
    frames = np.sin(2 * np.pi * 500 * t)[:, None] * [0.1, 1.0, 0.5]
    soundfile.write(tmp_path / "three.wav", frames, RATE, subtype="FLOAT")
    hear(tmp_path / "three.wav")
    qtbot.waitUntil(lambda: "channel 2: peak 0 dB, clipped" in card.meters.words(), timeout=10_000)
    assert f"channel 1: peak {MINUS}20 dB," in card.meters.words()
    assert card.meters.words().endswith(f"channel 3: peak {MINUS}6 dB")
    QTest.mouseClick(card.meters, Qt.MouseButton.LeftButton)
    assert not model.has_clipped


def red(meters: ChannelMeters) -> int:
    image, wanted = meters.grab().toImage(), theme().color("error").rgb()
    places = ((x, y) for x in range(image.width()) for y in range(image.height()))
    return sum(image.pixel(x, y) == wanted for x, y in places)


@pytest.mark.parametrize("n_channels", [1, 2, 8, 12])
def test_the_meters_make_room_for_at_most_eight_channels(qtbot: QtBot, n_channels: int) -> None:
    meters = ChannelMeters()
    qtbot.addWidget(meters)
    low = meters.sizeHint().height()
    meters.set_levels((LevelReading(-3, -9),) * n_channels, (True,) * n_channels)
    meters.resize(200, meters.sizeHint().height())
    assert (meters.sizeHint().height() > low) == (n_channels > 1)
    assert len(meters.words().split("channel")) == 1 + min(8, n_channels)
    lit = red(meters)
    meters.set_levels((LevelReading(-3, -9),) * n_channels, (False,) * n_channels)
    assert red(meters) < lit
