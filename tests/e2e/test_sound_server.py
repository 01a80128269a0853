"""The command line on a machine with a sound server, and on one without any sound."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sound_server import SoundServer


@pytest.fixture
def sound_server(tmp_path: Path) -> Iterator[SoundServer]:
    server = SoundServer(tmp_path / "pulse")
    yield server
    server.close()


@pytest.fixture
def silent_machine(tmp_path: Path) -> dict[str, str]:
    """An environment in which no sound server answers, and PulseAudio does not start one."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "client.conf").write_text("autospawn = no\n")
    return {
        **os.environ,
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(home),
        "PULSE_RUNTIME_PATH": str(home),
        "PULSE_CLIENTCONFIG": str(home / "client.conf"),
        "PULSE_SERVER": f"unix:{home}/nobody",
        "JACK_NO_START_SERVER": "1",
    }


def studio(env: dict[str, str], *words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "studio", *words]
    return subprocess.run(
        command,
        env=env | {"PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def listed(env: dict[str, str]) -> list[dict[str, Any]]:
    done = studio(env, "devices", "--json")
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


def test_the_servers_input_and_output_are_listed(sound_server: SoundServer) -> None:
    devices = listed(sound_server.env)
    kinds = [device["kind"] for device in devices]
    assert kinds == sorted(kinds, key=["input", "monitor", "output"].index)
    defaults = {device["kind"] for device in devices if device["is_default"]}
    assert defaults == {"input", "output"}
    assert all(device["channels"] > 0 and device["sample_rate"] > 0 for device in devices)
    lines = studio(sound_server.env, "devices").stdout.splitlines()
    assert len(lines) == len(devices)
    assert all(d["name"] in line for d, line in zip(devices, lines, strict=True))


def has_sound_card() -> bool:
    cards = Path("/proc/asound/cards")
    return cards.exists() and "no soundcards" not in cards.read_text()


def test_without_any_sound_the_list_is_empty_and_that_is_no_error(
    silent_machine: dict[str, str],
) -> None:
    devices = listed(silent_machine)
    said = studio(silent_machine, "devices")
    assert said.returncode == 0
    if has_sound_card():  # no environment hides it, but nothing else may be there
        assert "pulse" not in said.stdout.lower()
    else:
        assert devices == []
        assert "No sound device was found" in said.stdout
    assert said.stderr == ""
