from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.analysis.channels import ChannelChoice
from studio.ui.listen.frequency_axis import MINUS
from studio.ui.listen.listen_panel import ListenPanel
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.listen.spectrogram_view import SpectrogramView
from studio.ui.listen.waveform_image import rgb, waveform_pixels
from studio.ui.listen.waveform_strip import MAX_GAIN, WaveformStrip
from studio.ui.theme import theme

RATE = 16_000
WIDTH = 500
Hear = Callable[[Path], None]


@pytest.fixture
def strip(qtbot: QtBot, model: ListenViewModel) -> WaveformStrip:
    view = SpectrogramView(model)
    widget = WaveformStrip(model, view)
    for part in (view, widget):
        qtbot.addWidget(part)
    view.resize(WIDTH, 200)
    widget.resize(WIDTH, 60)
    return widget


@pytest.fixture
def steps(tmp_path: Path) -> Path:
    """Ten seconds: silence, then at 0.5 a second that clips and one at a tenth."""
    sound = np.zeros(10 * RATE)
    sound[4 * RATE : 5 * RATE : 2] = 1.0
    sound[4 * RATE + 1 : 5 * RATE : 2] = -1.0
    t = np.arange(RATE) / RATE
    sound[6 * RATE : 7 * RATE] = 0.1 * np.sin(2 * np.pi * 500 * t)
    path = tmp_path / "steps.wav"
    soundfile.write(path, sound, RATE, subtype="FLOAT")
    return path


def column(strip: WaveformStrip, position: float) -> QPointF:
    per_pixel = strip._view.samples_per_pixel
    return QPointF(WIDTH - (strip._view.end_position - position) / per_pixel, 30)


def inked(image: QImage, x: float) -> int:
    accent = theme().color("accent")
    return sum(image.pixelColor(round(x), y) == accent for y in range(image.height()))


def turn(strip: WaveformStrip, steps: int) -> None:
    at = QPointF(10, 10)
    event = QWheelEvent(
        at,
        at,
        QPoint(),
        QPoint(0, 120 * steps),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    strip.wheelEvent(event)


def test_it_shows_what_sounded_where_it_sounded(
    strip: WaveformStrip, steps: Path, hear: Hear
) -> None:
    hear(steps)
    image = strip.grab().toImage()
    loud, faint = (column(strip, at * RATE).x() for at in (4.5, 6.5))
    assert inked(image, loud) > 40
    assert 5 <= inked(image, faint) <= 8
    error = theme().color("error")
    assert image.pixelColor(round(loud), 1) == error
    assert image.pixelColor(round(faint), 1) != error
    assert inked(image, column(strip, 5.5 * RATE).x()) == 1


def test_the_wheel_magnifies_quiet_sound_within_limits(
    strip: WaveformStrip, steps: Path, hear: Hear
) -> None:
    hear(steps)
    faint = column(strip, 6.5 * RATE).x()
    before = inked(strip.grab().toImage(), faint)
    turn(strip, 1)
    turn(strip, 1)
    assert strip.gain == 4
    image = strip.grab().toImage()
    assert inked(image, faint) == pytest.approx(4 * before, abs=4)
    assert image.pixelColor(round(faint), 1) != theme().color("error")
    for _ in range(20):
        turn(strip, 1)
    assert strip.gain == MAX_GAIN
    assert strip.grab().toImage().pixelColor(round(faint), 1) != theme().color("error")
    for _ in range(20):
        turn(strip, -1)
    assert strip.gain == 1


def test_pointing_tells_the_time_and_the_peak(
    strip: WaveformStrip, steps: Path, hear: Hear
) -> None:
    hear(steps)
    assert strip.readout(column(strip, 6.5 * RATE).x()) == f"6.50 s · peak {MINUS}20.0 dB"
    assert strip.readout(column(strip, 5.5 * RATE).x()) == f"5.50 s · peak {MINUS}∞ dB"
    assert strip.readout(column(strip, -0.2 * RATE).x()) == ""
    before = strip.grab().toImage()
    at = column(strip, 6.5 * RATE)
    no_button = Qt.MouseButton.NoButton
    strip.mouseMoveEvent(
        QMouseEvent(
            QEvent.Type.MouseMove, at, at, no_button, no_button, Qt.KeyboardModifier.NoModifier
        )
    )
    assert strip.grab().toImage() != before
    strip.leaveEvent(QEvent(QEvent.Type.Leave))
    assert strip.grab().toImage() == before


def test_scrolling_and_drawing_anew_show_the_same(
    strip: WaveformStrip, steps: Path, hear: Hear
) -> None:
    hear(steps)
    viewport = strip._view.viewport
    viewport.zoom_time(0.3)
    for end_s in (3.0, 4.1, 4.7, 6.9, 5.0):
        viewport.look_at(round(end_s * RATE))
        scrolled = strip.grab().toImage()
        assert strip._image is not None
        strip._image._look = None  # so that nothing is taken from the frame before
        assert strip.grab().toImage() == scrolled, end_s


def test_another_channel_shows_all_of_its_own_past(
    strip: WaveformStrip, model: ListenViewModel, tmp_path: Path, hear: Hear, qtbot: QtBot
) -> None:
    sound = np.zeros((8 * RATE, 2))
    sound[2 * RATE : 3 * RATE, 0] = sound[5 * RATE : 6 * RATE, 1] = np.tile((0.5, -0.5), RATE // 2)
    path = tmp_path / "two.wav"
    soundfile.write(path, sound, RATE)
    hear(path)
    left, right = (column(strip, at * RATE).x() for at in (2.5, 5.5))
    assert min(inked(strip.grab().toImage(), x) for x in (left, right)) > 10
    assert model.hearing is not None
    model.hearing.channel = ChannelChoice(1)
    model._wake()
    qtbot.waitUntil(lambda: inked(strip.grab().toImage(), left) == 1, timeout=10_000)
    qtbot.waitUntil(lambda: inked(strip.grab().toImage(), right) > 20, timeout=10_000)


def test_a_line_stays_a_line_however_near_one_looks() -> None:
    sound = (0.8 * np.sin(np.arange(400) / 10)).astype(np.float32)
    pixels = waveform_pixels(sound, sound, 101, 1, 4)
    ink = pixels == rgb(theme().color("accent"))
    assert ink.any(axis=0).all()
    rows = [np.flatnonzero(column) for column in ink.T]
    for left, right in pairwise(rows):
        assert right[0] <= left[-1] + 1
        assert left[0] <= right[-1] + 1


def test_nothing_is_drawn_where_there_is_no_sound() -> None:
    nothing = np.full(50, np.inf, dtype=np.float32)
    pixels = waveform_pixels(nothing, -nothing, 40, 1, 4)
    assert not np.isin(pixels, [rgb(theme().color(role)) for role in ("accent", "error")]).any()


def test_it_can_be_switched_off_and_that_is_remembered(
    qtbot: QtBot, model: ListenViewModel
) -> None:
    panel = ListenPanel(model)
    qtbot.addWidget(panel)
    assert not panel.waveform.isHidden()
    QTest.keyClick(panel, Qt.Key.Key_W)
    assert panel.waveform.isHidden()
    again = ListenPanel(model)
    qtbot.addWidget(again)
    assert again.waveform.isHidden()
    QTest.keyClick(again, Qt.Key.Key_W)
    assert not again.waveform.isHidden()
