from types import SimpleNamespace
from typing import Any

import pytest

from studio.audio import drivers
from studio.audio.devices import Device
from studio.audio.drivers import ORDER, open_capture, rank
from studio.errors import StudioError


def desk(host_api: str, name: str = "desk", channels: int = 2) -> Device:
    return Device(name, host_api, channels, 48000, "input")


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A machine that lists `inputs`; the drivers in `refusing` open nothing."""
    machine = SimpleNamespace(inputs=[], refusing=set(), tried=[])
    library = SimpleNamespace(PortAudioError=OSError, WasapiSettings=lambda auto_convert: "shared")

    def capture(index: str, n_channels: int, rate: int, latency_s: float, extra: Any) -> Any:
        machine.tried.append((index, n_channels, rate, extra))
        if index in machine.refusing:
            raise OSError("Device unavailable\nmore")
        return SimpleNamespace(index=index)

    monkeypatch.setattr(drivers, "list_inputs", lambda: machine.inputs)
    monkeypatch.setattr(drivers, "device_index", lambda device: device.host_api)
    monkeypatch.setattr(drivers, "sound_library", lambda: library)
    monkeypatch.setattr(drivers, "Capture", capture)
    return machine


def test_its_own_driver_is_asked_first_and_nothing_is_remarked(machine: SimpleNamespace) -> None:
    machine.inputs = [desk("MME"), desk("Windows WASAPI")]
    opened = open_capture(desk("MME"), 2, 0.03)
    assert machine.tried == [("MME", 2, 48000, None)]
    assert opened.remark == ""


def test_the_next_best_driver_is_taken_and_named(machine: SimpleNamespace) -> None:
    machine.inputs = [
        desk("MME"),
        desk("Windows DirectSound"),
        desk("Windows WASAPI"),
        desk("Windows DirectSound", "another"),
    ]
    machine.refusing = {"Windows WASAPI"}
    opened = open_capture(desk("Windows WASAPI"), 2, 0.03)
    assert [tried[0] for tried in machine.tried] == ["Windows WASAPI", "Windows DirectSound"]
    assert opened.remark == (
        "desk could not be opened through Windows WASAPI; Windows DirectSound is used instead."
    )


def test_where_all_refuse_each_says_why(machine: SimpleNamespace) -> None:
    machine.inputs = [desk("MME"), desk("Windows WASAPI")]
    machine.refusing = {"MME", "Windows WASAPI"}
    with pytest.raises(StudioError) as told:
        open_capture(desk("Windows WASAPI"), 2, 0.03)
    assert str(told.value) == (
        "desk can't be opened (Windows WASAPI: Device unavailable; MME: Device unavailable)."
    )


def test_a_driver_that_has_fewer_channels_does_not_stand_in(machine: SimpleNamespace) -> None:
    machine.inputs = [desk("JACK Audio Connection Kit", channels=1), desk("ALSA", channels=8)]
    machine.refusing = {"OSS"}
    open_capture(desk("OSS", channels=2), 2, 0.03)
    assert [tried[0] for tried in machine.tried] == ["OSS", "ALSA"]


def test_names_that_mme_cuts_are_known_again(machine: SimpleNamespace) -> None:
    name = "Microphone (A very long name of a sound card)"
    machine.inputs = [desk("MME", name[:31])]
    machine.refusing = {"Windows WASAPI"}
    assert "MME" in open_capture(desk("Windows WASAPI", name), 2, 0.03).remark


def test_wasapi_is_told_that_it_may_convert(machine: SimpleNamespace) -> None:
    open_capture(desk("Windows WASAPI"), 2, 0.03)
    assert machine.tried[0][3] == "shared"


def test_an_unknown_driver_comes_last() -> None:
    assert sorted(["new", *reversed(ORDER)], key=rank) == [*ORDER, "new"]


def test_a_device_plugged_in_since_is_looked_for_unless_something_plays(
    machine: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[str] = []

    def index(device: Device) -> str:
        looks.append("index")
        if looks.count("again") == 0:
            raise StudioError("desk is not there any more.")
        return device.host_api

    monkeypatch.setattr(drivers, "device_index", index)
    monkeypatch.setattr(drivers.open_streams, "refresh_if_none", lambda: False)
    with pytest.raises(StudioError, match="not there any more"):
        open_capture(desk("MME"), 2, 0.03)
    again = lambda: bool(looks.append("again")) or True  # noqa: E731
    monkeypatch.setattr(drivers.open_streams, "refresh_if_none", again)
    assert open_capture(desk("MME"), 2, 0.03).remark == ""
