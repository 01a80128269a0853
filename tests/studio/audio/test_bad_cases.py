"""What goes wrong on real machines: playing goes on, says what happened, and loses nothing."""

import threading
from collections.abc import Callable

import numpy as np

from models.notes import Note
from models.protocol import TrackInfo
from studio.audio.midi_out import PortSynth
from studio.audio.playback import Playback
from studio.audio.player import Player
from studio.audio.sequence import Sequence
from studio.audio.soundfont import shipped_soundfont
from studio.audio.synth import Synth
from tests.studio.audio.manual_output import RATE, ManualOutput, drive, fill_ring
from tests.studio.audio.songs import BEAT, make_song, scale


class Devices:
    """Outputs in the order in which they are opened, some of them none."""

    def __init__(self, *rates: int) -> None:
        self.opened: list[ManualOutput] = []
        self._rates = list(rates)

    def __call__(self, latency_s: float) -> tuple[ManualOutput, str | None]:
        output = ManualOutput()
        output.sample_rate = self._rates.pop(0)
        self.opened.append(output)
        return output, None


def player_with(open_output: Callable[[float], tuple[ManualOutput, str | None]]) -> Player:
    return Player(shipped_soundfont(), open_output=open_output)  # type: ignore[arg-type]


def test_a_device_that_comes_back_at_another_rate_plays_at_the_same_place_and_speed() -> None:
    devices = Devices(RATE, 48_000)
    player = player_with(devices)
    said: list[str] = []
    player.on_notice = lambda level, text: said.append(text)
    player.set_song(make_song(scale(16)))
    player.play(0)
    drive(player, _first(player, devices), RATE // 2)
    devices.opened[0].lost = True
    for _ in range(3):
        assert player.wait()
    assert "gone" in said[0]
    assert player.is_playing, "the playhead runs on"
    player.play(4 * BEAT)  # by now there is one again
    assert player.wait()
    assert player._engine is not None
    assert player._engine.synth.sample_rate == 48_000
    drive(player, devices.opened[1], 48_000)
    assert abs(player.position_ticks() - 6 * BEAT) < 5
    synth = player._engine.synth
    player.close()
    assert synth.note_ons == synth.note_offs
    assert devices.opened[0].is_closed
    assert devices.opened[1].is_closed


def test_a_song_without_tracks_plays_silence() -> None:
    song = make_song([], ())
    assert song.tracks == []
    devices = Devices(RATE)
    player = player_with(devices)
    player.set_song(song)
    player.set_plays_on(True)
    player.play(0)
    assert np.abs(drive(player, _first(player, devices), RATE // 4)).max() == 0
    player.close()


def _first(player: Player, devices: Devices) -> ManualOutput:
    fill_ring(player)
    return devices.opened[0]


def test_forty_tracks_each_keep_their_own_sound_and_volume() -> None:
    tracks = [TrackInfo(f"Track {i}", i % 128) for i in range(40)]
    notes = [Note(0, 60, 4 * BEAT, 90, i) for i in range(40)]
    synth = Synth(shipped_soundfont(), sample_rate=RATE)
    playback = Playback(synth, Sequence.from_song(make_song(notes, tracks), RATE))
    playback.play(0)
    playback.render(RATE // 10)
    assert sorted(synth.sounding()) == [(i, 60) for i in range(40)]
    assert [synth._programs[i] for i in range(40)] == [(i, False) for i in range(40)]
    playback.stop()
    assert synth.note_ons == synth.note_offs == 40


def test_a_program_that_the_soundfont_lacks_still_sounds() -> None:
    synth = Synth(shipped_soundfont(), sample_rate=RATE)
    for program in range(128):
        for is_drums in (False, True):
            synth.program(3, program, is_drums=is_drums)
            synth.note_on(3, 60, 100)
            loud = np.abs(synth.render(2000)).max()
            synth.silence()
            synth.render(2000)
            assert loud > 1e-3 or is_drums, program


def test_ten_thousand_notes_at_once_sound_and_all_end() -> None:
    tracks = [TrackInfo(f"Track {i}", i) for i in range(80)]
    notes = [Note(0, i % 128, BEAT, 1 + i % 127, i // 128) for i in range(10_000)]
    devices = Devices(RATE)
    player = player_with(devices)
    player.set_song(make_song(notes, tracks))
    player.play(0)
    output = _first(player, devices)
    sound = drive(player, output, RATE)
    assert np.isfinite(sound).all()
    assert 0.1 < np.abs(sound).max() <= 1
    assert player._engine is not None
    synth = player._engine.synth
    assert synth.note_ons == 10_000
    player.stop(0)
    assert player.wait()
    assert synth.note_offs == 10_000
    player.close()


def test_ten_thousand_notes_at_a_port_all_end() -> None:
    tracks = [TrackInfo(f"Track {i}", i) for i in range(80)]
    notes = [Note(0, i % 128, BEAT, 1 + i % 127, i // 128) for i in range(10_000)]
    sent: list[bytes] = []
    synth = PortSynth(sent.append)
    sequence = Sequence.from_song(make_song(notes, tracks), RATE)
    synth.channels = sequence.channels
    playback = Playback(synth, sequence)
    playback.play(0)
    playback.render(RATE // 4)
    playback.stop()
    ons = sum(data[0] & 0xF0 == 0x90 for data in sent)
    offs = sum(data[0] & 0xF0 == 0x80 for data in sent)
    assert ons == offs == 10_000


def test_edits_from_everywhere_while_it_plays_leave_nothing_hanging() -> None:
    devices = Devices(RATE)
    player = player_with(devices)
    player.set_song(make_song(scale(16)))
    player.play(0)
    output = _first(player, devices)
    songs = [make_song(scale(count)) for count in range(1, 9)]

    def edit() -> None:
        for song in songs * 5:
            player.set_song(song)

    editors = [threading.Thread(target=edit) for _ in range(4)]
    for editor in editors:
        editor.start()
    drive(player, output, RATE // 2)
    for editor in editors:
        editor.join()
    fill_ring(player)
    player.panic()
    assert player.wait()
    assert player._engine is not None
    synth = player._engine.synth
    player.close()
    assert synth.note_ons == synth.note_offs
