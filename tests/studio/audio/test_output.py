"""Outputs: the ring keeps order, the clock never runs ahead of what was asked for."""

import numpy as np
import pytest
import rtmixer
import sounddevice
from hypothesis import given
from hypothesis import strategies as st

from studio.audio.devices import open_streams
from studio.audio.output import Clock, SilentOutput, SoundCardOutput, open_output
from studio.audio.stereo_ring import StereoRing


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 40)), max_size=60))
def test_samples_come_out_as_they_went_in(steps: list[tuple[bool, int]]) -> None:
    ring, expected = StereoRing(64), 0
    for is_write, count in steps:
        if is_write:
            n = min(count, ring.space)
            ring.write(np.repeat(np.arange(ring.written, ring.written + n), 2).reshape(-1, 2))
            continue
        out = np.full((count, 2), -1, dtype=np.float32)
        n = ring.take_into(out)
        np.testing.assert_array_equal(out[:n, 0], np.arange(expected, expected + n))
        assert not out[n:].any()
        expected += n
    assert ring.written - ring.taken == 64 - ring.space


def test_the_clock_waits_for_the_latency_and_stops_at_what_was_asked() -> None:
    clock = Clock(48000)
    clock.asked(480, 0.5)
    assert clock.heard() == 0
    clock.asked(480, 0.0)
    assert 480 <= clock.heard() <= 960
    clock.asked(1, -5.0)  # some drivers say nonsense
    assert 960 <= clock.heard() <= 961


def test_silence_runs_in_real_time_and_stops() -> None:
    output = SilentOutput(44100)
    ring = output.new_ring(1 << 16)
    ring.write(np.zeros((1 << 16, 2), dtype=np.float32))
    output.start()
    while ring.taken < 8 * ring.largest + 1:
        output.tend()
    output.stop()
    taken = ring.taken
    assert 0 < output.heard() <= taken
    assert not output.is_lost()
    assert ring.taken == taken


def test_without_a_device_a_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*args: object) -> None:
        raise sounddevice.PortAudioError("Error querying device -1")

    monkeypatch.setattr(sounddevice, "query_devices", none)
    output, trouble = open_output(0.06)
    assert isinstance(output, SilentOutput)
    assert trouble is not None
    assert trouble.startswith("There is no sound output")
    assert "without sound" in trouble


def test_a_device_that_refuses_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**settings: object) -> None:
        raise sounddevice.PortAudioError("Device unavailable [PaErrorCode -9985]")

    info = {"name": "Loudspeaker", "default_samplerate": 48000.0}
    monkeypatch.setattr(sounddevice, "query_devices", lambda *args: info)
    monkeypatch.setattr(rtmixer, "Mixer", refuse)
    _, trouble = open_output(0.06)
    assert trouble is not None
    assert trouble.startswith("Loudspeaker can't be opened (Device unavailable")


class DeadStream:
    """What a driver that died leaves: everything it is asked fails."""

    def __init__(self, **_: object) -> None: ...

    def abort(self) -> None:
        raise sounddevice.PortAudioError("dead")

    close = abort


def test_a_dead_output_counts_as_closed_once_it_was_given_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rtmixer, "Mixer", DeadStream)
    info = {"name": "desk", "default_samplerate": 48000.0}
    monkeypatch.setattr(sounddevice, "query_devices", lambda *_: info)
    looks: list[bool] = []
    monkeypatch.setattr("studio.audio.devices.refresh_devices", lambda: looks.append(True))
    output = SoundCardOutput(0.06)
    assert not open_streams.refresh_if_none()  # it would end the stream
    output.close()
    assert open_streams.refresh_if_none()
    assert looks == [True]
