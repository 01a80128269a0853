import json
import threading
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from studio.audio import look_around
from studio.audio.devices import Device
from studio.audio.input_stream import LATENCIES_S
from studio.audio.look_around import no_monitor_hint
from studio.audio.ring_buffer import RingBuffer
from studio.audio.synth_source import SynthSource
from studio.ui.listen import source_menu
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.listen.source_menu import SourceMenu

SLOW_MS = 20_000
Tone = Callable[..., Path]
DESK = Device("Desk", "PipeWire", 2, 96_000, "input", key="desk")
OLD = Device("Desk", "ALSA", 2, 48_000, "input")
MONITOR = Device("Monitor of Speakers", "PipeWire", 2, 48_000, "monitor", key="m")
NEW = Device("Just plugged in", "ALSA", 1, 16_000, "input")


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> list[Device]:
    """What a look at the machine finds."""
    listed = [DESK, OLD, MONITOR]
    monkeypatch.setattr(source_menu, "inputs_now", lambda: list(listed))
    return listed


@pytest.fixture
def menu(qtbot: QtBot, model: ListenViewModel, found: list[Device]) -> SourceMenu:
    widget = SourceMenu(model)
    qtbot.addWidget(widget)
    return widget


def texts(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions() if action.text()]


def named(menu: QMenu, name: str) -> QAction:
    (found,) = [action for action in menu.actions() if action.objectName() == name]
    return found


def filled(qtbot: QtBot, menu: SourceMenu) -> SourceMenu:
    """The menu after it has looked."""
    menu.fill()
    # not `waitSignal`: a signal from another thread may reach a waiter that is gone, and crash
    qtbot.waitUntil(lambda: menu._is_known, timeout=SLOW_MS)
    return menu


def test_devices_stand_under_their_driver_the_best_first_and_monitors_apart(
    qtbot: QtBot, menu: SourceMenu
) -> None:
    menu.fill()
    assert texts(menu)[0] == "Looking for inputs…"
    listed = texts(filled(qtbot, menu))
    assert listed[:7] == [
        "PipeWire",
        "Desk  ·  96 kHz, 2 channels",
        "ALSA",
        "Desk  ·  48 kHz, 2 channels",
        "The sound of this machine",
        "Monitor of Speakers  ·  48 kHz, 2 channels",
        "Music",
    ]
    assert not named(menu, "source_stop").isEnabled()


def test_what_is_plugged_in_while_the_menu_is_open_appears(
    qtbot: QtBot, menu: SourceMenu, found: list[Device]
) -> None:
    filled(qtbot, menu)
    found.append(NEW)
    threading.Thread(target=menu._watch._on_change).start()  # as the system tells of it
    qtbot.waitUntil(lambda: any("Just plugged in" in t for t in texts(menu)), timeout=SLOW_MS)


def test_without_a_monitor_it_is_said_what_to_install(
    qtbot: QtBot, model: ListenViewModel, menu: SourceMenu, found: list[Device]
) -> None:
    found.clear()
    filled(qtbot, menu)
    assert "No input device was found" in texts(menu)
    with qtbot.waitSignal(model.notice) as told:
        named(menu, "source_monitor_hint").trigger()
    assert told.args is not None
    assert told.args[0] == "info"
    assert "pactl" in told.args[1] or "install" in told.args[1]


def test_a_chosen_device_is_opened(
    qtbot: QtBot, menu: SourceMenu, model: ListenViewModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Device] = []
    monkeypatch.setattr(model, "start_microphone", opened.append)
    filled(qtbot, menu)
    (action,) = [a for a in menu.actions() if a.text().startswith("Monitor")]
    action.trigger()
    assert opened == [MONITOR]


def test_the_delay_is_chosen_and_kept(menu: SourceMenu, model: ListenViewModel) -> None:
    menu.fill()
    submenu = menu.findChild(QMenu, "source_latency")
    assert submenu is not None
    assert [a.isChecked() for a in submenu.actions()] == [name == "normal" for name in LATENCIES_S]
    submenu.actions()[list(LATENCIES_S).index("safe")].trigger()
    assert model.input.choice.latency == "safe"


class FakePlayer:
    sample_rate = 44_100

    def __init__(self) -> None:
        self.tap: RingBuffer | None = None

    def set_tap(self, ring: RingBuffer | None) -> None:
        self.tap = ring


def test_what_compose_plays_can_be_listened_to(
    qtbot: QtBot, menu: SourceMenu, model: ListenViewModel
) -> None:
    player = FakePlayer()
    model.own_sound = lambda: SynthSource(player, "Compose")
    menu.fill()
    with qtbot.waitSignal(model.started, timeout=SLOW_MS):
        named(menu, "source_own").trigger()
    assert (model.source_name, model.sample_rate) == ("Compose", 44_100)
    assert player.tap is not None
    menu.fill()
    channels = menu.findChild(QMenu, "source_channels")
    assert channels is not None
    assert texts(channels) == ["All, mixed", "1", "2"]
    channels.actions()[2].trigger()
    assert model.input.channel.index == 1
    model.stop()
    assert player.tap is None


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32", "plan9"])
def test_each_system_has_its_advice(platform: str) -> None:
    assert "install" in no_monitor_hint(platform)


def test_a_look_around_finds_what_the_command_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [asdict(device) for device in (DESK, MONITOR, replace(OLD, kind="output"))]
    for said, found in ((json.dumps(rows), [DESK, MONITOR]), ("[]", []), ("oops", []), ("[3]", [])):
        done = SimpleNamespace(stdout=said)
        monkeypatch.setattr(look_around, "served_inputs", list)
        monkeypatch.setattr(look_around.subprocess, "run", lambda *_, done=done, **__: done)
        assert look_around.inputs_now() == found


def test_a_sound_server_is_asked_without_a_process_of_studios_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(look_around.pulse_devices, "is_possible", lambda: True)
    monkeypatch.setattr(look_around, "list_inputs", lambda: [DESK, OLD, MONITOR])
    monkeypatch.setattr(look_around, "subprocess", None)
    assert look_around.inputs_now() == [DESK, OLD, MONITOR]
    monkeypatch.setattr(look_around, "list_inputs", lambda: [OLD])
    assert look_around.served_inputs() == []


def test_filling_the_menu_again_and_again_leaves_nothing_behind(
    qtbot: QtBot, menu: SourceMenu
) -> None:
    filled(qtbot, menu)
    for _ in range(5):
        menu.fill()
    assert len(menu.findChildren(QMenu)) == 1
