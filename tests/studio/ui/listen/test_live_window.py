import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.sound_server import SoundServer

RATE = 48_000
PROGRAM = Path(__file__).parent / "programs" / "watch_microphone.py"


def test_the_window_shows_what_the_microphone_hears(tmp_path: Path) -> None:
    tone = 0.1 * np.sin(2 * np.pi * 2500 * np.arange(6 * RATE) / RATE)
    soundfile.write(tmp_path / "tone.wav", tone, RATE)
    server = SoundServer(tmp_path / "pulse")
    program = subprocess.Popen(
        [sys.executable, str(PROGRAM)],
        env=server.env | {"PYTHONPATH": str(Path.cwd()), "QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert program.stdout is not None
        assert json.loads(program.stdout.readline())["event"] == "started"
        assert json.loads(program.stdout.readline())["event"] == "ready"
        server.play(tmp_path / "tone.wav")
        seen = json.loads(program.communicate(timeout=60)[0])
    finally:
        program.kill()
        server.close()
    assert seen["brightest_hz"] == pytest.approx(2500, rel=0.015)
    assert seen["is_bright"]
    assert seen["rms_dbfs"] == pytest.approx(-23, abs=0.5)
    assert seen["lost_samples"] == 0
