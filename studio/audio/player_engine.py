"""What the player's thread works with: the tape head, the ring ahead of the driver, the device."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np

from studio.audio.lead import BLOCK, Lead
from studio.audio.live_notes import LiveNotes
from studio.audio.master import MasterStage, SoundSettings
from studio.audio.midi_ports import Message
from studio.audio.output import Output
from studio.audio.playback import Playback
from studio.audio.playhead import Playhead, Stretch
from studio.audio.request_thread import Request
from studio.audio.ring_buffer import RingBuffer
from studio.audio.sequence import Playable, Sequence
from studio.audio.synth import Synth

IDLE_AFTER_S = 10.0  # of silence: then the device rests
_END_PAUSE_S = 0.25
_SILENCE = 1e-5


class PlayerEngine:
    """Renders ahead into a ring that the driver empties. Use it from the player's thread only.

    Its `playhead` may be asked from any thread.
    """

    def __init__(
        self, synth: Synth, output: Output, song: Playable, ask: Callable[[Request], None]
    ) -> None:
        rate = output.sample_rate
        self.synth = synth
        self.playback = Playback(synth, Sequence.of(song, rate))
        self.playback.on_jump = self._on_jump
        self.output = output
        self.lead = Lead(output)
        self.playhead = Playhead(rate, self.lead.heard)
        self.live = LiveNotes(synth)
        self.master = MasterStage(rate)
        self.peak = self.rms = 0.0
        self.has_clipped = False
        self.is_resting = True
        self.plays_on = False  # past the end of the song: something is being recorded
        self.tap: RingBuffer | None = None  # gets what is rendered, too
        self._ask = ask
        self._loop_ticks: tuple[int, int] | None = None
        self._quiet = 0
        self._builds = 0

    @property
    def sequence(self) -> Sequence:
        """What is played."""
        return self.playback.sequence

    @property
    def has_ended(self) -> bool:
        """Whether the song is over."""
        playback = self.playback
        if self.plays_on or not playback.is_playing or playback.loop is not None:
            return False
        pause = round(_END_PAUSE_S * self.output.sample_rate)
        return playback.position > self.sequence.end + pause

    @property
    def end_tick(self) -> float:
        """Where the song ends."""
        return self.sequence.tick_of(self.sequence.end)

    def play(self, tick: float, count_in_bars: int = 0) -> None:
        """Play from `tick`, after so many bars of clicks alone."""
        sequence = self.sequence
        signature = sequence.metre.signature_at(int(tick))
        lead = count_in_bars * signature.bar_ticks(sequence.metre.ticks_per_beat)
        start = sequence.position_of(tick)
        self.playback.play(start, start - sequence.position_of(tick - lead))
        self.lead.drop()  # only now: what follows must be there at once
        self._mark(self.lead.written)
        self._wake()

    def stop(self) -> None:
        """End every note."""
        self.lead.drop()
        self.playback.stop()
        self._mark(self.lead.written)

    def panic(self) -> None:
        """Stop, and cut everything that sounds, wherever it came from."""
        self.synth.silence()
        self.stop()

    def set_loop(self, ticks: tuple[int, int] | None) -> None:
        """Repeat between two ticks."""
        self._loop_ticks = ticks
        start, end = map(self.sequence.position_of, ticks or (0, 0))
        self.playback.loop = (start, end) if end > start else None

    def set_sound(self, settings: SoundSettings) -> None:
        """Volume, room, chorus, metronome, and how late the loudspeaker is."""
        self._note_change()
        self.master.settings = settings
        self.playhead.delay_s = settings.delay_ms / 1000
        self.playback.metronome.is_on = settings.metronome

    def set_muted(self, tracks: frozenset[int]) -> None:
        """Silence `tracks` and no other."""
        self._note_change()
        self.playback.set_muted(tracks)

    def _note_change(self) -> None:
        if self.playback.is_playing:
            self.lead.note_edit()

    def set_song(self, song: Playable) -> None:
        """Take an edited song: at once at rest, from a thread that builds it while it plays."""
        self._builds += 1
        serial = self._builds
        if not self.playback.is_playing:
            self._swap(Sequence.of(song, self.output.sample_rate), serial)
            return

        def build() -> None:
            sequence = Sequence.of(song, self.output.sample_rate)
            self._ask(lambda: self._swap(sequence, serial))

        threading.Thread(target=build, name="sequencer", daemon=True).start()

    def _swap(self, sequence: Sequence, serial: int) -> None:
        if serial != self._builds:
            return  # a later edit is on its way
        self._note_change()
        tick = self.sequence.tick_of(self.playback.position)
        self.playback.position = sequence.position_of(tick)
        self.playback.set_sequence(sequence)
        self.set_loop(self._loop_ticks)
        self._mark(self.lead.written)

    def preview(self, pitch: int, velocity: int, program: int, *, is_drums: bool) -> None:
        """Begin a note that ends by itself."""
        self.live.preview(self.lead.written, pitch, velocity, program, is_drums=is_drums)
        self._wake()

    def play_live(self, message: Message, program: int, *, is_drums: bool) -> None:
        """Do what a keyboard says, and soon: less is rendered ahead for a while."""
        self.live.play(message, program, is_drums=is_drums)
        self.lead.play_soon()
        self._wake()

    def _wake(self) -> None:
        self._quiet = 0
        if self.is_resting:
            self.is_resting = False
            self.fill_ahead()  # before the driver asks for the first block
            self.output.start()

    def fill_ahead(self) -> None:
        """Render until enough lies ready; let the device rest when nothing sounds for long."""
        lead = self.lead
        lead.is_playing = self.playback.is_playing
        while not self.is_resting and not lead.is_filled:
            self.live.end_previews(lead.written)
            block = self.master.process(self.playback.render(BLOCK))
            lead.ring.write(block)
            if self.tap is not None:
                self.tap.write(block)
            self.peak = float(np.abs(block).max())
            self.rms = float(np.sqrt(np.mean(np.square(block))))
            self.has_clipped = self.has_clipped or self.master.peak > 1.0
            self._rest_if_quiet()

    def _rest_if_quiet(self) -> None:
        is_quiet = not self.playback.is_playing and self.peak < _SILENCE
        is_quiet = is_quiet and not self.live.n_previews
        self._quiet = self._quiet + BLOCK if is_quiet else 0
        if self._quiet > IDLE_AFTER_S * self.output.sample_rate:
            self.is_resting = True
            self.output.stop()

    def _on_jump(self, rendered: int) -> None:
        self._mark(self.lead.written + rendered)

    def _mark(self, heard: int) -> None:
        """Note that what is heard from sample `heard` on comes from where the tape head is."""
        playback = self.playback
        begins = playback.metronome.counts_in_until
        position, is_moving = playback.position, playback.is_playing
        self.playhead.mark(Stretch(heard, position, begins, is_moving, playback.sequence))

    def use_output(self, output: Output) -> None:
        """Go on through another output: the device is gone."""
        self.output.close()
        self.output = output
        self.lead.use_output(output)
        self._mark(self.lead.written)
        self.is_resting = True
        self._wake()

    def close(self) -> None:
        """End every note and give the device back."""
        self.playback.stop()
        self.synth.all_notes_off()
        self.is_resting = True
        self.output.close()
