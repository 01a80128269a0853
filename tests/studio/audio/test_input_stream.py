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
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from studio.audio import input_stream
from studio.audio.capture import LossMeter
from studio.audio.devices import Device
from studio.audio.drivers import Opened
from studio.audio.input_stream import GRACE_S, STALLED_AFTER_S, MicrophoneSource
from studio.errors import StudioError
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


class FakeCapture:
    """A stream that gives what the test puts into it."""

    latency_s = 0.02

    def __init__(self) -> None:
        self.blocks: list[NDArray[np.float32]] = []
        self.overflows = 0
        self.is_closed = False

    def take(self) -> NDArray[np.float32]:
        return self.blocks.pop(0) if self.blocks else np.empty((0, 2), np.float32)

    def close(self) -> None:
        self.is_closed = True


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A driver that opens one stream after another, or refuses; and a clock the test moves."""
    driver = SimpleNamespace(captures=[], is_there=True, now=100.0)

    def open_capture(device: Device, n_channels: int, latency_s: float) -> Opened:
        if not driver.is_there:
            raise StudioError("gone")
        driver.captures.append(FakeCapture())
        return Opened(driver.captures[-1])

    monkeypatch.setattr(input_stream, "open_capture", open_capture)
    monkeypatch.setattr(input_stream.open_streams, "refresh_if_none", lambda: True)
    monkeypatch.setattr(input_stream.time, "monotonic", lambda: driver.now)
    return driver


def opened(driver: SimpleNamespace) -> MicrophoneSource:
    """A source whose thread does not run: the test takes its steps."""
    source = MicrophoneSource(DEVICE)
    source._open()
    return source


def ramp(n: int) -> NDArray[np.float32]:
    return np.arange(2 * n, dtype=np.float32).reshape(n, 2)


def test_every_channel_reaches_the_ring_in_order(driver: SimpleNamespace) -> None:
    source = opened(driver)
    driver.captures[0].blocks = [ramp(480)[:100], ramp(480)[100:]]
    while source._drain(driver.captures[0]):
        pass
    np.testing.assert_array_equal(source.ring.read(0, 480), ramp(480))
    assert source.lost_samples == 0


def test_a_silent_driver_is_lost_and_its_absence_is_silence(driver: SimpleNamespace) -> None:
    source = opened(driver)
    driver.captures[0].blocks = [ramp(480)]
    assert source._drain(driver.captures[0])
    driver.now += STALLED_AFTER_S - 0.1
    source._drain(driver.captures[0])
    assert not source.is_lost
    driver.now += 0.2
    driver.is_there = False
    source._drain(driver.captures[0])
    assert source.is_lost
    assert driver.captures[0].is_closed
    source._wake.set()
    source._try_again()
    assert source.is_lost
    driver.now += 2.0
    driver.is_there = True
    source._wake.set()
    source._try_again()
    driver.captures[1].blocks = [ramp(480)]
    assert source.is_lost  # until sound comes
    source._drain(driver.captures[1])
    assert not source.is_lost
    gap = 2 * RATE
    assert source.lost_samples == gap
    assert source.ring.written == 480 + gap + 480
    assert not source.ring.read(480, gap).any()
    np.testing.assert_array_equal(source.ring.read(480 + gap, 480), ramp(480))


def test_a_long_absence_leaves_a_gap_of_ten_seconds(driver: SimpleNamespace) -> None:
    source = opened(driver)
    source._lose(driver.now)
    driver.now += 3600
    source._open()
    driver.captures[-1].blocks = [ramp(1)]
    source._drain(driver.captures[-1])
    assert source.ring.written == 10 * RATE + 1


def test_the_first_sound_may_take_its_time(driver: SimpleNamespace) -> None:
    source = opened(driver)
    driver.now += GRACE_S - 0.1
    source._drain(driver.captures[0])
    assert not source.is_lost
    driver.now += 0.2
    source._drain(driver.captures[0])
    assert source.is_lost


def test_a_source_the_server_has_no_more_is_lost_at_once(
    driver: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(input_stream.pulse_devices, "list_sources", list)
    source = opened(driver)
    driver.captures[0].blocks = [ramp(480)]
    source._look_again()
    source._drain(driver.captures[0])
    assert source.is_lost
    assert source.ring.written == 0  # it may be another device's sound already


@pytest.mark.parametrize(("rate", "channels"), [(8000, 1), (48000, 2), (192000, 32), (96000, 64)])
def test_the_ring_holds_some_seconds_and_never_too_much(rate: int, channels: int) -> None:
    source = MicrophoneSource(Device("desk", "ALSA", channels, rate, "input"))
    assert 3 * rate <= source.ring.capacity <= 20 * rate
    assert source.ring.capacity * source.ring.n_channels * 4 <= 128 << 20
    assert source.ring.n_channels == min(32, channels)


@given(
    st.lists(st.integers(1, 2000), min_size=1, max_size=3),
    st.integers(0, 9),
    st.sampled_from([8000, 48000]),
)
def test_what_overflows_cost_is_told_whatever_the_jitter(
    lost: list[int], seed: int, rate: int
) -> None:
    random = np.random.default_rng(seed)
    meter, told, now, overflows, gone, taken = LossMeter(rate), 0, 500.0, 0, 0, 0
    losses = {3.0 * (i + 1): n for i, n in enumerate(lost)}
    end = 3.0 * (len(lost) + 1)
    for moment in np.arange(0, end, 0.01):
        for at in [at for at in losses if at <= moment]:
            gone += losses.pop(at)
            overflows += 1
        lateness_s = random.choice([0.0, 0.0, 0.004, 0.03])
        taken = max(taken, round((moment - lateness_s) * rate) - gone)
        told += meter.note(now + moment, taken, overflows)
    assert told == pytest.approx(sum(lost), abs=2 * len(lost) + 0.001 * rate)


def test_overflows_without_any_loss_that_shows_count_one_each() -> None:
    meter = LossMeter(RATE)
    told = [meter.note(i / 100, 480 * i, int(i >= 200)) for i in range(400)]
    assert sum(told) == 1
