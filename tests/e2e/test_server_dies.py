"""A sound server that dies while the real window listens, records and plays, and comes back."""

import subprocess
import time

import numpy as np
import soundfile

from tests.sound_server import SoundServer
from tests.window_session import Session


def is_heard(server: SoundServer) -> bool:
    """Whether the machine plays anything but silence, within a minute."""
    command = ["parec", "--device=speakers.monitor", "--format=float32le", "--latency-msec=50"]
    deadline = time.monotonic() + 60
    with subprocess.Popen(command, env=server.env, stdout=subprocess.PIPE) as recorder:
        assert recorder.stdout is not None
        try:
            while time.monotonic() < deadline:
                sound = np.frombuffer(recorder.stdout.read(4 * 4410), np.float32)
                if np.abs(sound).max(initial=0) > 0.001:
                    return True
        finally:
            recorder.kill()
    return False


def test_the_session_outlives_its_sound_server(server: SoundServer, session: Session) -> None:
    session.next("heard")
    session.do("play")
    session.next("playing")
    assert is_heard(server)
    server.die()
    session.next("lost")
    assert session.process.poll() is None
    server.rise()
    session.next("heard")
    session.do("play")
    session.next("playing")
    assert is_heard(server)
    session.do("end recording")
    session.next("recorded")
    (take,) = (session.home / "music").glob("*.wav")
    sound, rate = soundfile.read(take, dtype="float32")
    assert len(sound) > rate / 2
    assert not [said for said in session.said if said.get("level") == "error"]
