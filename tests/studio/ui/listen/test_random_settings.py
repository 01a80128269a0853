"""Settings changed at random while sound comes in: what no one would think of trying."""

import gc
import logging
import os
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.analysis.channels import ChannelChoice
from studio.analysis.scales import SCALES
from studio.analysis.windows import WINDOWS
from studio.ui.listen.color_map import COLOR_MAPS
from studio.ui.listen.listen_panel import ListenPanel
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.listen.picture_model import HOPS, N_FFTS

SECONDS = float(os.environ.get("STUDIO_RANDOM_SETTINGS_S", "5"))
SEED = int(os.environ.get("STUDIO_RANDOM_SETTINGS_SEED", "20"))
KEYS = (
    Qt.Key.Key_F,
    Qt.Key.Key_H,
    Qt.Key.Key_C,
    Qt.Key.Key_L,
    Qt.Key.Key_0,
    Qt.Key.Key_Left,
    Qt.Key.Key_Right,
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_PageUp,
    Qt.Key.Key_Comma,
    Qt.Key.Key_Period,
    Qt.Key.Key_O,
    Qt.Key.Key_BracketLeft,
    Qt.Key.Key_BracketRight,
    Qt.Key.Key_Return,
)


class Hand:
    """Does one thing after another, whatever comes to its mind."""

    def __init__(self, panel: ListenPanel, model: ListenViewModel, seed: int) -> None:
        self._panel, self._model = panel, model
        self._random = random.Random(seed)
        self._picture = panel.view.picture
        self._things: list[Callable[[], object]] = [
            self._change_columns,
            self._change_columns,
            self._change_range,
            self._change_look,
            self._change_channel,
            self._press_key,
            self._wheel,
            self._click,
            self._resize,
        ]

    def do_something(self) -> None:
        self._random.choice(self._things)()

    def _change_columns(self) -> None:
        pick = self._random.choice
        changes = {
            "scale": pick(SCALES),
            "n_fft": pick(N_FFTS),
            "hop_length": pick(HOPS),
            "window": pick(WINDOWS),
        }
        names = self._random.sample(sorted(changes), self._random.randint(1, 4))
        self._picture.change(**{name: changes[name] for name in names})

    def _change_range(self) -> None:
        low, high = self._random.uniform(0, 9000), self._random.uniform(0, 24_000)
        self._picture.change(fmin_hz=low, fmax_hz=high)  # half of them are no range, and refused

    def _change_look(self) -> None:
        self._picture.change_look(
            color_map=self._random.choice(COLOR_MAPS),
            floor_db=self._random.uniform(-150, 20),
            ceiling_db=self._random.uniform(-150, 20),
            is_auto=self._random.random() < 0.5,
        )

    def _change_channel(self) -> None:
        assert self._model.hearing is not None
        self._model.hearing.channel = ChannelChoice(self._random.choice((None, 0, 1, 7)))

    def _press_key(self) -> None:
        QTest.keyClick(self._panel.view, self._random.choice(KEYS))

    def _at(self) -> QPoint:
        view = self._panel.view
        return QPoint(self._random.randrange(view.width()), self._random.randrange(view.height()))

    def _wheel(self) -> None:
        at, view = QPointF(self._at()), self._panel.view
        shift, control = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
        event = QWheelEvent(
            at,
            view.mapToGlobal(at),
            QPoint(),
            QPoint(0, self._random.choice((-1200, -120, 120, 1200))),
            Qt.MouseButton.NoButton,
            self._random.choice((Qt.KeyboardModifier.NoModifier, shift, control)),
            Qt.ScrollPhase.NoScrollPhase,
            False,  # not inverted; Qt takes it by place only
        )
        QApplication.sendEvent(view, event)

    def _click(self) -> None:
        QTest.mouseClick(self._panel.view, Qt.MouseButton.LeftButton, pos=self._at())

    def _resize(self) -> None:
        self._panel.resize(self._random.randint(700, 1500), self._random.randint(500, 900))


def n_open_files() -> int:
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.exists() else 0


def test_no_setting_at_any_moment_does_harm(
    qtbot: QtBot,
    model: ListenViewModel,
    tone: Callable[..., Path],
    paced: None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    # pytest-qt fails it for an exception in a slot, and for every warning of Qt
    panel = ListenPanel(model)
    qtbot.addWidget(panel)
    panel.show()
    notices: list[str] = []
    model.notice.connect(lambda level, text: notices.append(text))
    assert model.open_file(tone(seconds=120))
    panel.transport.set_looping(True)
    qtbot.waitUntil(lambda: model.history.count > 5, timeout=20_000)
    hand = Hand(panel, model, SEED)
    n_threads, n_files = threading.active_count(), n_open_files()
    deadline = time.monotonic() + SECONDS
    with caplog.at_level(logging.WARNING):
        while time.monotonic() < deadline:
            hand.do_something()
            qtbot.wait(10)
    assert notices == []
    assert caplog.records == []
    assert model.is_running
    assert model.lost_samples == 0
    panel.view.picture.reset()
    panel.view.viewport.show_all()
    assert model.hearing is not None
    qtbot.waitUntil(lambda: not (model.hearing and model.hearing.is_changing), timeout=60_000)
    qtbot.waitUntil(lambda: threading.active_count() <= n_threads, timeout=20_000)
    gc.collect()
    assert n_open_files() <= n_files
    before = model.history.last_position
    qtbot.waitUntil(lambda: model.history.last_position > before, timeout=20_000)
