"""What the doctor says of inputs and MIDI ports, on a real sound server where it can be."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from studio.audio.input_stream import MicrophoneSource, NoInputError
from studio.audio.midi_ports import MidiSystem, PortNames
from studio.commands import doctor_sound
from studio.errors import StudioError
from tests.sound_server import SoundServer

RATE = 48_000


def microphone(server: SoundServer) -> dict[str, Any]:
    """What `studio doctor` says of it, run where that server is."""
    command = [sys.executable, "-P", "-m", "studio", "doctor", "--json"]
    env = {**server.env, "PYTHONPATH": os.getcwd()}
    said = subprocess.run(command, env=env, capture_output=True, text=True).stdout
    (finding,) = [row for row in json.loads(said)["findings"] if row["name"] == "microphone"]
    return dict(finding)


def test_an_input_is_listened_to_and_its_silence_told(tmp_path: Path) -> None:
    server = SoundServer(tmp_path / "pulse")
    try:
        silent = microphone(server)
        t = np.arange(60 * RATE) / RATE
        soundfile.write(tmp_path / "tone.wav", 0.5 * np.sin(2 * np.pi * 700 * t), RATE)
        server.play(tmp_path / "tone.wav")
        loud = microphone(server)
    finally:
        server.close()
    assert silent["ok"]
    assert "only silence" in silent["detail"]
    assert silent["remedy"]
    assert loud["ok"]
    assert loud["detail"].endswith("48 kHz")
    assert not loud["remedy"]


@pytest.mark.parametrize(("platform", "word"), [("darwin", "Privacy"), ("linux", "/dev/snd")])
def test_an_input_that_is_forbidden_has_its_remedy(
    monkeypatch: pytest.MonkeyPatch, platform: str, word: str
) -> None:
    def refuse(self: MicrophoneSource) -> None:
        raise StudioError("The microphone can't be opened (not allowed).")

    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(MicrophoneSource, "__init__", refuse)
    found = doctor_sound.microphone()
    assert not found.ok
    assert "not allowed" in found.detail
    assert word in found.remedy


def test_a_machine_without_an_input_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    def find_none(self: MicrophoneSource) -> None:
        raise NoInputError("none")

    monkeypatch.setattr(MicrophoneSource, "__init__", find_none)
    assert doctor_sound.microphone().ok


def test_midi_ports_are_named_and_their_lack_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MidiSystem, "names", lambda self: PortNames(("Piano",), ()))
    assert doctor_sound.midi().detail == "1 inputs, 0 outputs: Piano"

    def fail(self: MidiSystem) -> PortNames:
        raise StudioError("There is no MIDI system.")

    monkeypatch.setattr(MidiSystem, "names", fail)
    assert doctor_sound.midi().remedy == "There is no MIDI system."
