import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QNativeGestureEvent, QPointingDevice, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.analysis.scales import SCALES, Scale
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.listen.picture_marks import MAX_PINS
from studio.ui.listen.readout import Place
from studio.ui.listen.spectrogram_view import SpectrogramView
from studio.ui.listen.time_marks import TEXT_HEIGHT, TICK
from studio.ui.listen.viewport import MAX_SPAN_S, MIN_SPAN_S

RATE = 16_000
WIDTH, HEIGHT = 600, 320
NONE, CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton
READOUT = re.compile(r"([\d.]+) s · (\d+) Hz · ([A-G][♯♭]?\d) ([+-]\d+) ct · (.+)")


@pytest.fixture
def view(qtbot: QtBot, model: ListenViewModel) -> SpectrogramView:
    widget = SpectrogramView(model)
    qtbot.addWidget(widget)
    widget.resize(WIDTH, HEIGHT)
    widget.show()
    return widget


def send(view: SpectrogramView, kind: QEvent.Type, x: float, y: float, held: bool = False) -> None:
    buttons = LEFT if held else Qt.MouseButton.NoButton
    at, place = QPointF(x, y), QPointF(view.mapToGlobal(QPoint(round(x), round(y))))
    button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else LEFT
    QApplication.sendEvent(view, QMouseEvent(kind, at, place, button, buttons, NONE))


def wheel(view: SpectrogramView, y: float, notches: int, held: Qt.KeyboardModifier = NONE) -> None:
    at = QPointF(WIDTH / 2, y)
    phase, delta = Qt.ScrollPhase.NoScrollPhase, QPoint(0, 120 * notches)
    button = Qt.MouseButton.NoButton
    event = QWheelEvent(at, view.mapToGlobal(at), QPoint(), delta, button, held, phase, False)
    QApplication.sendEvent(view, event)


def drag(view: SpectrogramView, start: float, end: float) -> None:
    send(view, QEvent.Type.MouseButtonPress, start, 100, held=True)
    send(view, QEvent.Type.MouseMove, end, 100, held=True)
    send(view, QEvent.Type.MouseButtonRelease, end, 100)


def click(view: SpectrogramView, x: float, y: float) -> None:
    send(view, QEvent.Type.MouseMove, x, y)
    send(view, QEvent.Type.MouseButtonPress, x, y, held=True)
    send(view, QEvent.Type.MouseButtonRelease, x, y)


def hz_at(view: SpectrogramView, y: float) -> float:
    return view.axis.hz(1 - y / HEIGHT)


def y_of(view: SpectrogramView, hz: float) -> float:
    return HEIGHT * (1 - view.axis.fraction(hz))


def seconds_per_pixel(view: SpectrogramView) -> float:
    return view.samples_per_pixel / RATE


Hear = Callable[[Path], None]
Tone = Callable[..., Path]


def test_the_readout_names_time_frequency_note_and_level(
    view: SpectrogramView, hear: Hear, tone: Tone
) -> None:
    hear(tone(1000, amplitude=0.5))
    x = WIDTH - 60
    send(view, QEvent.Type.MouseMove, x, y_of(view, 1000))
    found = READOUT.fullmatch(view.readout().replace("\N{MINUS SIGN}", "-"))
    assert found, view.readout()
    time_s, hz, note, cents, level = found.groups()
    assert float(time_s) == pytest.approx(
        view.end_position / RATE - 60 * seconds_per_pixel(view), abs=0.02
    )
    assert int(hz) == 1000
    assert (note, int(cents)) == ("B5", 21)
    assert level == "-6 dB"
    send(view, QEvent.Type.MouseMove, 1, y_of(view, 1000))  # six seconds before the file began
    assert view.readout().endswith("no sound")
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    assert view.readout() == ""


def test_the_picture_is_brightest_at_the_height_of_the_tone(
    view: SpectrogramView, hear: Hear, tone: Tone
) -> None:
    hear(tone(1000))
    image = view.grab().toImage()
    scale = image.height() / HEIGHT
    column = [image.pixelColor(image.width() - 40, y).lightness() for y in range(image.height())]
    assert int(np.argmax(column)) / scale == pytest.approx(y_of(view, 1000), abs=3)
    empty = image.pixelColor(5, round(y_of(view, 1000) * scale))
    assert empty.lightness() < 20


@pytest.mark.parametrize("y", [40, 160, 290])
def test_the_wheel_zooms_both_axes_about_the_pointer(
    view: SpectrogramView, hear: Hear, tone: Tone, y: int
) -> None:
    hear(tone(seconds=4))
    drag(view, 100, 130)  # away from now, where the right edge would stay
    whole, under, span = view.axis, hz_at(view, y), view.viewport.span_s
    x = WIDTH / 2
    position = view.geometry_.place(QPointF(x, y)).position
    wheel(view, y, 3)
    assert hz_at(view, y) == pytest.approx(under)
    assert view.axis.high_hz / view.axis.low_hz < whole.high_hz / whole.low_hz
    assert view.viewport.span_s == pytest.approx(span * 0.8**3)
    assert view.geometry_.x(position) == pytest.approx(x, abs=1)
    wheel(view, y, -20)
    assert (view.axis.low_hz, view.axis.high_hz) == pytest.approx((whole.low_hz, whole.high_hz))


def test_a_small_picture_shows_the_tone_at_its_height_at_every_zoom(
    view: SpectrogramView, hear: Hear, tone: Tone
) -> None:
    hear(tone(1000))
    view.resize(view.minimumSize())
    height = view.height()
    for notches in (0, 4, 4, 4):  # from several rows a pixel to several pixels a row
        y = height * (1 - view.axis.fraction(1000))
        wheel(view, round(y), notches, Qt.KeyboardModifier.ShiftModifier)
        QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
        image = view.grab().toImage()
        rows = range(height - TEXT_HEIGHT - TICK)  # above the time marks
        column = [image.pixelColor(image.width() - 20, row).lightness() for row in rows]
        brightest = np.flatnonzero(np.array(column) == max(column)).mean() + 0.5
        assert brightest == pytest.approx(height * (1 - view.axis.fraction(1000)), abs=2)
    assert view.axis.high_hz / view.axis.low_hz < 2


@pytest.mark.parametrize("scale", SCALES)
def test_a_drag_may_leave_the_picture(
    view: SpectrogramView, hear: Hear, tone: Tone, scale: Scale
) -> None:
    hear(tone(seconds=2))
    view.picture.change(scale=scale, fmin_hz=1.0)
    send(view, QEvent.Type.MouseButtonPress, 300, 100, held=True)
    for x, y in ((320, 5000), (-4000, -5000), (9000, 100)):
        send(view, QEvent.Type.MouseMove, x, y, held=True)
        place = view.marks.place
        assert place is not None
        assert view.axis.low_hz - 1e-6 <= place.hz <= view.axis.high_hz + 1e-6
        assert 0 <= view.geometry_.x(place.position) <= WIDTH + 1
    send(view, QEvent.Type.MouseButtonRelease, 300, 100)


def test_while_it_follows_the_sound_now_stays_at_the_edge(
    view: SpectrogramView, hear: Hear, tone: Tone
) -> None:
    hear(tone(seconds=2))
    now = view.end_position
    wheel(view, 100, 4)
    assert view.viewport.is_live
    assert view.end_position == now


def test_ctrl_zooms_time_alone_and_shift_pitch_alone(
    view: SpectrogramView, hear: Hear, tone: Tone
) -> None:
    hear(tone(seconds=1))
    axis, before = view.axis, seconds_per_pixel(view)
    wheel(view, 100, -1, CTRL)
    assert seconds_per_pixel(view) == pytest.approx(before / 0.8)
    for notches, span in ((100, MIN_SPAN_S), (-100, MAX_SPAN_S)):
        wheel(view, 100, notches, CTRL)
        assert seconds_per_pixel(view) * WIDTH == pytest.approx(span)
    assert view.axis == axis
    before = seconds_per_pixel(view)
    wheel(view, 100, 2, Qt.KeyboardModifier.ShiftModifier)
    assert seconds_per_pixel(view) == before
    assert view.axis != axis


def test_two_fingers_move_a_zoomed_picture(view: SpectrogramView, hear: Hear, tone: Tone) -> None:
    hear(tone(seconds=4))
    wheel(view, 160, 6)
    now, low, span = view.end_position, view.axis.low_hz, view.samples_per_pixel
    at, pixels = QPointF(300, 160), QPoint(40, 25)
    phase, none = Qt.ScrollPhase.ScrollUpdate, Qt.MouseButton.NoButton
    event = QWheelEvent(at, view.mapToGlobal(at), pixels, pixels * 8, none, NONE, phase, False)
    QApplication.sendEvent(view, event)
    assert now - view.end_position == pytest.approx(40 * span, abs=2)
    assert view.axis.low_hz > low
    assert view.samples_per_pixel == span


def test_two_fingers_with_ctrl_zoom_time(view: SpectrogramView, hear: Hear, tone: Tone) -> None:
    hear(tone(seconds=1))
    axis, before = view.axis, view.viewport.span_s
    at, pixels, none = QPointF(300, 160), QPoint(0, 15), Qt.MouseButton.NoButton
    phase = Qt.ScrollPhase.ScrollUpdate
    event = QWheelEvent(at, view.mapToGlobal(at), pixels, pixels * 8, none, CTRL, phase, False)
    QApplication.sendEvent(view, event)
    assert view.viewport.span_s == pytest.approx(0.8 * before)
    assert view.axis == axis


def test_a_pinch_zooms_both_axes_about_the_fingers(
    view: SpectrogramView, hear: Hear, tone: Tone
) -> None:
    hear(tone(seconds=1))
    under, before, octaves = hz_at(view, 80), view.viewport.span_s, view.axis
    at, place = QPointF(300, 80), view.mapToGlobal(QPointF(300, 80))
    kind, touchpad = Qt.NativeGestureType.ZoomNativeGesture, QPointingDevice.primaryPointingDevice()
    event = QNativeGestureEvent(kind, touchpad, 2, at, at, place, 0.25, QPointF())
    QApplication.sendEvent(view, event)
    assert view.viewport.span_s == pytest.approx(before / 1.25)
    assert hz_at(view, 80) == pytest.approx(under)
    assert view.axis.high_hz / view.axis.low_hz == pytest.approx(
        (octaves.high_hz / octaves.low_hz) ** 0.8
    )


def test_a_drag_moves_a_zoomed_picture_with_the_pointer(
    view: SpectrogramView, hear: Hear, tone: Tone
) -> None:
    hear(tone(seconds=4))
    wheel(view, 160, 6)
    hz = hz_at(view, 100)
    send(view, QEvent.Type.MouseButtonPress, 300, 100, held=True)
    send(view, QEvent.Type.MouseMove, 300, 170, held=True)
    assert hz_at(view, 170) == pytest.approx(hz)
    send(view, QEvent.Type.MouseButtonRelease, 300, 170)


def test_a_click_pins_and_a_second_one_takes_the_pin_away(
    view: SpectrogramView, hear: Hear, tone: Tone
) -> None:
    hear(tone(seconds=4))
    plain = view.grab().toImage()
    click(view, 450, 100)
    click(view, 520, 200)
    assert [round(view.geometry_.x(pin.position)) for pin in view.marks.pins] == [450, 520]
    assert view.grab().toImage() != plain
    click(view, 452, 101)
    assert len(view.marks.pins) == 1
    QTest.keyClick(view, Qt.Key.Key_C, CTRL)
    lines = QApplication.clipboard().text().replace("\N{MINUS SIGN}", "-").splitlines()
    assert len(lines) == 2  # the pin, and what the pointer is at
    assert all(READOUT.fullmatch(line) for line in lines)
    drag(view, 300, 360)
    assert len(view.marks.pins) == 1
    QTest.keyClick(view, Qt.Key.Key_Delete)
    assert view.marks.pins == ()


def test_of_too_many_pins_the_oldest_goes(view: SpectrogramView) -> None:
    pins = [Place(number, 440.0) for number in range(MAX_PINS + 2)]
    for pin in pins:
        view.marks.pin(pin)
    assert view.marks.pins == tuple(pins[2:])


def test_overtones_are_marked_at_the_multiples(
    view: SpectrogramView, hear: Hear, tone: Tone
) -> None:
    hear(tone(seconds=4))
    y = round(y_of(view, 300))
    send(view, QEvent.Type.MouseMove, 200, y)
    plain = view.grab().toImage()
    QTest.keyClick(view, Qt.Key.Key_H)
    marked = view.grab().toImage()
    scale = plain.height() / HEIGHT
    hz = hz_at(view, y)
    for number in (2, 3, 4):
        row = round(round(y_of(view, hz * number)) * scale)
        assert plain.pixel(30, row) != marked.pixel(30, row), number
    QTest.keyClick(view, Qt.Key.Key_H)
    assert view.grab().toImage() == plain


def test_a_cursor_moves_by_keys_reads_and_pins(
    view: SpectrogramView, hear: Hear, tone: Tone
) -> None:
    hear(tone(seconds=4))
    QTest.keyClick(view, Qt.Key.Key_C)
    assert view.marks.place is not None
    before = view.geometry_.point(view.marks.place)
    QTest.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(view, Qt.Key.Key_Up)
    moved = view.geometry_.point(view.marks.place) - before
    assert (round(moved.x()), round(moved.y())) == (8, -1)
    assert view.accessibleDescription() == view.readout() != ""
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert len(view.marks.pins) == 1
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    assert view.readout()
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert view.readout() == ""


def test_f_freezes_and_0_shows_all(
    view: SpectrogramView, model: ListenViewModel, qtbot: QtBot, tone: Tone, paced: None
) -> None:
    model.open_file(tone(seconds=8))
    qtbot.waitUntil(lambda: model.history.last_position > RATE // 2, timeout=20_000)
    wheel(view, 160, 5)
    QTest.keyClick(view, Qt.Key.Key_F)
    place, heard = view.end_position, model.shown_position
    qtbot.waitUntil(lambda: model.shown_position > heard + RATE // 4, timeout=20_000)
    assert view.end_position == place
    QTest.keyClick(view, Qt.Key.Key_F)
    assert view.viewport.is_live
    QTest.keyClick(view, Qt.Key.Key_0)
    assert view.viewport.span_s == 10
    assert view.axis.high_hz == model.settings.top_hz


def test_a_drag_looks_back_as_far_as_there_is_sound_and_home_returns(
    view: SpectrogramView, hear: Hear, tone: Tone
) -> None:
    hear(tone(seconds=4))
    now = view.end_position
    drag(view, 100, 160)
    assert not view.viewport.is_live
    assert now - view.end_position == pytest.approx(60 * view.samples_per_pixel, abs=2)
    drag(view, 0, WIDTH - 1)
    assert view.end_position == pytest.approx(2048, abs=512)
    drag(view, 400, 0)
    drag(view, 400, 0)
    assert view.viewport.is_live
    drag(view, 100, 160)
    QTest.keyClick(view, Qt.Key.Key_Home)
    assert view.viewport.is_live
    assert view.end_position == now


def test_what_one_looks_back_at_stands_still_while_more_is_heard(
    view: SpectrogramView,
    model: ListenViewModel,
    qtbot: QtBot,
    tone: Tone,
    paced: None,
) -> None:
    model.open_file(tone(seconds=8))
    qtbot.waitUntil(lambda: model.history.last_position > RATE, timeout=20_000)
    drag(view, 100, 130)
    place, heard = view.end_position, model.history.last_position
    qtbot.waitUntil(lambda: model.history.last_position > heard + RATE // 2, timeout=20_000)
    assert view.end_position == pytest.approx(place, abs=model.settings.hop_length)


def test_on_white_paper_lines_are_dark(view: SpectrogramView, hear: Hear, tone: Tone) -> None:
    hear(tone(seconds=1))
    for color_map, is_darker in (("paper", True), ("dusk", False)):
        view.picture.change_look(color_map=color_map)
        QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
        plain = view.grab().toImage().pixelColor(30, 201).lightness()
        send(view, QEvent.Type.MouseMove, 100, 201)
        marked = view.grab().toImage().pixelColor(30, 201).lightness()
        assert abs(marked - plain) > 60
        assert (marked < plain) == is_darker
