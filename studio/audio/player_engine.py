"""What the player's thread works with: the tape head, the ring ahead of the driver, the device."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from studio.audio.output import Output
from studio.audio.playback import Playback
from studio.audio.ring_buffer import RingBuffer
from studio.audio.sequence import Playable, Sequence
from studio.audio.stereo_ring import StereoRing
from studio.audio.synth import Stereo, Synth

AHEAD_S = 0.06  # what lies in the ring: the longest that anything else may hold the interpreter
BLOCK = 256
IDLE_AFTER_S = 10.0  # of silence: then the device rests
PREVIEW_CHANNEL = 1023
PREVIEW_S = 0.35
_END_PAUSE_S = 0.25
_SILENCE = 1e-5

Request = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Stretch:
    """From sample `heard` of the output on, the song is heard from `position` on."""

    heard: int
    position: int
    is_moving: bool


class PlayerEngine:
    """Renders ahead into a ring that the driver empties. Use it from the player's thread only.

    `heard_tick` alone may be called from any thread.
    """

    def __init__(
        self, synth: Synth, output: Output, song: Playable, ask: Callable[[Request], None]
    ) -> None:
        rate = output.sample_rate
        self.playback = Playback(synth, Sequence.of(song, rate))
        self.playback.on_jump = self._on_jump
        self.output = output
        self.peak = self.rms = 0.0
        self.underruns = 0
        self.is_resting = True
        self.tap: RingBuffer | None = None  # gets what is rendered, too
        self._ask = ask
        self._ring = StereoRing(max(4 * BLOCK, round(AHEAD_S * rate) // BLOCK * BLOCK))
        self._missing = 0  # samples that the driver asked for and the ring had not
        self._stretches: tuple[Stretch, ...] = ()
        self._loop_ticks: tuple[int, int] | None = None
        self._quiet = 0
        self._previews: list[tuple[int, int]] = []  # (when it ends in ring samples, pitch)
        self._builds = 0

    @property
    def sequence(self) -> Sequence:
        """What is played."""
        return self.playback.sequence

    @property
    def has_ended(self) -> bool:
        """Whether the song is over."""
        pause = round(_END_PAUSE_S * self.output.sample_rate)
        is_over = self.playback.position > self.sequence.end + pause
        return self.playback.is_playing and self.playback.loop is None and is_over

    @property
    def end_tick(self) -> float:
        """Where the song ends."""
        return self.sequence.tick_of(self.sequence.end)

    def play(self, tick: float) -> None:
        """Play from `tick`."""
        self.playback.play(self.sequence.position_of(tick))
        self._mark(self._ring.written)
        self._wake()

    def stop(self) -> None:
        """End every note."""
        self.playback.stop()
        self._mark(self._ring.written)

    def set_loop(self, ticks: tuple[int, int] | None) -> None:
        """Repeat between two ticks."""
        self._loop_ticks = ticks
        start, end = map(self.sequence.position_of, ticks or (0, 0))
        self.playback.loop = (start, end) if end > start else None

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

    def preview(self, pitch: int, velocity: int, program: int, is_drums: bool) -> None:
        """Begin a note that ends by itself."""
        synth = self.playback.synth
        synth.program(PREVIEW_CHANNEL, program, is_drums=is_drums)
        synth.note_on(PREVIEW_CHANNEL, pitch, velocity)
        end = self._ring.written + round(PREVIEW_S * self.output.sample_rate)
        self._previews.append((end, pitch))
        self._wake()

    def _end_previews(self) -> None:
        while self._previews and self._previews[0][0] <= self._ring.written:
            self.playback.synth.note_off(PREVIEW_CHANNEL, self._previews.pop(0)[1])

    def _wake(self) -> None:
        self._quiet = 0
        if self.is_resting:
            self.is_resting = False
            self.fill_ahead()  # before the driver asks for the first block
            self.output.start(self._fill)

    def fill_ahead(self) -> None:
        """Render until the ring is full; let the device rest when nothing sounds for long."""
        while not self.is_resting and self._ring.space >= BLOCK:
            self._end_previews()
            block = self.playback.render(BLOCK)
            self._ring.write(block)
            if self.tap is not None:
                self.tap.write(block)
            self.peak = float(np.abs(block).max())
            self.rms = float(np.sqrt(np.mean(np.square(block))))
            self._rest_if_quiet()

    def _rest_if_quiet(self) -> None:
        is_quiet = not self.playback.is_playing and self.peak < _SILENCE and not self._previews
        self._quiet = self._quiet + BLOCK if is_quiet else 0
        if self._quiet > IDLE_AFTER_S * self.output.sample_rate:
            self.is_resting = True
            self.output.stop()

    def _fill(self, out: Stereo) -> None:
        """On the driver's thread: copy, count what is missing, return."""
        missing = len(out) - self._ring.take_into(out)
        if missing and not self.is_resting:
            self._missing += missing
            self.underruns += 1

    def _on_jump(self, rendered: int) -> None:
        self._mark(self._ring.written + rendered)

    def _mark(self, heard: int) -> None:
        """Note that what is heard from sample `heard` on comes from where the tape head is."""
        now = self._heard()
        later = [s for s in self._stretches if s.heard > now]
        current = [s for s in self._stretches if s.heard <= now][-1:]
        new = Stretch(heard, self.playback.position, self.playback.is_playing)
        kept = (s for s in (*current, *later) if s.heard < heard)
        self._stretches = (*kept, new)

    def _heard(self) -> float:
        """How much of the ring has been heard, in samples."""
        return self.output.heard() - self._missing

    def heard_tick(self) -> float | None:
        """The tick that is heard now; None while nothing of the song is heard, or not yet."""
        now = self._heard()
        current = next((s for s in reversed(self._stretches) if s.heard <= now), None)
        if current is None or not current.is_moving:
            return None
        return self.sequence.tick_of(current.position + now - current.heard)

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
        self.is_resting = True
        self.output.close()
