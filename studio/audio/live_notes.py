"""Notes that are no part of the song: keys struck now, and notes heard as they are drawn."""

from __future__ import annotations

from studio.audio.midi_ports import Message
from studio.audio.synth import BEND_CENTRE, Synth

FIRST_OWN_CHANNEL = 1000  # no song has so many tracks
LIVE_CHANNEL = 1000
PREVIEW_CHANNEL = 1023
PREVIEW_S = 0.35
PASSED_ON = frozenset({1, 7, 10, 11, 64, 66, 67})  # wheel, volume, pan, expression, pedals


class LiveNotes:
    """Plays through the song's synthesizer on channels of its own. For the player's thread."""

    def __init__(self, synth: Synth) -> None:
        self._synth = synth
        self._previews: list[tuple[int, int]] = []  # (when it ends in samples, pitch)

    @property
    def n_previews(self) -> int:
        """How many previewed notes have not ended."""
        return len(self._previews)

    def preview(self, now: int, pitch: int, velocity: int, program: int, *, is_drums: bool) -> None:
        """Begin a note at sample `now` that ends by itself."""
        self._synth.program(PREVIEW_CHANNEL, program, is_drums=is_drums)
        self._synth.note_on(PREVIEW_CHANNEL, pitch, velocity)
        self._previews.append((now + round(PREVIEW_S * self._synth.sample_rate), pitch))

    def end_previews(self, now: int) -> None:
        """End those that are over at sample `now`."""
        while self._previews and self._previews[0][0] <= now:
            self._synth.note_off(PREVIEW_CHANNEL, self._previews.pop(0)[1])

    def play(self, message: Message, program: int, *, is_drums: bool) -> None:
        """Do what a MIDI message says, with the sound of `program`."""
        synth = self._synth
        if message.type == "note_on" and message.velocity:
            synth.program(LIVE_CHANNEL, program, is_drums=is_drums)
            synth.note_on(LIVE_CHANNEL, message.note, message.velocity)
        elif message.type in ("note_on", "note_off"):
            synth.note_off(LIVE_CHANNEL, message.note)
        elif message.type == "control_change" and message.control in PASSED_ON:
            synth.control(LIVE_CHANNEL, message.control, message.value)
        elif message.type == "pitchwheel":
            synth.bend(LIVE_CHANNEL, message.pitch + BEND_CENTRE)
