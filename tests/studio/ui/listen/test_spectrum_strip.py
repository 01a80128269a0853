from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QImage, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from studio.analysis.history import to_db
from studio.analysis.picture import level_at
from studio.settings import Settings
from studio.ui.listen.frequency_axis import MINUS
from studio.ui.listen.listen_panel import ListenPanel
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.listen.readout import Place
from studio.ui.listen.spectrogram_view import SpectrogramView
from studio.ui.listen.spectrum_model import SETTINGS_KEY, SpectrumModel
from studio.ui.listen.spectrum_strip import SpectrumStrip
from studio.ui.theme import theme

RATE, HEIGHT = 16_000, 400
Hear, Tone = Callable[[Path], None], Callable[..., Path]


@pytest.fixture
def strip(qtbot: QtBot, model: ListenViewModel) -> SpectrumStrip:
    view = SpectrogramView(model)
    widget = SpectrumStrip(model, view)
    qtbot.addWidget(view)
    qtbot.addWidget(widget)
    view.resize(500, HEIGHT)
    widget.resize(widget.width(), HEIGHT)
    return widget


@pytest.fixture
def fading(tmp_path: Path) -> Path:
    """A second of 2000 Hz, then three seconds of 500 Hz a tenth as loud."""
    t = np.arange(RATE) / RATE
    loud = 0.5 * np.sin(2 * np.pi * 2000 * t)
    quiet = 0.05 * np.sin(2 * np.pi * 500 * np.arange(3 * RATE) / RATE)
    path = tmp_path / "fading.wav"
    soundfile.write(path, np.concatenate([loud, quiet]), RATE)
    return path


def y_of(strip: SpectrumStrip, hz: float) -> int:
    return round(HEIGHT * (1 - strip._axis.fraction(hz)))


def ends_at(strip: SpectrumStrip, role: str, hz: float) -> list[int]:
    """Where the curve of a colour lies in the few rows about a frequency."""
    image: QImage = strip.grab().toImage()
    color, y = theme().color(role), y_of(strip, hz)
    rows = range(max(0, y - 2), min(image.height(), y + 3))
    return [x for row in rows for x in range(image.width()) if image.pixelColor(x, row) == color]


def point(strip: SpectrumStrip, hz: float) -> None:
    at, none = QPointF(20, y_of(strip, hz)), Qt.MouseButton.NoButton
    kind = QEvent.Type.MouseMove
    strip.mouseMoveEvent(QMouseEvent(kind, at, at, none, none, Qt.KeyboardModifier.NoModifier))


def test_the_tone_stands_at_its_height_with_its_level(
    strip: SpectrumStrip, hear: Hear, tone: Tone
) -> None:
    hear(tone(hz=1000, amplitude=0.1))
    assert max(ends_at(strip, "playhead", 1000)) == pytest.approx(strip.x_of(-20), abs=2)
    assert max(ends_at(strip, "accent", 4000), default=0) < 5
    strip.model.choose_peaks(None)
    strip.model.choose_average(None, is_shown=False)
    assert max(ends_at(strip, "accent", 1000)) == pytest.approx(strip.x_of(-20), abs=2)
    assert ends_at(strip, "playhead", 1000) == []


def test_peaks_stay_until_they_are_reset(
    strip: SpectrumStrip, model: ListenViewModel, hear: Hear, fading: Path
) -> None:
    strip.model.choose_peaks(0.0)
    hear(fading)
    assert max(ends_at(strip, "playhead", 2000)) == pytest.approx(strip.x_of(-6), abs=2)
    row = round(float(model.settings.row_of(2000)))
    assert to_db(strip.model.peaks)[row] == pytest.approx(-6, abs=0.6)
    now = strip.model.at(strip.position)
    assert now is not None
    assert to_db(now)[row] < -60
    strip.reset()
    assert to_db(strip.model.peaks)[row] < -100


def test_every_column_counts_once(
    strip: SpectrumStrip, model: ListenViewModel, hear: Hear, fading: Path
) -> None:
    hear(fading)
    spectrum, hop = strip.model, model.settings.hop_length
    spectrum._until = model.history.last_position - 10 * hop
    spectrum.take_in()
    assert spectrum._hold._n_heard == 10
    spectrum.take_in()
    assert spectrum._hold._n_heard == 10


def test_pointing_into_the_picture_shows_the_moment_pointed_at(
    strip: SpectrumStrip, model: ListenViewModel, hear: Hear, fading: Path
) -> None:
    hear(fading)
    row = round(float(model.settings.row_of(2000)))
    strip._view.marks.point(Place(RATE // 2, 2000))
    assert strip.position == RATE // 2
    now = strip.model.at(strip.position)
    assert now is not None
    assert model.hearing is not None
    assert to_db(now)[row] == level_at(model.history, model.settings, RATE // 2, 2000)
    strip._view.marks.point(None)
    assert strip.position == strip._view.end_position


def test_pointing_at_it_tells_note_frequency_and_levels(
    strip: SpectrumStrip, model: ListenViewModel, hear: Hear, tone: Tone
) -> None:
    strip.model.choose_peaks(0.0)
    hear(tone(hz=440, amplitude=0.1))
    strip.grab()
    told: list[float | None] = []
    strip.pointed.connect(told.append)
    point(strip, 440)
    words = strip.readout()
    assert words[0].startswith("A4 ")
    assert int(words[1].removesuffix(" Hz")) == pytest.approx(440, rel=0.01)
    row = round(float(model.settings.row_of(told[0] or 0)))
    assert model.hearing is not None
    now = level_at(model.history, model.settings, strip.position, told[0] or 0)
    assert words[2] == f"{now:.0f} dB".replace("-", MINUS)
    assert words[3] == f"peak {to_db(strip.model.peaks)[row]:.0f} dB".replace("-", MINUS)
    assert now == pytest.approx(-20, abs=4)
    assert told[0] == pytest.approx(440, rel=0.01)
    strip.leaveEvent(QEvent(QEvent.Type.Leave))
    assert told[-1] is None
    assert strip.readout() == []


def test_what_was_chosen_is_remembered_and_nonsense_is_not_taken(
    strip: SpectrumStrip, model: ListenViewModel
) -> None:
    strip.model.choose_peaks(24.0)
    strip.model.choose_average(None)
    again = SpectrumModel(model)
    assert (again.fall_db_per_s, again.average_s, again.has_peaks) == (24.0, None, True)
    strip.model.choose_peaks(None)
    strip.model.choose_average(None, is_shown=False)
    again = SpectrumModel(model)
    assert (again.fall_db_per_s, again.has_peaks, again.has_average) == (24.0, False, False)
    for nonsense in (None, [1], {"fall": "fast", "average": -3}):
        store = Settings()
        store.set(SETTINGS_KEY, nonsense)
        assert (SpectrumModel(model, store).fall_db_per_s, again.average_s) == (12.0, None)


def test_the_menu_chooses(strip: SpectrumStrip) -> None:
    actions = {action.text(): action for action in strip.findChildren(QAction)}
    actions["Fall by 6 dB a second"].trigger()
    actions["10 s"].trigger()
    assert (strip.model.fall_db_per_s, strip.model.average_s) == (6.0, 10.0)
    assert not actions["Hold"].isChecked()
    actions["None"].trigger()
    assert not strip.model.has_average


def test_other_settings_begin_anew(
    strip: SpectrumStrip, model: ListenViewModel, hear: Hear, tone: Tone, qtbot: QtBot
) -> None:
    hear(tone(hz=1000))
    strip.grab()
    strip._view.picture.change(scale="note")
    qtbot.waitUntil(lambda: model.settings.scale == "note", timeout=10_000)
    assert len(strip.model.peaks) == model.settings.n_rows
    assert max(ends_at(strip, "accent", 1000)) > 50


def test_the_wheel_zooms_the_pitches_about_the_pointer(
    strip: SpectrumStrip, hear: Hear, tone: Tone
) -> None:
    hear(tone(hz=1000))
    before, at = strip._axis, QPointF(20, y_of(strip, 1000))
    none, plain = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    phase = Qt.ScrollPhase.NoScrollPhase
    strip.wheelEvent(QWheelEvent(at, at, QPoint(), QPoint(0, 240), none, plain, phase, False))
    assert strip._axis.high_hz / strip._axis.low_hz < 0.5 * before.high_hz / before.low_hz
    assert y_of(strip, 1000) == pytest.approx(at.y(), abs=2)
    assert max(ends_at(strip, "playhead", 1000)) > 50


def test_keys_hide_it_and_reset_it(qtbot: QtBot, model: ListenViewModel) -> None:
    panel = ListenPanel(model)
    qtbot.addWidget(panel)
    panel.spectrum.model._hold.push(np.zeros((1, model.settings.n_rows), dtype=np.float32))
    assert panel.spectrum.model.peaks.max() > 0
    QTest.keyClick(panel, Qt.Key.Key_P)
    assert panel.spectrum.model.peaks.max() == 0
    QTest.keyClick(panel, Qt.Key.Key_S)
    assert panel.spectrum.isHidden()
    button = panel.findChild(QToolButton, "show_spectrum")
    assert button is not None
    assert not button.isChecked()
    button.click()
    assert not panel.spectrum.isHidden()
