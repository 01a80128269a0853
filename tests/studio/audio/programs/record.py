"""Records a ramp to the file that is named, without an end; prints each second that is written."""

import sys
import time
from pathlib import Path

import numpy as np

from studio.audio.recorder import Recorder

RATE = 8000
recorder = Recorder(Path(sys.argv[1]), RATE, 1)
position = 0
told = 0
while True:
    ramp = np.arange(position, position + 80, dtype=np.float32)[:, None] / 2**20
    recorder.push_frames(ramp, position)
    position += 80
    time.sleep(0.001)
    if recorder.seconds >= told + 1:
        told += 1
        sys.stdout.write(f"{told}\n")
        sys.stdout.flush()
