"""Captures the default input; prints 'ready', and at the end what was heard, as JSON.

Ends two seconds after the first sound, or, if it is told 'until-lost', when the device is gone.
"""

import json
import sys
import time

import numpy as np

from studio.analysis.analysis_thread import AnalysisThread
from studio.analysis.history import SpectrogramHistory, to_db
from studio.analysis.listeners import LevelListener, SpectrogramListener
from studio.analysis.spectrogram import SpectrogramSettings
from studio.audio.input_stream import MicrophoneSource

LOUD_DB = -40.0
LISTEN_S = 2.0


def tell(**facts: object) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


sys.setswitchinterval(0.0005)
source = MicrophoneSource()
settings = SpectrogramSettings(source.sample_rate)
picture, level = (
    SpectrogramListener(settings),
    LevelListener(source.sample_rate, source.ring.n_channels),
)
history = SpectrogramHistory(settings.n_rows, source.sample_rate / settings.hop_length)
thread = AnalysisThread(source, [picture, level])
thread.start()
source.start()
is_told, heard_at, peaks, loudest = False, None, [], -90.0
while not source.is_lost:
    time.sleep(0.01)
    for columns in picture.fetch():
        history.append(columns)
        loud = columns.db[columns.db.max(axis=1) > LOUD_DB]
        peaks += settings.row_hz[loud.argmax(axis=1)].tolist()
    loudest = max(loudest, level.reading.rms_dbfs)
    if history.count and not is_told:
        is_told = True
        tell(event="ready")
    if peaks and heard_at is None:
        heard_at = history.last_position
    is_enough = heard_at is not None and (
        history.last_position - heard_at > LISTEN_S * source.sample_rate
    )
    if is_enough and "until-lost" not in sys.argv:
        break
was_active = not source.is_lost
source.stop()
thread.stop()
tell(
    event="end",
    was_active=was_active,
    sample_rate=source.sample_rate,
    captured=source.ring.written,
    lost_samples=source.lost_samples + thread.lost_samples,
    peaks_hz=peaks,
    loudest_rms_dbfs=loudest,
    kept_db=float(np.max(to_db(history.at(np.array([history.last_position]), 1)[0]))),
)
