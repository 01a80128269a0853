"""Devices that go, come back, or give nothing but zeros."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from studio.analysis.channels import MIX, ChannelChoice
from studio.audio.devices import Device
from studio.audio.input_stream import MicrophoneSource
from studio.settings import Settings
from studio.ui.listen import input_watch
from studio.ui.listen.input_choice import DEVICE_KEY, InputChoice
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.listen.source_bar import SourceBar

RATE = 16_000
SLOW_MS = 20_000
DESK = Device("desk", "PulseAudio", 2, RATE, "input", key="desk_in")


class Plug(MicrophoneSource):
    """A device that a test plugs in and out, and plays into by hand."""

    def __init__(self) -> None:
        super().__init__(DESK)
        self.is_open = False

    def start(self) -> None:
        self.is_open = True

    def stop(self) -> None:
        self.is_open = False

    @property
    def is_active(self) -> bool:
        return self.is_open

    def play(self, seconds: float, amplitude: float = 0.1) -> None:
        n = round(seconds * RATE)
        noise = np.random.default_rng(0).standard_normal((n, 2)).astype(np.float32)
        self.ring.write(noise * np.float32(amplitude))


@pytest.fixture
def plug(qtbot: QtBot, model: ListenViewModel) -> Plug:
    source = Plug()
    with qtbot.waitSignal(model.started, timeout=SLOW_MS):
        model.open_source(lambda: source)
    return source


def test_a_device_that_is_gone_is_told_and_waited_for(
    qtbot: QtBot, model: ListenViewModel, plug: Plug
) -> None:
    plug.play(1.0)
    qtbot.waitUntil(lambda: model.history.count > 10, timeout=SLOW_MS)
    history = model.history
    with qtbot.waitSignals([model.lost, model.notice], timeout=SLOW_MS):
        plug.is_lost = True
    assert model.is_running
    assert model.input.is_away
    plug.lost_samples = 500
    with qtbot.waitSignal(model.notice, timeout=SLOW_MS) as told:
        plug.is_lost = False
    assert told.args == ["info", "desk is back."]
    assert not model.input.is_away
    count = model.history.count
    plug.play(1.0)
    qtbot.waitUntil(lambda: model.history.count > count + 10, timeout=SLOW_MS)
    assert model.history is history
    assert model.lost_samples == 500
    model.input.reset_lost()
    assert model.lost_samples == 0


@pytest.mark.parametrize("end", ["back", "stopped"])
def test_that_a_device_is_gone_is_said_only_while_it_is(
    qtbot: QtBot, model: ListenViewModel, plug: Plug, end: str
) -> None:
    with qtbot.waitSignal(model.notice, timeout=SLOW_MS) as told:
        plug.is_lost = True
    assert told.args is not None
    with qtbot.waitSignal(model.input.settled, timeout=SLOW_MS) as settled:
        if end == "back":
            plug.is_lost = False
        else:
            model.stop()
    assert settled.args == told.args[1:]


def test_three_seconds_of_zeros_are_told_and_the_first_sound_ends_it(
    qtbot: QtBot, model: ListenViewModel, plug: Plug, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(input_watch.time, "monotonic", lambda: now[0])
    told: list[bool] = []
    model.input.muted.connect(told.append)
    plug.play(0.5, amplitude=0.0)
    model.ticked.emit(0)
    qtbot.waitUntil(lambda: model.input._silent_since is not None, timeout=SLOW_MS)
    now[0] += 2.9
    qtbot.wait(60)
    assert not told
    now[0] += 0.2
    qtbot.waitUntil(lambda: told == [True], timeout=SLOW_MS)
    assert model.input.is_muted
    plug.play(0.5)
    qtbot.waitUntil(lambda: told == [True, False], timeout=SLOW_MS)


def test_a_quiet_room_is_no_muted_microphone(
    qtbot: QtBot, model: ListenViewModel, plug: Plug, monkeypatch: pytest.MonkeyPatch
) -> None:
    plug.play(1.0, amplitude=1e-5)
    qtbot.waitUntil(lambda: model.history.count > 5, timeout=SLOW_MS)
    now = [100.0]
    monkeypatch.setattr(input_watch.time, "monotonic", lambda: now[0])
    qtbot.wait(60)
    now[0] += 10
    qtbot.wait(60)
    assert not model.input.is_muted


def test_the_channel_is_chosen_and_told(qtbot: QtBot, model: ListenViewModel, plug: Plug) -> None:
    watch = model.input
    assert (watch.n_channels, watch.channel) == (2, MIX)
    with qtbot.waitSignal(watch.changed, timeout=SLOW_MS):
        watch.choose_channel(ChannelChoice(1))
    assert watch.channel == ChannelChoice(1)


def test_the_chosen_device_is_found_by_name_and_else_the_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    listed = [Device("built in", "PulseAudio", 1, 48_000, "input", is_default=True), DESK]
    monkeypatch.setattr("studio.audio.input_stream.list_inputs", lambda: listed)
    choice = InputChoice()
    assert choice.find().name == "built in"
    choice.remember(replace(DESK, sample_rate=8000))
    assert InputChoice().find() == DESK  # as it is now, not as it was
    listed.remove(DESK)
    assert InputChoice().find().name == "built in"
    Settings().set(DEVICE_KEY, {"name": 3, "colour": "red"})
    assert InputChoice().find().name == "built in"


def test_the_latency_is_remembered_and_nonsense_forgotten() -> None:
    choice = InputChoice()
    assert choice.latency == "normal"
    choice.latency = "safe"
    assert InputChoice().latency == "safe"
    Settings().set("listen_latency", "warp")
    assert InputChoice().latency == "normal"


def test_the_delay_is_that_of_the_driver_and_of_the_picture_together(
    qtbot: QtBot, model: ListenViewModel, plug: Plug
) -> None:
    bar = SourceBar(model)
    qtbot.addWidget(bar)
    plug.latency_s = 0.02
    plug.play(1.0)
    model._timer.stop()
    assert model.hearing is not None
    for _ in range(300):
        model.input.check(model.hearing, plug.ring.written - plug.sample_rate // 10)
    assert model.input.picture_delay_s == pytest.approx(0.1, abs=0.001)
    bar._show_delay()
    delay = bar.findChild(QLabel, "listen_delay")
    assert delay is not None
    assert delay.text() == "120 ms to the picture"
    assert "20 ms in the driver (30 ms were asked for), then 100 ms" in delay.toolTip()
