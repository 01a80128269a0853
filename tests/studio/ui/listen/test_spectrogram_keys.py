from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from studio.ui.listen.keyboard_axis import KEYS_WIDTH, KeyboardAxis
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.listen.spectrogram_view import SpectrogramView

WIDTH, HEIGHT = 600, 400
Measure = Callable[[SpectrogramView], float]


@pytest.fixture
def view(
    qtbot: QtBot,
    model: ListenViewModel,
    hear: Callable[[Path], None],
    tone: Callable[..., Path],
) -> SpectrogramView:
    """A view of four seconds of sound that is over."""
    view = SpectrogramView(model)
    qtbot.addWidget(view)
    view.resize(WIDTH, HEIGHT)
    view.show()
    hear(tone())
    model.stop()
    return view


def pitch_range(view: SpectrogramView) -> float:
    return view.axis.high_hz / view.axis.low_hz


KEYS: list[tuple[Qt.Key, Measure, int]] = [
    (Qt.Key.Key_Left, lambda view: view.end_position, -1),
    (Qt.Key.Key_PageUp, pitch_range, -1),
    (Qt.Key.Key_Plus, lambda view: view.viewport.span_s, -1),
    (Qt.Key.Key_Minus, lambda view: view.viewport.span_s, 1),
]


@pytest.mark.parametrize(("key", "measure", "sign"), KEYS)
def test_everything_the_mouse_does_a_key_does_too(
    qtbot: QtBot, view: SpectrogramView, key: Qt.Key, measure: Measure, sign: int
) -> None:
    before = measure(view)
    qtbot.keyClick(view, key)
    assert np.sign(measure(view) - before) == sign


def test_l_returns_to_now(qtbot: QtBot, view: SpectrogramView) -> None:
    now = view.end_position
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert not view.viewport.is_live
    qtbot.keyClick(view, Qt.Key.Key_L)
    assert view.viewport.is_live
    assert view.end_position == now


def test_the_key_under_the_pointer_is_marked_until_it_leaves(
    qtbot: QtBot, view: SpectrogramView
) -> None:
    keys = KeyboardAxis(view.viewport)
    qtbot.addWidget(keys)
    keys.resize(keys.width(), HEIGHT)
    view.pointed.connect(keys.point_at)
    plain = keys.grab().toImage()
    y = round(HEIGHT * (1 - view.axis.fraction(440)))
    qtbot.mouseMove(view, QPoint(200, y))
    marked = keys.grab().toImage()
    left = keys.width() - KEYS_WIDTH
    changed = [
        row
        for row in range(HEIGHT)
        if any(plain.pixel(x, row) != marked.pixel(x, row) for x in range(left, keys.width()))
    ]
    assert changed
    assert min(changed) <= y <= max(changed) + 1
    assert len(changed) < 12
    keys.point_at(None)
    assert keys.grab().toImage() == plain
