"""Listens to the named inputs at once; prints what was heard of each, as JSON lines.

Told 'until-back', it stays with the first one until that was lost and came back, and says when.
"""

import json
import sys
import time

import numpy as np

from studio.audio.devices import list_inputs
from studio.audio.input_stream import MicrophoneSource

LISTEN_S = 0.5


def tell(**facts: object) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def peak_hz(source: MicrophoneSource, channel: int) -> float:
    count = round(LISTEN_S * source.sample_rate)
    frames = source.ring.read(source.ring.written - count, count)[:, channel]
    spectrum = np.abs(np.fft.rfft(frames * np.hanning(count)))
    return float(spectrum.argmax() * source.sample_rate / count)


def wait(condition: object) -> None:
    assert callable(condition)
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end, "nothing came"
        time.sleep(0.005)


names = [word for word in sys.argv[1:] if word != "until-back"]
inputs = list_inputs()
listening = []
for name in names:
    source = MicrophoneSource(next(d for d in inputs if name in (d.key, d.name)))
    source.start()
    listening.append(source)
for source in listening:
    wait(lambda source=source: source.ring.written > source.sample_rate)
    tell(
        name=source.name,
        kind=source.device.kind,
        sample_rate=source.sample_rate,
        n_channels=source.ring.n_channels,
        peaks_hz=[peak_hz(source, channel) for channel in range(source.ring.n_channels)],
        lost_samples=source.lost_samples,
    )
source = listening[0]
if "until-back" in sys.argv:
    wait(lambda: source.is_lost)
    lost_at, before = time.monotonic(), source.ring.written
    tell(event="lost")
    wait(lambda: not source.is_lost)
    away_s = time.monotonic() - lost_at
    wait(lambda: source.ring.written > before)
    tell(event="back", away_s=away_s, lost_s=source.lost_samples / source.sample_rate)
for source in listening:
    source.stop()
