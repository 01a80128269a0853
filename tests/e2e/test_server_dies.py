"""A sound server that dies while the real window listens, records and plays, and comes back."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import soundfile

from tests.sound_server import SoundServer

PROGRAM = Path(__file__).parents[1] / "programs" / "outlive_server.py"


class Session:
    """The window at work, and what it says."""

    def __init__(self, server: SoundServer, home: Path) -> None:
        self.home, self.said = home, list[dict[str, Any]]()
        env = {"QT_QPA_PLATFORM": "offscreen", "STUDIO_HOME": str(home), "PYTHONPATH": os.getcwd()}
        self.process = subprocess.Popen(
            [sys.executable, str(PROGRAM)],
            env=server.env | env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def do(self, command: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()

    def next(self, event: str) -> dict[str, Any]:
        """The next thing of a kind that it says."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(json.loads(line))
            if self.said[-1]["event"] == event:
                return self.said[-1]
        raise AssertionError(f"the program ended without '{event}': {self.said}")

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SoundServer]:
    server = SoundServer(tmp_path / "pulse")
    yield server
    server.close()


@pytest.fixture
def session(server: SoundServer, tmp_path: Path) -> Iterator[Session]:
    session = Session(server, tmp_path / "home")
    yield session
    session.close()


def is_heard(server: SoundServer, folder: Path) -> bool:
    """Whether the machine plays anything but silence, in the seconds that follow."""
    path = folder / "heard.wav"
    command = ["parec", "--device=speakers.monitor", "--file-format=wav", str(path)]
    recorder = subprocess.Popen(command, env=server.env)
    with pytest.raises(subprocess.TimeoutExpired):
        recorder.wait(4)  # a monitor that nobody read before is slow to begin
    recorder.terminate()
    recorder.wait(10)
    sound, _ = soundfile.read(path, dtype="float32")
    return bool(abs(sound).max(initial=0.0) > 0.001)


def test_the_session_outlives_its_sound_server(
    server: SoundServer, session: Session, tmp_path: Path
) -> None:
    session.next("heard")
    session.do("play")
    session.next("playing")
    assert is_heard(server, tmp_path)
    server.die()
    session.next("lost")
    assert session.process.poll() is None
    server.rise()
    session.next("heard")
    session.do("play")
    session.next("playing")
    assert is_heard(server, tmp_path)
    session.do("end recording")
    session.next("recorded")
    (take,) = (session.home / "music").glob("*.wav")
    sound, rate = soundfile.read(take, dtype="float32")
    assert len(sound) > rate / 2
    assert not [said for said in session.said if said.get("level") == "error"]
