import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from studio.audio import pulse_devices
from tests.sound_server import SoundServer

PROGRAM = Path(__file__).parent / "programs" / "follow.py"
RATES_AND_CHANNELS = [
    (8000, 1),
    (16000, 2),
    (22050, 1),
    (44100, 2),
    (48000, 6),
    (96000, 2),
    (192000, 2),
]
Follow = Callable[..., "subprocess.Popen[str]"]
PLAYED = {1: (), 2: (), 6: ("--channel-map=surround-51",)}
MAPS = {
    1: ("channels=1",),
    2: ("channels=2",),
    6: ("channels=6", "channel_map=surround-51"),  # else the server mixes by the places' names
}


@pytest.fixture
def follow(sound_server: SoundServer) -> Iterator[Follow]:
    """Starts the program that listens to the inputs that it is told."""
    programs = []

    def start(*words: str) -> "subprocess.Popen[str]":
        program = subprocess.Popen(
            [sys.executable, str(PROGRAM), *words],
            env=sound_server.env | {"PYTHONPATH": str(Path.cwd())},
            stdout=subprocess.PIPE,
            text=True,
        )
        programs.append(program)
        return program

    yield start
    for program in programs:
        program.kill()
        program.communicate()


def said(program: "subprocess.Popen[str]") -> dict[str, Any]:
    assert program.stdout is not None
    return dict(json.loads(program.stdout.readline()))


def sources(server: SoundServer, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    for name, value in server.env.items():
        monkeypatch.setenv(name, value)
    return pulse_devices.list_sources()


def test_the_servers_sources_are_told_with_their_own_rate_and_channels(
    sound_server: SoundServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound_server.load("module-null-sink", "sink_name=desk", "rate=96000", "channels=6")
    by_key = {source.key: source for source in sources(sound_server, monkeypatch)}
    assert set(by_key) == {"speakers.monitor", "room.monitor", "microphone", "desk.monitor"}
    desk, microphone = by_key["desk.monitor"], by_key["microphone"]
    assert (desk.sample_rate, desk.channels, desk.is_monitor) == (96000, 6, True)
    assert microphone.is_default
    assert not microphone.is_monitor
    assert len({source.name for source in by_key.values()}) == 4  # three sinks are called alike
    assert {source.server for source in by_key.values()} == {"PulseAudio"}


def test_without_a_server_there_are_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/nobody")
    assert pulse_devices.list_sources() == []
    monkeypatch.setattr(pulse_devices.shutil, "which", lambda name: None)
    assert pulse_devices.list_sources() == []


@pytest.mark.parametrize("before", [None, "kept"])
def test_streams_are_directed_only_while_they_are_opened(
    monkeypatch: pytest.MonkeyPatch, before: str | None
) -> None:
    monkeypatch.delenv("PULSE_SOURCE", raising=False)
    if before is not None:
        monkeypatch.setenv("PULSE_SOURCE", before)
    with pulse_devices.directed_to("desk"):
        assert os.environ["PULSE_SOURCE"] == "desk"
    assert os.environ.get("PULSE_SOURCE") == before
    with pulse_devices.directed_to(""):
        assert os.environ.get("PULSE_SOURCE") == before


def test_each_input_is_heard_at_its_own_rate_with_all_its_channels(
    sound_server: SoundServer, tmp_path: Path, follow: Follow
) -> None:
    for rate, n_channels in RATES_AND_CHANNELS:
        sink = f"sink_{rate}"
        sound_server.load(
            "module-null-sink", f"sink_name={sink}", f"rate={rate}", *MAPS[n_channels]
        )
        t = np.arange(30 * rate) / rate
        tones = [0.2 * np.sin(2 * np.pi * 440 * (1 + c) * t) for c in range(n_channels)]
        soundfile.write(tmp_path / f"{sink}.wav", np.stack(tones, axis=1), rate)
        sound_server.play(tmp_path / f"{sink}.wav", sink, *PLAYED[n_channels])
    program = follow(*(f"sink_{rate}.monitor" for rate, _ in RATES_AND_CHANNELS))
    for rate, n_channels in RATES_AND_CHANNELS:
        heard = said(program)
        assert (heard["sample_rate"], heard["n_channels"]) == (rate, n_channels)
        assert heard["kind"] == "monitor"
        assert heard["lost_samples"] == 0
        expected = [440.0 * (1 + channel) for channel in range(n_channels)]
        assert sorted(heard["peaks_hz"]) == pytest.approx(expected, abs=2.5)
    assert program.wait(30) == 0


def test_an_input_that_comes_back_goes_on_where_it_was(
    sound_server: SoundServer, follow: Follow
) -> None:
    words = ("module-null-sink", "sink_name=desk", "rate=44100")
    index = sound_server.load(*words)
    program = follow("desk.monitor", "until-back")
    assert said(program)["lost_samples"] == 0
    sound_server.unload(index)
    unplugged_at = time.monotonic()
    before = said(program)
    assert before["event"] == "lost"
    noticed_s = time.monotonic() - unplugged_at
    sound_server.load(*words)
    back = said(program)
    assert back["event"] == "back"
    assert back["lost_s"] == pytest.approx(back["away_s"], abs=0.5)
    assert noticed_s < 10  # the figure itself belongs to the bench: machines differ
    assert program.wait(30) == 0
