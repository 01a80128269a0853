"""What the player's thread works with: the tape head, the ring ahead of the driver, the device."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np

from studio.audio.live_notes import LiveNotes
from studio.audio.master import MasterStage, SoundSettings
from studio.audio.midi_ports import Message
from studio.audio.output import Output
from studio.audio.playback import Playback
from studio.audio.playhead import Playhead, Stretch
from studio.audio.request_thread import Request
from studio.audio.ring_buffer import RingBuffer
from studio.audio.sequence import Playable, Sequence
from studio.audio.stereo_ring import StereoRing
from studio.audio.synth import Stereo, Synth

AHEAD_S = 0.06  # what lies in the ring: the longest that anything else may hold the interpreter
PLAYING_AHEAD_S = 0.16  # while a song plays: for busy machines; a stop or a seek drops it
FADE = 256  # samples in which what is dropped falls silent
LIVE_AHEAD_BLOCKS = 3  # while keys are struck: they must sound at once
LIVE_FOR_S = 5.0  # after the last key
BLOCK = 256
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
        self.playhead = Playhead(rate, self._heard)
        self.live = LiveNotes(synth)
        self.master = MasterStage(rate)
        self.peak = self.rms = 0.0
        self.has_clipped = False
        self.underruns = 0
        self.is_resting = True
        self.plays_on = False  # past the end of the song: something is being recorded
        self.tap: RingBuffer | None = None  # gets what is rendered, too
        self._ask = ask
        self._ring = StereoRing(round(PLAYING_AHEAD_S * rate) // BLOCK * BLOCK)
        self._idle_ahead = round(AHEAD_S * rate) // BLOCK * BLOCK
        self._missing = 0  # samples that the driver asked for and the ring had not
        self._largest = 0  # block that the driver asked for
        self._live_until = 0  # sample of the ring
        self._live_margin = LIVE_AHEAD_BLOCKS * BLOCK
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
        self._drop_ahead()
        self.playback.play(start, start - sequence.position_of(tick - lead))
        self._mark(self._ring.written)
        self._wake()

    def stop(self) -> None:
        """End every note."""
        self._drop_ahead()
        self.playback.stop()
        self._mark(self._ring.written)

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
        self.master.settings = settings
        self.playhead.delay_s = settings.delay_ms / 1000
        self.playback.metronome.is_on = settings.metronome

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
        tick = self.sequence.tick_of(self.playback.position)
        self.playback.position = sequence.position_of(tick)
        self.playback.set_sequence(sequence)
        self.set_loop(self._loop_ticks)
        self._mark(self._ring.written)

    def preview(self, pitch: int, velocity: int, program: int, *, is_drums: bool) -> None:
        """Begin a note that ends by itself."""
        self.live.preview(self._ring.written, pitch, velocity, program, is_drums=is_drums)
        self._wake()

    def play_live(self, message: Message, program: int, *, is_drums: bool) -> None:
        """Do what a keyboard says, and soon: less is rendered ahead for a while."""
        self.live.play(message, program, is_drums=is_drums)
        self._live_until = self._ring.written + round(LIVE_FOR_S * self.output.sample_rate)
        self._wake()

    def _wake(self) -> None:
        self._quiet = 0
        if self.is_resting:
            self.is_resting = False
            self.fill_ahead()  # before the driver asks for the first block
            self.output.start(self._fill)

    @property
    def is_filled(self) -> bool:
        """Whether as much lies ready as should."""
        return self._ring.written - self._ring.taken + BLOCK > self._ahead

    @property
    def _ahead(self) -> int:
        """How many samples should lie in the ring: at least what the driver asks for at once."""
        if self._ring.written < self._live_until:
            return min(self._idle_ahead, self._largest + self._live_margin)
        return self._ring.capacity if self.playback.is_playing else self._idle_ahead

    def _drop_ahead(self) -> None:
        """What was rendered ahead is no longer wanted, but for a moment in which it fades."""
        self._ring.cut(2 * self._largest + FADE, FADE)

    def fill_ahead(self) -> None:
        """Render until enough lies ready; let the device rest when nothing sounds for long."""
        ring = self._ring
        while not self.is_resting and not self.is_filled:
            self.live.end_previews(ring.written)
            block = self.master.process(self.playback.render(BLOCK))
            ring.write(block)
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

    def _fill(self, out: Stereo) -> None:
        """On the driver's thread: copy, count what is missing, return."""
        self._largest = max(self._largest, len(out))
        missing = len(out) - self._ring.take_into(out)
        if missing and not self.is_resting:
            self._missing += missing
            self.underruns += 1
            self._live_margin += BLOCK  # this machine needs more

    def _on_jump(self, rendered: int) -> None:
        self._mark(self._ring.written + rendered)

    def _mark(self, heard: int) -> None:
        """Note that what is heard from sample `heard` on comes from where the tape head is."""
        playback = self.playback
        begins = playback.metronome.counts_in_until
        position, is_moving = playback.position, playback.is_playing
        self.playhead.mark(Stretch(heard, position, begins, is_moving, playback.sequence))

    def _heard(self) -> float:
        """How much of the ring has been heard, in samples."""
        return self.output.heard() - self._missing

    def use_output(self, output: Output) -> None:
        """Go on through another output: the device is gone."""
        self.output.close()
        self.output = output
        self._missing = -self._ring.taken  # the new output counts from 0
        self._mark(self._ring.written)
        self.is_resting = True
        self._wake()

    def close(self) -> None:
        """End every note and give the device back."""
        self.playback.stop()
        self.synth.all_notes_off()
        self.is_resting = True
        self.output.close()
