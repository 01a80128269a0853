"""A machine that sleeps: all of Studio's processes stand still, and go on as if nothing were."""

import os
import signal
import subprocess
import sys

import pytest
import soundfile

from tests.window_session import Session

SLEEP_S = 4  # twice what a silent model process is given


@pytest.mark.skipif(sys.platform == "win32", reason="Windows can't stop a process by a signal")
def test_a_session_goes_on_after_a_sleep(session: Session) -> None:
    session.next("heard")
    session.do("play")
    session.next("playing")
    while (worker := session.facts()["worker"]) is None:
        pass
    processes = (session.process.pid, worker)
    for pid in processes:
        os.kill(pid, signal.SIGSTOP)
    with pytest.raises(subprocess.TimeoutExpired):
        session.process.wait(SLEEP_S)
    for pid in processes:
        os.kill(pid, signal.SIGCONT)
    session.do("wait for sound")
    session.next("heard")
    session.do("play")
    session.next("playing")
    assert session.facts()["worker"] == worker
    session.do("end recording")
    session.next("recorded")
    (take,) = (session.home / "music").glob("*.wav")
    sound, rate = soundfile.read(take, dtype="float32")
    assert len(sound) > rate / 2
    assert not [said for said in session.said if said.get("level") == "error"]
