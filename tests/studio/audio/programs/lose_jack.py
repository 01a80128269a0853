"""Plays; says 'ready' and waits for a line; looks again for devices, plays on, and ends."""

import json
import sys

from studio.audio.devices import list_devices, open_streams, sound_library
from studio.audio.player import Player
from studio.audio.soundfont import shipped_soundfont
from studio.score.midi_file import read_midi

notices: list[str] = []
player = Player(shipped_soundfont(), on_notice=lambda level, text: notices.append(text))
player.set_song(read_midi(sys.argv[1]))
player.play(0)
player.wait()
apis = [host["name"] for host in sound_library().query_hostapis()]
sys.stdout.write(json.dumps({"apis": apis, "rate": player.sample_rate}) + "\n")
sys.stdout.flush()
sys.stdin.readline()
while player.is_playing:
    player.wait()
player.close()
open_streams.refresh_if_none()
sys.stdout.write(json.dumps({"notices": notices, "devices": len(list_devices())}) + "\n")
