"""A real sound server: its monitors are heard, and a source that goes and comes back."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from tests.sound_server import SoundServer

PROGRAM = Path(__file__).parent / "programs" / "watch_hot_plug.py"
RATE = 48_000


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SoundServer]:
    server = SoundServer(tmp_path / "pulse")
    yield server
    server.close()


class Watcher:
    """The program at work, and what it says."""

    def __init__(self, server: SoundServer, source: str, home: Path) -> None:
        env = server.env | {
            "QT_QPA_PLATFORM": "offscreen",
            "STUDIO_HOME": str(home),
            "PYTHONPATH": str(Path.cwd()),
        }
        self.process = subprocess.Popen(
            [sys.executable, str(PROGRAM), source], env=env, stdout=subprocess.PIPE, text=True
        )

    def next(self, event: str) -> dict[str, Any]:
        """The next thing of a kind that it says."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            said = json.loads(line)
            if said["event"] == event:
                return dict(said)
        raise AssertionError(f"the program ended without '{event}'")

    def close(self) -> None:
        self.process.kill()
        self.process.wait(10)
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def watch(server: SoundServer, tmp_path: Path) -> Iterator[Any]:
    watchers: list[Watcher] = []

    def start(source: str) -> Watcher:
        watchers.append(Watcher(server, source, tmp_path / "home"))
        return watchers[-1]

    yield start
    for watcher in watchers:
        watcher.close()


def test_what_the_machine_plays_is_heard_through_its_monitor(
    server: SoundServer, watch: Any, tmp_path: Path
) -> None:
    t = np.arange(20 * RATE) / RATE
    soundfile.write(tmp_path / "tone.wav", 0.5 * np.sin(2 * np.pi * 700 * t), RATE)
    server.play(tmp_path / "tone.wav", "speakers")
    watcher = watch("speakers.monitor")
    assert watcher.next("device")["kind"] == "monitor"
    assert watcher.next("heard")["position"] > 0


def test_a_source_that_goes_is_told_and_heard_again_when_it_is_back(
    server: SoundServer, watch: Any
) -> None:
    module = server.load("module-remap-source", "master=room.monitor", "source_name=plugged")
    watcher = watch("plugged")
    watcher.next("heard")
    server.unload(module)
    lost = watcher.next("lost")
    assert lost["is_running"]
    assert watcher.process.poll() is None
    server.load("module-remap-source", "master=room.monitor", "source_name=plugged")
    assert watcher.next("back")["lost"] > 0
    assert watcher.next("heard")["position"] > 0


@pytest.mark.parametrize(("rate", "channels"), [(8000, 1), (44_100, 2), (96_000, 2), (192_000, 6)])
def test_any_rate_and_number_of_channels_is_heard(
    server: SoundServer, watch: Any, rate: int, channels: int
) -> None:
    server.load("module-null-sink", "sink_name=odd", f"rate={rate}", f"channels={channels}")
    watcher = watch("odd.monitor")
    device = watcher.next("device")
    assert (device["rate"], device["channels"]) == (rate, channels)
    assert watcher.next("heard")["position"] > 0
