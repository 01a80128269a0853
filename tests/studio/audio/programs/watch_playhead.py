"""Plays a MIDI file and listens to what comes out; prints when the playhead passed each note, when
it was heard, both by the same clock, and the underruns."""

import json
import sys
import threading
import time
from pathlib import Path

import numpy as np

from studio.audio import pulse_devices
from studio.audio.capture import Capture
from studio.audio.devices import _door_index
from studio.audio.player import Player
from studio.audio.soundfont import shipped_soundfont
from studio.score.midi_file import read_midi

RATE = 48000
LOUD = 4e-3

sys.setswitchinterval(0.0005)
song = read_midi(Path(sys.argv[1]))
player = Player(shipped_soundfont())
player.set_song(song)
with pulse_devices.directed_to("speakers.monitor"):
    capture = Capture(_door_index(), 2, RATE, 0.03)
blocks = [capture.take()]
while not len(blocks[-1]):
    blocks.append(capture.take())
begins_s = capture._action.actual_time - capture._stream.time + time.perf_counter()

seen: list[tuple[float, float]] = []
player.play(0)
while player.is_playing:
    seen.append((time.perf_counter(), player.position_ticks()))
    blocks.append(capture.take())
    time.sleep(0.001)
ended = threading.Timer(1.0, lambda: None)
ended.start()
ended.join()
blocks.append(capture.take())
underruns, overflows = player.underruns, capture.overflows
player.close()
capture.close()

moments_s, ticks = np.array(seen).T
passed_s = np.interp([note.start for note in song.score.notes], ticks, moments_s).tolist()
y = np.abs(np.concatenate(blocks)).max(axis=1)
loud = np.flatnonzero(y > LOUD)
heard = loud[np.diff(loud, prepend=-RATE) > RATE // 10]
sys.stdout.write(
    json.dumps(
        {
            "passed_s": passed_s,
            "heard_s": (begins_s + heard / RATE).tolist(),
            "underruns": underruns,
            "overflows": overflows,
        }
    )
)
