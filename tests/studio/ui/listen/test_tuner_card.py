from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from studio.analysis.pitch import PitchReading
from studio.analysis.pitch_listener import PitchListener
from studio.analysis.tuning import TunedNote
from studio.settings import Settings
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.listen.tuner_card import SETTINGS_KEY, TunerCard
from studio.ui.listen.tuner_dial import IN_TUNE_CENTS, TunerDial, trace_range
from studio.ui.theme import theme

Tone = Callable[..., Path]


@pytest.fixture
def card(qtbot: QtBot, model: ListenViewModel) -> TunerCard:
    widget = TunerCard(model)
    qtbot.addWidget(widget)
    widget.show()
    return widget


def text(card: TunerCard, name: str) -> str:
    label = card.findChild(QLabel, name)
    assert label is not None
    return label.text()


@pytest.mark.usefixtures("paced")
def test_a_tone_is_named_while_it_plays(
    card: TunerCard, model: ListenViewModel, tone: Tone, qtbot: QtBot
) -> None:
    assert text(card, "tuner_detail") == "Sing or play one note."
    assert model.open_file(tone(hz=445, seconds=6))
    qtbot.waitUntil(lambda: text(card, "tuner_note") == "A4", timeout=10_000)
    assert text(card, "tuner_cents") == "+20 ct"
    assert text(card, "tuner_detail") == "445.0 Hz · 100% sure"
    assert "A4 +20 ct" in card.dial.accessibleDescription()
    card.a4.setValue(445)
    assert text(card, "tuner_cents") == "+0 ct"
    card.a4.setValue(466)
    assert (text(card, "tuner_note"), text(card, "tuner_cents")) == ("A♭4", "+20 ct")
    model.stop()
    assert text(card, "tuner_note") == "\N{EN DASH}"


def test_concert_pitch_is_typed_remembered_and_kept_in_its_limits(
    card: TunerCard, model: ListenViewModel, qtbot: QtBot
) -> None:
    card.a4.selectAll()
    QTest.keyClicks(card.a4, "442.5")
    QTest.keyClick(card.a4, Qt.Key.Key_Return)
    again = TunerCard(model)
    qtbot.addWidget(again)
    assert again.a4.value() == 442.5
    for wrong in (300, "high", None):
        store = Settings()
        store.set(SETTINGS_KEY, wrong)
        other = TunerCard(model, store)
        qtbot.addWidget(other)
        assert other.a4.value() == 440


def colors_at(dial: TunerDial, cents: float) -> str:
    image = dial.grab().toImage()
    ratio = image.devicePixelRatio()
    return image.pixelColor(round(dial.x_of(cents) * ratio), round(2 * ratio)).name()


def test_the_needle_stands_at_its_cents_and_is_green_in_tune(qtbot: QtBot) -> None:
    dial = TunerDial()
    qtbot.addWidget(dial)
    dial.resize(240, dial.sizeHint().height())
    empty = dial.grab().toImage()
    for cents, role in ((0, "success"), (IN_TUNE_CENTS, "success"), (-20, "warning")):
        dial.show_note(TunedNote(69, cents, 440, 1.0), [69.0], 600)
        assert colors_at(dial, cents) == theme().color(role).name()
        assert colors_at(dial, cents + 10) != theme().color(role).name()
    dial.show_note(None, [], 600)
    assert dial.grab().toImage() == empty


def test_the_trace_is_drawn_where_it_was_sung(qtbot: QtBot) -> None:
    dial = TunerDial()
    qtbot.addWidget(dial)
    dial.resize(240, dial.sizeHint().height())
    accent = theme().color("accent")

    def rows(pitch: float) -> list[int]:
        dial.show_note(None, [67.0] * 50 + [pitch] * 50 + [71.0] * 50 + [None] * 50, 200)
        image = dial.grab().toImage().scaled(dial.size())
        x = dial.width() * 75 // 200
        return [y for y in range(image.height()) if image.pixelColor(x, y) == accent]

    low, high = rows(68.0), rows(70.0)
    assert 1 <= len(low) <= 4
    assert max(high) < min(low)


def test_the_trace_shows_nearly_all_of_what_was_sung() -> None:
    steady = np.full(100, 69.0)
    assert trace_range(steady) == (68, 70)
    low, high = trace_range(np.concatenate([np.linspace(60, 72, 200), [np.nan]]))
    assert 59 < low < 60.5
    assert 71.5 < high < 73
    with_a_slip = np.append(steady, 12.0)
    assert trace_range(with_a_slip)[0] > 60


def test_the_card_of_the_next_source_starts_anew(
    card: TunerCard, model: ListenViewModel, tone: Tone
) -> None:
    assert model.open_file(tone(seconds=1))
    first = card.listener
    assert model.open_file(tone(hz=220, seconds=1))
    assert isinstance(first, PitchListener)
    assert card.listener is not first
    assert all(isinstance(r, PitchReading) for r in first.newest(10))
