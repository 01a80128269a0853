from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QLabel, QWidget
from pytestqt.qtbot import QtBot

from studio.settings import Settings
from studio.ui.listen.color_bar import ColorBar, label_starts
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.listen.picture_bar import PictureBar
from studio.ui.listen.picture_model import SETTINGS_KEY, Look, PictureModel, _with_room
from studio.ui.listen.viewport import Viewport

Hear = Callable[[Path], None]
Tone = Callable[..., Path]
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def picture(model: ListenViewModel) -> PictureModel:
    return PictureModel(model, Viewport(model))


@pytest.fixture
def bar(qtbot: QtBot, picture: PictureModel) -> PictureBar:
    widget = PictureBar(picture)
    qtbot.addWidget(widget)
    widget.resize(1200, 100)
    widget.show()
    return widget


def choose(bar: PictureBar, name: str, text: str) -> None:
    box = bar.findChild(QComboBox, name)
    assert box is not None
    box.setCurrentText(text)
    box.activated.emit(box.currentIndex())


def press(bar: PictureBar, name: str) -> None:
    button = bar.findChild(QWidget, name)
    assert button is not None
    QTest.mouseClick(button, LEFT)


def type_in(bar: PictureBar, name: str, text: str) -> None:
    box = bar.findChild(QDoubleSpinBox, name)
    assert box is not None
    box.selectAll()
    QTest.keyClicks(box, text)
    QTest.keyClick(box, Qt.Key.Key_Return)


def test_every_choice_reaches_the_picture_and_is_remembered(
    bar: PictureBar, picture: PictureModel, model: ListenViewModel
) -> None:
    choose(bar, "picture_scale", "Mel")
    choose(bar, "picture_n_fft", "8192")
    choose(bar, "picture_hop", "1024")
    choose(bar, "picture_colors", "Reef")
    press(bar, "picture_more")
    choose(bar, "picture_window", "Flat top")
    type_in(bar, "picture_low_hz", "100")
    type_in(bar, "picture_high_hz", "5000")
    s = model.wanted
    assert (s.scale, s.n_fft, s.hop_length, s.window) == ("mel", 8192, 1024, "flat-top")
    assert (s.fmin_hz, s.fmax_hz) == (100, 5000)
    label = bar.findChild(QLabel, "picture_resolution")
    assert label is not None
    assert label.text() == "5.9 Hz · 21.3 ms"
    other = ListenViewModel(None)
    again = PictureModel(other, Viewport(other))
    assert (again.settings, again.look) == (s, picture.look)
    press(bar, "picture_reset")
    assert (model.wanted.scale, picture.look) == ("log", Look())


def test_the_resolution_is_that_of_the_sound_in_sight(
    bar: PictureBar, model: ListenViewModel, hear: Hear, tone: Tone
) -> None:
    label = bar.findChild(QLabel, "picture_resolution")
    assert label is not None
    assert label.text() == "11.7 Hz · 10.7 ms"  # 48 kHz, before there is any sound
    hear(tone(seconds=1))
    rate, n_fft, hop = 16_000, model.settings.n_fft, model.settings.hop_length
    hz, ms = f"{rate / n_fft:.1f} Hz", f"{1000 * hop / rate:.1f} ms"
    assert label.text() == f"{hz} · {ms}"
    assert label.toolTip() == f"{hz} per bin and {ms} per column, at 16000 Hz sample rate"


def test_a_range_the_wrong_way_round_is_refused_in_place(
    bar: PictureBar, model: ListenViewModel
) -> None:
    press(bar, "picture_more")
    before = model.wanted
    type_in(bar, "picture_low_hz", "20000")
    refusal = bar.findChild(QLabel, "picture_refusal")
    assert refusal is not None
    assert "20000" in refusal.text()
    assert model.wanted == before
    type_in(bar, "picture_low_hz", "200")
    assert refusal.text() == ""
    assert model.wanted.fmin_hz == 200


def test_a_step_is_never_longer_than_the_window(bar: PictureBar, model: ListenViewModel) -> None:
    choose(bar, "picture_hop", "4096")
    choose(bar, "picture_n_fft", "512")
    assert (model.wanted.n_fft, model.wanted.hop_length) == (512, 512)


@given(st.floats(-500, 500), st.floats(-500, 500), st.booleans())
def test_the_range_of_levels_stays_a_range(floor: float, ceiling: float, moved: bool) -> None:
    look = _with_room(Look(floor_db=floor, ceiling_db=ceiling), moved=moved)
    assert -120 <= look.floor_db <= look.ceiling_db - 10 <= -10


def test_the_ends_of_the_colour_bar_are_dragged_and_locked(
    qtbot: QtBot, picture: PictureModel
) -> None:
    bar = ColorBar(picture)
    qtbot.addWidget(bar)
    bar.resize(252, 32)
    bar.show()
    QTest.mousePress(bar, LEFT, pos=QPoint(round(bar._x(-90)), 10))
    QTest.mouseMove(bar, QPoint(round(bar._x(-60)), 10))
    QTest.mouseRelease(bar, LEFT, pos=QPoint(round(bar._x(-60)), 10))
    assert picture.look.floor_db == pytest.approx(-60, abs=1)
    QTest.keyClick(bar, Qt.Key.Key_Left)
    QTest.keyClick(bar, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert picture.look.floor_db == pytest.approx(-62, abs=1)
    assert picture.look.ceiling_db == -12
    picture.change_look(is_locked=True)
    QTest.keyClick(bar, Qt.Key.Key_Left)
    assert picture.look.floor_db == pytest.approx(-62, abs=1)
    picture.change_look(is_locked=False)
    QTest.mouseDClick(bar, LEFT, pos=QPoint(100, 10))
    assert (picture.look.floor_db, picture.look.ceiling_db) == (-90, -10)


@given(st.floats(6, 114), st.floats(0, 1), st.floats(30, 45), st.floats(30, 45))
def test_the_labels_of_the_colour_bar_never_touch(
    left: float, share: float, first_width: float, second_width: float
) -> None:
    right = left + share * (114 - left)
    first, second = label_starts(left, right, (first_width, second_width), 120)
    assert first >= 0
    assert first + first_width < second
    assert second + second_width <= 120 + 1e-9


def test_the_labels_of_the_colour_bar_stand_between_its_handles() -> None:
    assert label_starts(20, 180, (40, 40), 200) == (18, 142)
    assert label_starts(80, 110, (40, 40), 200) == (42, 108)


def test_both_rows_fit_into_a_window_of_1024(bar: PictureBar) -> None:
    choose(bar, "picture_scale", "Constant-Q")
    press(bar, "picture_more")
    type_in(bar, "picture_low_hz", "20000")  # and the sentence that refuses it
    room = 1024 - 96 - 16  # the places at the left, and the margins
    assert bar.minimumSizeHint().width() <= room


def test_auto_fits_the_levels_to_what_is_heard(
    qtbot: QtBot, model: ListenViewModel, picture: PictureModel, hear: Hear, tone: Tone
) -> None:
    picture.change_look(is_auto=True)
    hear(tone(1000, seconds=4, amplitude=0.01))
    for _ in range(30 * 12):
        model.ticked.emit(0)
    assert picture.look.ceiling_db == pytest.approx(-40 + 6, abs=3)
    assert 40 <= picture.look.ceiling_db - picture.look.floor_db <= 91
    before = picture.look
    picture.change_look(is_locked=True)
    hear(tone(1000, seconds=3, amplitude=0.9))
    for _ in range(60):
        model.ticked.emit(0)
    assert picture.look.ceiling_db == before.ceiling_db


@pytest.mark.parametrize(
    "kept",
    [
        "loud",
        {"scale": "spiral", "color_map": "mud"},
        {"n_fft": "many", "floor_db": None},
        {"fmin_hz": 9000, "fmax_hz": 10, "floor_db": 50, "ceiling_db": -300},
    ],
)
def test_what_is_remembered_wrongly_is_forgotten(model: ListenViewModel, kept: object) -> None:
    Settings().set(SETTINGS_KEY, kept)
    picture = PictureModel(model, Viewport(model))
    assert picture.settings.scale == "log"
    assert -120 <= picture.look.floor_db < picture.look.ceiling_db <= 0


def test_constant_q_leaves_the_window_that_was_chosen(picture: PictureModel) -> None:
    picture.change(n_fft=2048)
    picture.change(scale="constant-q")
    assert picture.settings.n_fft == 16384
    again = PictureModel(ListenViewModel(None), picture._viewport)
    for model in (picture, again):
        assert model.settings.scale == "constant-q"
        model.change(scale="log")
        assert model.settings.n_fft == 2048


def test_constant_q_is_described_only_while_it_is_chosen(bar: PictureBar) -> None:
    window, resolution = (
        bar.findChild(QWidget, name) for name in ("picture_n_fft", "picture_resolution")
    )
    assert window is not None
    assert isinstance(resolution, QLabel)
    choose(bar, "picture_scale", "Constant-Q")
    assert "Constant-Q" in window.toolTip()
    assert "Hz" not in resolution.text()
    choose(bar, "picture_scale", "Log")
    assert "Constant-Q" not in window.toolTip()
    assert "Hz" in resolution.text()
