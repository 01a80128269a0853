from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from studio.analysis.key import KeyReading
from studio.analysis.music_facts import MusicFacts
from studio.analysis.tempo import TempoReading
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.listen.tempo_key_card import TempoKeyCard

RATE = 16_000


@pytest.fixture
def card(qtbot: QtBot, model: ListenViewModel) -> TempoKeyCard:
    widget = TempoKeyCard(model)
    qtbot.addWidget(widget)
    widget.show()
    return widget


def tell(card: TempoKeyCard, bpm: float, sure: float, key: str, likely: float) -> None:
    card.model.live = MusicFacts(TempoReading(bpm, sure), KeyReading(key, likely))
    card.model.changed.emit()


def text(card: TempoKeyCard, name: str) -> str:
    label = card.findChild(QLabel, name)
    assert label is not None
    return label.text()


def test_tempo_and_key_are_told_in_words(card: TempoKeyCard) -> None:
    assert text(card, "heard_tempo") == "\N{EN DASH}"
    assert not card.use_button.isEnabled()
    tell(card, 97.04, 0.7, "Bb", 0.8)
    assert (text(card, "heard_tempo"), text(card, "heard_key")) == ("97.0 bpm", "B♭ major")
    tell(card, 97.04, 0.7, "F#m", 0.8)
    assert text(card, "heard_key") == "F♯ minor"


def test_what_is_not_sure_is_neither_told_nor_used(card: TempoKeyCard, qtbot: QtBot) -> None:
    tell(card, 97, 0.1, "C", 0.3)
    assert (text(card, "heard_tempo"), text(card, "heard_key")) == (
        "no clear beat",
        "no clear key",
    )
    assert not card.use_button.isEnabled()
    tell(card, 97, 0.1, "C", 0.9)
    with qtbot.waitSignal(card.use_in_score) as used:
        QTest.mouseClick(card.use_button, Qt.MouseButton.LeftButton)
    assert used.args == [None, "C"]


def test_the_beat_can_be_counted_twice_or_half_as_fast(card: TempoKeyCard, qtbot: QtBot) -> None:
    tell(card, 80, 0.7, "C", 0.9)
    seen = []
    for _ in range(3):
        QTest.mouseClick(card.factor_button, Qt.MouseButton.LeftButton)
        seen.append(text(card, "heard_tempo"))
    assert seen == ["160.0 bpm", "40.0 bpm", "80.0 bpm"]
    card.model.count_otherwise()
    with qtbot.waitSignal(card.use_in_score) as used:
        card.use()
    assert used.args == [160.0, "C"]


def test_a_file_is_told_as_a_whole_beside_playing(
    card: TempoKeyCard, model: ListenViewModel, tmp_path: Path, qtbot: QtBot
) -> None:
    t = np.arange(RATE // 2) / RATE
    blow = sum(np.sin(2 * np.pi * hz * t) for hz in (220, 277.18, 329.63)) * np.exp(-9 * t) * 0.2
    path = tmp_path / "a major.wav"
    soundfile.write(path, np.tile(blow, 30), RATE)
    assert model.open_file(path)
    qtbot.waitUntil(lambda: text(card, "heard_tempo") == "120.0 bpm", timeout=15_000)
    qtbot.waitUntil(
        lambda: text(card, "tempo_key_detail").startswith("Of the whole file"), timeout=15_000
    )
    assert text(card, "heard_key") == "A major"
    model.stop()
    assert text(card, "heard_tempo") == "120.0 bpm"  # it was heard to its end: it stays
