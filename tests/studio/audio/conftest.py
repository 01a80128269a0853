from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.midi_server import MidiServer
from tests.sound_server import SoundServer


@pytest.fixture
def sound_server(tmp_path: Path) -> Iterator[SoundServer]:
    """A real audio server of the test's own, with a microphone that hears what the test plays."""
    server = SoundServer(tmp_path / "pulse")
    yield server
    server.close()


@pytest.fixture(scope="session")
def running_midi_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MidiServer]:
    server = MidiServer(tmp_path_factory.mktemp("jack"))
    yield server
    server.close()


@pytest.fixture
def midi_server(
    running_midi_server: MidiServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MidiServer]:
    """A real MIDI system, with as many virtual ports as a test opens; they are closed for it."""
    for name in ("JACK_DEFAULT_SERVER", "JACK_NO_START_SERVER"):
        monkeypatch.setenv(name, running_midi_server.env[name])
    yield running_midi_server
    running_midi_server.unplug()
