import json
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import soundfile

from studio.audio.devices import Device
from studio.audio.input_stream import MicrophoneSource
from tests.sound_server import SoundServer

RATE = 48_000
PROGRAM = Path(__file__).parent / "programs" / "capture.py"
DEVICE = Device("desk", "ALSA", 2, RATE, "input", is_default=True)


def listen(server: SoundServer, *words: str) -> "subprocess.Popen[str]":
    """Start the capturing program and wait until sound flows."""
    program = subprocess.Popen(
        [sys.executable, str(PROGRAM), *words],
        env=server.env | {"PYTHONPATH": str(Path.cwd())},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    assert json.loads(program.stdout.readline())["event"] == "ready"
    return program


def outcome(program: "subprocess.Popen[str]") -> dict[str, Any]:
    try:
        output, _ = program.communicate(timeout=60)
    finally:
        program.kill()
    return dict(json.loads(output))


def write_two_tones(path: Path) -> None:
    t = np.arange(RATE) / RATE
    sound = np.concatenate([np.sin(2 * np.pi * hz * t) for hz in (1000, 3300)])
    soundfile.write(path, 0.1 * sound, RATE)


def test_what_is_played_is_seen_at_its_frequency_and_level(
    sound_server: SoundServer, tmp_path: Path
) -> None:
    write_two_tones(tmp_path / "tones.wav")
    program = listen(sound_server)
    sound_server.play(tmp_path / "tones.wav")
    heard = outcome(program)
    peaks = np.array(heard["peaks_hz"])
    low, high = np.abs(peaks / 1000 - 1) < 0.012, np.abs(peaks / 3300 - 1) < 0.012
    assert (low | high).all(), f"unexpected peaks: {peaks[~(low | high)]}"
    columns_per_second = heard["sample_rate"] / 512
    assert low.sum() == pytest.approx(columns_per_second, rel=0.15)
    assert high.sum() == pytest.approx(columns_per_second, rel=0.15)
    assert low[: low.sum() - 5].all()
    assert heard["loudest_rms_dbfs"] == pytest.approx(-23.0, abs=0.3)
    assert heard["lost_samples"] == 0
    assert heard["captured"] > 2 * heard["sample_rate"]


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGSTOP], ids=["dead", "frozen"])
def test_a_device_that_is_gone_is_noticed_and_let_go(
    sound_server: SoundServer, sign: signal.Signals
) -> None:
    program = listen(sound_server, "until-lost")
    sound_server.server.send_signal(sign)
    assert not outcome(program)["was_active"]
    assert program.returncode == 0


def block_at(adc_s: float, n: int, overflow: bool = False) -> tuple[Any, ...]:
    data = np.stack([np.full(n, 0.5), np.full(n, 0.1)], axis=1).astype(np.float32)
    status = SimpleNamespace(input_overflow=overflow)
    return data, n, SimpleNamespace(inputBufferAdcTime=adc_s), status


def test_overflows_are_counted_by_the_drivers_clock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [100.0]
    monkeypatch.setattr("studio.audio.input_stream.time.monotonic", lambda: now[0])
    source = MicrophoneSource(DEVICE)
    source._on_block(*block_at(5.0, 480))
    np.testing.assert_allclose(source.ring.read(0, 480), block_at(5.0, 480)[0])
    now[0] += 0.02
    source._on_block(*block_at(5.0 + 0.020, 480, overflow=True))
    assert source.lost_samples == 480
    now[0] += 0.02
    source._on_block(*block_at(9000.0, 480, overflow=True))  # a clock that is made up
    assert source.lost_samples == 480 + 960
    now[0] += 0.02
    source._on_block(*block_at(9000.02, 480))
    assert source.lost_samples == 480 + 960


def test_an_overflow_of_the_very_first_block_counts_as_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = MicrophoneSource(DEVICE)
    source._on_block(*block_at(123456.0, 480, overflow=True))
    assert source.lost_samples == 1
