import argparse
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from studio.cli import COMMANDS, main
from studio.errors import StudioError


def studio(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "studio", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_and_imports_nothing_heavy_for_it(command: str) -> None:
    program = (
        "import sys\nfrom studio.cli import main\n"
        f"try: main([{command!r}, '--help'])\nexcept SystemExit as end: assert end.code == 0\n"
        "heavy = {'torch', 'scipy', 'PySide6', 'onnxruntime', 'sounddevice'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "--json" in done.stdout


def test_help_without_a_command_lists_them_all(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--help"])
    assert end.value.code == 0
    shown = capsys.readouterr().out
    assert all(f"  {command} " in shown for command in COMMANDS)


def test_wrong_usage_is_exit_status_2() -> None:
    done = studio("suggest")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_what_could_not_be_done_is_one_sentence_and_exit_status_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(args: argparse.Namespace) -> int:
        raise StudioError("a.mid: this is not a MIDI file.")

    monkeypatch.setattr(importlib.import_module("studio.commands.doctor"), "run", refuse)
    assert main(["doctor"]) == 1
    assert capsys.readouterr().err == "studio: a.mid: this is not a MIDI file.\n"


def test_a_file_that_is_not_there_is_told_before_a_window_opens() -> None:
    done = studio("no_such_song.mid")
    assert done.returncode == 1
    assert done.stderr == "studio: no_such_song.mid: there is no such file.\n"


def test_a_home_that_can_not_be_made_is_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path / "file" / "home"))
    assert main(["models"]) == 1
    assert capsys.readouterr().err == f"studio: {tmp_path}/file/home/data: Not a directory.\n"
