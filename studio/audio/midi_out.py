"""The song, sent to a MIDI port as it is heard, with a clock that other machines can follow."""

from __future__ import annotations

import importlib
import math
import threading
from collections import Counter
from collections.abc import Callable

import numpy as np

from studio.audio.midi_ports import MidiPort
from studio.audio.playback import Playback
from studio.audio.playhead import Heard, Stretch
from studio.audio.synth import BEND_CENTRE, SUSTAIN, Stereo

CLOCKS_PER_BEAT = 24
SIXTEENTH_CLOCKS = 6
POLL_S = 0.001
N_CHANNELS = 16
_ON, _OFF, _CONTROL, _PROGRAM, _BEND = 0x90, 0x80, 0xB0, 0xC0, 0xE0
_ALL_OFF, _SOUNDS_OFF = 123, 120
CLOCK, START, CONTINUE, STOP, SONG_POSITION = 0xF8, 0xFA, 0xFB, 0xFC, 0xF2
_NOTHING = np.zeros((0, 2), dtype=np.float32)


class PortSynth:
    """Sends what a synthesizer would play to a port.

    Tracks that share a channel share it note by note: a key is struck anew for each and released
    with the last, so that as many notes end as begin.
    """

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self.note_ons = self.note_offs = 0
        self.channels: tuple[int, ...] = ()  # of each track
        self._send = send
        self._sounding: Counter[tuple[int, int]] = Counter()  # (track, pitch)
        self._keys: Counter[tuple[int, int]] = Counter()  # (MIDI channel, pitch)
        self._programs: dict[int, int] = {}  # of tracks
        self._chosen: dict[int, int] = {}  # of MIDI channels

    def channel_of(self, track: int) -> int:
        """The MIDI channel of `track`."""
        return self.channels[track] if track < len(self.channels) else track % N_CHANNELS

    def sounding(self) -> list[tuple[int, int]]:
        """The (track, pitch) of every note that has begun and not ended."""
        return list(self._sounding.elements())

    def note_on(self, channel: int, pitch: int, velocity: int) -> None:
        """Begin a note, with the sound of its track."""
        port = self.channel_of(channel)
        program = self._programs.get(channel)
        if program is not None and self._chosen.get(port) != program:
            self._chosen[port] = program
            self._send(bytes((_PROGRAM | port, program)))
        if self._keys[port, pitch]:
            self._release(port, pitch)
        self._sounding[channel, pitch] += 1
        self._keys[port, pitch] += 1
        self.note_ons += 1
        self._send(bytes((_ON | port, pitch, velocity)))

    def _release(self, port: int, pitch: int) -> None:
        self.note_offs += 1
        self._send(bytes((_OFF | port, pitch, 0)))

    def note_off(self, channel: int, pitch: int) -> bool:
        """End a note; False if none sounds."""
        left = self._sounding.pop((channel, pitch), 0)
        if not left:
            return False
        if left > 1:
            self._sounding[channel, pitch] = left - 1
        port = self.channel_of(channel)
        self._keys[port, pitch] -= 1
        if not self._keys[port, pitch]:
            self._release(port, pitch)
        return True

    end_note = note_off

    def program(self, channel: int, program: int, *, is_drums: bool = False) -> None:
        """The sound of a track, chosen when it plays its next note."""
        self._programs[channel] = program

    def control(self, channel: int, controller: int, value: int) -> None:
        """Move a controller."""
        self._send(bytes((_CONTROL | self.channel_of(channel), controller, value)))

    def bend(self, channel: int, value: int) -> None:
        """Move the pitch wheel."""
        self._send(bytes((_BEND | self.channel_of(channel), value & 127, value >> 7)))

    def reset_controllers(self, channel: int) -> None:
        """As they are before a piece starts."""
        for controller, value in ((121, 0), (7, 100), (10, 64)):
            self.control(channel, controller, value)
        self.bend(channel, BEND_CENTRE)

    def all_notes_off(self, below: int = 0) -> None:
        """End every note, each by its own note-off; lift the pedals."""
        for track, pitch in self.sounding():
            self.note_off(track, pitch)
        for channel in sorted(set(self.channels)):
            self._send(bytes((_CONTROL | channel, SUSTAIN, 0)))

    def panic(self) -> None:
        """Everything off on all channels, whoever began it."""
        self.all_notes_off()
        for channel in range(N_CHANNELS):
            self._send(bytes((_CONTROL | channel, _ALL_OFF, 0)))
            self._send(bytes((_CONTROL | channel, _SOUNDS_OFF, 0)))

    def render(self, count: int) -> Stereo:
        """No sound: it is made elsewhere."""
        return _NOTHING


class MidiClock:
    """Tells others where the song is: start, continue, stop, place, and 24 clocks a beat."""

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self._send = send
        self._is_running = False
        self._next = 0  # the clock that is due next, counted from the beginning

    def begin(self, clocks: float) -> None:
        """The song plays from here on."""
        self.stop()
        sixteenth = max(0, math.ceil(clocks / SIXTEENTH_CLOCKS - 1e-6))
        self._next = sixteenth * SIXTEENTH_CLOCKS  # places are told in sixteenths only
        if sixteenth:
            self._send(bytes((SONG_POSITION, sixteenth & 127, sixteenth >> 7 & 127)))
        self._send(bytes((CONTINUE if sixteenth else START,)))
        self._is_running = True

    def advance(self, clocks: float) -> None:
        """The song has come this far."""
        while self._is_running and self._next <= clocks:
            self._send(bytes((CLOCK,)))
            self._next += 1

    def stop(self) -> None:
        """The song no longer plays."""
        if self._is_running:
            self._is_running = False
            self._send(bytes((STOP,)))


class MidiOut:
    """Follows what is heard, on a thread of its own, and sends it to an open port."""

    def __init__(
        self,
        port: MidiPort,
        heard: Callable[[], Heard | None],
        muted: Callable[[], frozenset[int]],
        *,
        sends_notes: bool = True,
        sends_clock: bool = False,
    ) -> None:
        self._port, self._heard, self._muted = port, heard, muted
        self._message = importlib.import_module("mido").Message
        self.synth = PortSynth(self._send)
        self.clock = MidiClock(self._send)
        self.sends_notes, self.sends_clock = sends_notes, sends_clock
        self.error = ""
        self._playback: Playback | None = None
        self._stretch: Stretch | None = None
        self._panics = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="midi out", daemon=True)
        self._thread.start()

    def _send(self, data: bytes) -> None:
        if self.error:
            return
        try:
            self._port.send(self._message.from_bytes(data))
        except Exception as error:  # noqa: BLE001 -- rtmidi's errors share no other base
            self.error = str(error) or type(error).__name__

    def _run(self) -> None:
        while not self._stopping.wait(POLL_S):
            if self._panics.is_set():
                self._panics.clear()
                self.synth.panic()
            self.follow(self._heard())
        self.follow(None)

    def follow(self, heard: Heard | None) -> None:
        """Send what is due now."""
        if heard is None:
            self._rest()
            return
        if heard.stretch is not self._stretch:
            self._jump(heard.stretch)
        self._advance(heard)

    def _rest(self) -> None:
        if self._stretch is not None:
            self._stretch = None
            self.clock.stop()
            if self._playback is not None:
                self._playback.stop()

    def _jump(self, stretch: Stretch) -> None:
        before, self._stretch = self._stretch, stretch
        self.synth.channels = stretch.sequence.channels
        playback = self._playback or Playback(self.synth, stretch.sequence)
        self._playback = playback
        if before is not None and _goes_on(playback, stretch):
            playback.position = stretch.position  # the same place of an edited song
            playback.set_sequence(stretch.sequence)
            return
        playback.sequence = stretch.sequence
        start = max(stretch.position, stretch.begins)
        playback.play(start, start - stretch.position)
        if self.sends_clock:
            self.clock.begin(_clocks(stretch, start))

    def _advance(self, heard: Heard) -> None:
        playback = self._playback
        if playback is None:
            return
        n_tracks = heard.stretch.sequence.n_tracks
        muted = self._muted() if self.sends_notes else frozenset(range(n_tracks))
        if muted != playback.muted:
            playback.set_muted(muted)
        count = math.floor(heard.position) - playback.position
        if count > 0:
            playback.render(count)
        if self.sends_clock:
            self.clock.advance(_clocks(heard.stretch, heard.position))

    def panic(self) -> None:
        """Everything off, at the port, too, as soon as its thread gets to it."""
        self._panics.set()

    def close(self) -> None:
        """End every note, and give the port back."""
        self._stopping.set()
        self._thread.join(timeout=2.0)
        self._port.close()


def _goes_on(playback: Playback, stretch: Stretch) -> bool:
    """Whether another sequence comes at the place that the one before has reached."""
    if playback.sequence is stretch.sequence:
        return False
    reached = playback.sequence.tick_of(playback.position)
    beats = stretch.sequence.tick_of(stretch.position) - reached
    return abs(beats) < stretch.sequence.metre.ticks_per_beat / 8


def _clocks(stretch: Stretch, position: float) -> float:
    sequence = stretch.sequence
    return sequence.tick_of(position) * CLOCKS_PER_BEAT / sequence.metre.ticks_per_beat
