"""Plays a MIDI file while another thread keeps the interpreter to itself; prints the underruns."""

import json
import sys
import threading
import time
from pathlib import Path

from studio.audio.player import Player
from studio.audio.soundfont import shipped_soundfont
from studio.score.midi_file import read_midi

HELD_S, LET_GO_S = 0.08, 0.02  # more than the device holds ready, less than the ring

sys.setswitchinterval(0.0005)
song = read_midi(Path(sys.argv[1]))
player = Player(shipped_soundfont())
ended = threading.Event()


def hold() -> None:
    """One call into C that never lets go, again and again."""
    count, began = 10_000, time.perf_counter()
    while time.perf_counter() - began < HELD_S / 4:
        count *= 2
        began = time.perf_counter()
        sum(range(count))
    share = HELD_S / max(time.perf_counter() - began, HELD_S / 4)
    while not ended.wait(LET_GO_S):
        sum(range(round(count * share)))


player.set_song(song)
player.play(0)
threading.Thread(target=hold, daemon=True).start()
while player.is_playing:
    time.sleep(0.1)
ended.set()
sys.stdout.write(json.dumps({"underruns": player.underruns}))
player.close()
