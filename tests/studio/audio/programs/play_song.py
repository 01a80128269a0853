"""Plays a MIDI file through the sound card and prints what the player noticed, as JSON."""

import json
import sys
import time
from pathlib import Path

from studio.audio.player import Player
from studio.audio.soundfont import shipped_soundfont
from studio.score.midi_file import read_midi

notices: list[str] = []
player = Player(shipped_soundfont(), on_notice=lambda level, text: notices.append(text))
player.set_song(read_midi(Path(sys.argv[1])))
player.play(0)
deadline = time.monotonic() + 30
while player.is_playing and time.monotonic() < deadline:
    time.sleep(0.01)
time.sleep(0.3)  # what lies in the ring and in the driver is still to be heard
underruns, has_ended = player.underruns, not player.is_playing
player.close()
sys.stdout.write(
    json.dumps({"underruns": underruns, "has_ended": has_ended, "notices": notices}) + "\n"
)
