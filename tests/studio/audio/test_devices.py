import argparse
import json
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from studio.audio import devices
from studio.audio.devices import Device, device_index, list_devices, list_inputs
from studio.audio.input_stream import default_input
from studio.commands import devices as command
from studio.errors import StudioError


class FakeLibrary(SimpleNamespace):
    """PortAudio as sounddevice shows it."""

    def __init__(self, rows: list[tuple[str, int, int]], default: tuple[int, int]) -> None:
        table = [
            {
                "name": name,
                "hostapi": 0,
                "default_samplerate": 48000.0,
                "max_input_channels": n_inputs,
                "max_output_channels": n_outputs,
            }
            for name, n_inputs, n_outputs in rows
        ]
        super().__init__(
            default=SimpleNamespace(device=default),
            query_hostapis=lambda: [{"name": "ALSA"}],
            query_devices=lambda: table,
            n_refreshed=0,
        )

    def _terminate(self) -> None:
        self.n_refreshed += 1

    def _initialize(self) -> None: ...


ROWS = [("Speakers", 0, 2), ("Monitor of Speakers", 2, 0), ("Line", 2, 0), ("Desk", 8, 8)]


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> FakeLibrary:
    return use(monkeypatch, FakeLibrary(ROWS, default=(3, 0)))


def use(monkeypatch: pytest.MonkeyPatch, library: FakeLibrary) -> FakeLibrary:
    monkeypatch.setattr(devices, "sound_library", lambda: library)
    monkeypatch.setattr(devices.pulse_devices, "list_sources", list)
    return library


def test_devices_are_listed_inputs_first_and_defaults_before_others(library: FakeLibrary) -> None:
    listed = [(device.name, device.kind, device.is_default) for device in list_devices()]
    assert listed == [
        ("Desk", "input", True),
        ("Line", "input", False),
        ("Monitor of Speakers", "monitor", False),
        ("Speakers", "output", True),
        ("Desk", "output", False),
    ]
    assert [device.name for device in list_inputs()] == ["Desk", "Line", "Monitor of Speakers"]


def test_a_device_is_found_again_after_the_numbers_have_changed(
    library: FakeLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = next(device for device in list_inputs() if device.name == "Line")
    assert device_index(line) == 2
    use(monkeypatch, FakeLibrary([("New", 1, 1), *ROWS], default=(0, 0)))
    assert device_index(line) == 3
    use(monkeypatch, FakeLibrary(ROWS[:2], default=(1, 0)))
    with pytest.raises(StudioError, match=r"Line \(ALSA\) is not there any more"):
        device_index(line)


def test_without_a_default_the_first_input_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, FakeLibrary(ROWS, default=(-1, -1)))
    assert default_input().name == "Line"


@pytest.mark.parametrize(("rows", "n_refreshed"), [([], 1), (ROWS[:1], 0)])
def test_devices_are_looked_for_anew_only_where_nothing_can_be_playing(
    monkeypatch: pytest.MonkeyPatch, rows: list[tuple[str, int, int]], n_refreshed: int
) -> None:
    library = use(monkeypatch, FakeLibrary(rows, default=(-1, -1)))
    monkeypatch.setattr("studio.audio.devices.sound_library", lambda: library)
    with pytest.raises(StudioError, match="No microphone"):
        default_input()
    assert library.n_refreshed == n_refreshed


def test_a_machine_without_portaudio_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(name: str) -> Any:
        raise OSError("PortAudio library not found")

    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(devices.importlib, "import_module", missing)
    with pytest.raises(StudioError, match="libportaudio2"):
        list_devices()


def run_command(capsys: pytest.CaptureFixture[str], *, as_json: bool) -> str:
    assert command.run(argparse.Namespace(json=as_json)) == 0
    return capsys.readouterr().out


def test_the_command_prints_one_document_with_every_field(
    library: FakeLibrary, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = json.loads(run_command(capsys, as_json=True))
    assert len(listed) == 5
    assert listed[0] == {
        "name": "Desk",
        "host_api": "ALSA",
        "channels": 8,
        "sample_rate": 48000,
        "kind": "input",
        "is_default": True,
        "key": "",
    }


def test_the_command_says_what_works_where_there_is_no_device(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    use(monkeypatch, FakeLibrary([], default=(-1, -1)))
    assert json.loads(run_command(capsys, as_json=True)) == []
    assert "Files can be watched" in run_command(capsys, as_json=False)


def test_labels_tell_the_host_api() -> None:
    assert Device("Desk", "ASIO", 2, 44100, "input").label == "Desk (ASIO)"


def test_nothing_is_looked_for_anew_while_a_stream_is_open(library: FakeLibrary) -> None:
    streams = devices.OpenStreams()
    streams.opened()
    streams.opened()
    streams.closed()
    assert not streams.refresh_if_none()
    assert library.n_refreshed == 0
    streams.closed()
    assert streams.refresh_if_none()
    assert library.n_refreshed == 1
