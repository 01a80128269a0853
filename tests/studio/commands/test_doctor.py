import json
import os
from pathlib import Path

import pytest
import sounddevice

from studio.cli import main
from studio.commands import doctor

NAMES = [
    "Python",
    "libraries",
    "sound",
    "microphone",
    "MIDI",
    "display",
    "SoundFont",
    "models",
    "accelerator",
    "folders",
]


def test_a_sound_machine_is_exit_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["ok"] is True
    assert [finding["name"] for finding in report["findings"]] == NAMES
    for finding in report["findings"]:
        assert list(finding) == ["name", "ok", "detail", "remedy"]
        assert finding["detail"]


def test_a_broken_model_is_exit_1_with_its_remedy(
    studio_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = studio_home / "data" / "models" / "mine"
    folder.mkdir(parents=True)
    (folder / "card.json").write_text("{")
    assert main(["doctor"]) == 1
    lines = capsys.readouterr().out.splitlines()
    (index,) = [i for i, line in enumerate(lines) if line.startswith("BAD")]
    assert "mine" in lines[index]
    assert lines[index + 1].strip().startswith("->")


def test_a_missing_library_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "LIBRARIES", ("mido", "no-such-library"))
    assert main(["doctor", "--json"]) == 1
    findings = {row["name"]: row for row in json.loads(capsys.readouterr().out)["findings"]}
    assert "no-such-library" in findings["libraries"]["remedy"]
    assert "mido" not in findings["libraries"]["remedy"]


def test_a_sound_system_that_fails_is_a_finding(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise sounddevice.PortAudioError("no host API")

    monkeypatch.setattr(sounddevice, "query_devices", fail)
    assert main(["doctor", "--json"]) == 1
    findings = {row["name"]: row for row in json.loads(capsys.readouterr().out)["findings"]}
    assert "no host API" in findings["sound"]["detail"]
    assert findings["sound"]["remedy"]


def test_a_full_disk_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "FREE_DISK_GB", 1e12)
    assert main(["doctor"]) == 1
    assert "Free some disk" in capsys.readouterr().out


def test_folders_that_cant_be_made_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setitem(os.environ, "STUDIO_HOME", str(tmp_path / "file"))
    assert main(["doctor", "--json"]) == 1
    findings = {row["name"]: row for row in json.loads(capsys.readouterr().out)["findings"]}
    assert not findings["folders"]["ok"]
    assert "STUDIO_HOME" in findings["folders"]["remedy"]
