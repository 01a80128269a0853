import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.analysis.history import to_db
from studio.analysis.scales import SCALES, Scale
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.listen.spectrogram_view import SpectrogramView

Tone = Callable[..., Path]
SLOW_MS = 20_000


def peak_hz(model: ListenViewModel) -> float:
    """The loudest frequency in the middle of what was heard."""
    middle = (model.history.first_position + model.history.last_position) // 2
    levels, is_there = model.history.at(np.array([middle]), 10**6)
    assert is_there.all()
    return float(model.settings.row_hz[int(to_db(levels)[0].argmax())])


@pytest.mark.parametrize("is_stopped", [False, True])
@pytest.mark.parametrize("scale", SCALES)
def test_what_was_heard_is_drawn_by_the_new_settings(
    qtbot: QtBot, model: ListenViewModel, tone: Tone, scale: Scale, is_stopped: bool
) -> None:
    view = SpectrogramView(model)
    qtbot.addWidget(view)
    view.resize(400, 300)
    view.show()
    model.open_file(tone(hz=1000.0, seconds=2.0))
    qtbot.waitUntil(lambda: model.history.last_position > model.sample_rate, timeout=SLOW_MS)
    if is_stopped:
        model.stop()
    heard = model.history.last_position
    wanted = replace(model.settings, scale=scale, n_fft=2048, hop_length=256)
    with qtbot.waitSignal(model.picture_changed, timeout=SLOW_MS):
        model.change_settings(wanted)
    assert model.settings.scale == scale
    qtbot.waitUntil(lambda: model.history.first_position < heard // 3, timeout=SLOW_MS)
    assert peak_hz(model) == pytest.approx(1000, rel=0.03)
    assert view.axis.scale == scale
    lit = view.grab().toImage()
    assert lit.pixelColor(370, round(300 * (1 - view.axis.fraction(1000.0)))).lightness() > 60


def test_settings_chosen_before_listening_hold_for_what_is_heard(
    qtbot: QtBot, model: ListenViewModel, tone: Tone
) -> None:
    model.change_settings(replace(model.settings, scale="linear", hop_length=1024))
    model.open_file(tone())
    assert (model.settings.scale, model.settings.hop_length) == ("linear", 1024)
    assert model.settings.sample_rate == model.sample_rate


def test_a_range_that_a_sound_has_nothing_of_gives_way(model: ListenViewModel, tone: Tone) -> None:
    model.change_settings(replace(model.settings, fmin_hz=10_000.0, fmax_hz=18_000.0))
    assert model.open_file(tone())
    assert model.settings.fmin_hz < 100
    assert model.wanted.fmin_hz == 10_000


def n_drawing_threads() -> int:
    return sum(thread.name == "reanalysis" for thread in threading.enumerate())


def test_stopping_in_the_middle_of_a_change_does_not_cut_the_past(
    qtbot: QtBot, model: ListenViewModel, tone: Tone
) -> None:
    model.open_file(tone(hz=1000.0, seconds=2.0))
    qtbot.waitUntil(lambda: model.history.last_position > model.sample_rate, timeout=SLOW_MS)
    wanted = replace(model.settings, hop_length=64)
    model.change_settings(wanted)
    model.stop()
    qtbot.waitUntil(lambda: not model.hearing.is_changing, timeout=SLOW_MS)
    assert model.settings == wanted
    assert model.history.first_position == wanted.n_fft // 2


def test_what_is_no_more_looked_at_is_drawn_no_further(
    qtbot: QtBot, model: ListenViewModel, tone: Tone
) -> None:
    model.open_file(tone(hz=1000.0, seconds=2.0))
    qtbot.waitUntil(lambda: model.history.last_position > model.sample_rate, timeout=SLOW_MS)
    model.stop()
    model.change_settings(replace(model.settings, hop_length=1))  # for a long time
    assert n_drawing_threads() == 1
    model.open_file(tone(hz=500.0))
    qtbot.waitUntil(lambda: n_drawing_threads() == 0, timeout=SLOW_MS)
    model.change_settings(replace(model.settings, hop_length=1))
    model.close()
    qtbot.waitUntil(lambda: n_drawing_threads() == 0, timeout=SLOW_MS)
