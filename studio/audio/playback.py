"""The tape head: moves along a sequence, tells the synthesizer what to do, and gives sound."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

from studio.audio.live_notes import FIRST_OWN_CHANNEL
from studio.audio.metronome import NEVER, Metronome
from studio.audio.sequence import BEND, CONTROL, NOTE_OFF, NOTE_ON, PROGRAM, Event, Sequence
from studio.audio.synth import Stereo


class Instrument(Protocol):
    """What is told which notes to play: a synthesizer, or a port with one behind it."""

    def note_on(self, channel: int, pitch: int, velocity: int) -> None: ...
    def note_off(self, channel: int, pitch: int) -> bool: ...
    def end_note(self, channel: int, pitch: int) -> bool: ...
    def program(self, channel: int, program: int, *, is_drums: bool = False) -> None: ...
    def control(self, channel: int, controller: int, value: int) -> None: ...
    def bend(self, channel: int, value: int) -> None: ...
    def reset_controllers(self, channel: int) -> None: ...
    def all_notes_off(self, below: int = ...) -> None: ...
    def sounding(self) -> list[tuple[int, int]]: ...
    def render(self, count: int) -> Stereo: ...


class Playback:
    """Plays a sequence through a synthesizer, block by block. Use it from one thread.

    However it is sought, looped, muted or given another sequence, every note that it begins it
    also ends.
    """

    def __init__(self, synth: Instrument, sequence: Sequence) -> None:
        self.synth = synth
        self.sequence = sequence
        self.position = 0  # the sample of the song that comes next
        self.is_playing = False
        self.loop: tuple[int, int] | None = None
        self.muted: frozenset[int] = frozenset()
        self.metronome = Metronome(sequence.sample_rate)
        self.on_jump: Callable[[int], None] = lambda rendered: None
        self._index = 0

    def play(self, position: int | None = None, count_in: int = 0) -> None:
        """Play on, from `position` if it is given, after `count_in` samples of clicks alone."""
        self.metronome.counts_in_until = NEVER
        if position is not None:
            self.seek(position)
            if count_in:
                self.metronome.counts_in_until = self.position
                self.position -= count_in
        elif not self.is_playing:
            self._chase()
        self.is_playing = True

    def stop(self) -> None:
        """End every note and stay where it is; what rings fades by itself."""
        self.is_playing = False
        self._end_notes()

    def seek(self, position: int) -> None:
        """Go to sample `position`: notes end, channels become what they are there."""
        self._end_notes()
        self.position = max(0, position)
        self._chase()

    def set_sequence(self, sequence: Sequence) -> None:
        """Play an edited song from here on. Notes that it still has over this place sound on."""
        self.sequence = sequence
        for track, pitch in self._sounding():
            if not sequence.has_note_over(track, pitch, self.position):
                self.synth.end_note(track, pitch)
        self._chase()

    def set_muted(self, tracks: frozenset[int]) -> None:
        """Silence `tracks`, and let every other one sound."""
        self.muted = tracks
        for track, pitch in self._sounding():
            if track in tracks:
                self.synth.end_note(track, pitch)

    def _sounding(self) -> list[tuple[int, int]]:
        """The song's own notes; keys that are held are not its business."""
        return [note for note in self.synth.sounding() if note[0] < FIRST_OWN_CHANNEL]

    def _end_notes(self) -> None:
        self.synth.all_notes_off(below=FIRST_OWN_CHANNEL)

    def _chase(self) -> None:
        start = max(self.position, self.metronome.counts_in_until)
        self._index = self.sequence.index_at(start)
        for track in range(self.sequence.n_tracks):
            self.synth.reset_controllers(track)
        for event in self.sequence.state_at(start):
            self._do(event)

    def render(self, count: int) -> Stereo:
        """The next `count` samples, shape (count, 2); every event begins at its very sample."""
        if not self.is_playing:
            return self.synth.render(count)
        parts: list[Stereo] = []
        done = 0
        while done < count:
            self._do_due()
            if self.loop and self.position >= self.loop[1]:
                self.seek(self.loop[0])
                self.on_jump(done)
                continue
            step = min(count - done, self._until_next())
            part = self.synth.render(step)
            self.metronome.add(part, self.position, self.sequence)
            parts.append(part)
            self.position += step
            done += step
        return np.concatenate(parts) if len(parts) != 1 else parts[0]

    def _until_next(self) -> int:
        """Samples until something happens, at least 1."""
        nexts = []
        if self._index < len(self.sequence):
            nexts.append(int(self.sequence.position[self._index]))
        if self.loop and self.loop[1] > self.position:
            nexts.append(self.loop[1])
        return max(1, min(nexts, default=self.position + (1 << 30)) - self.position)

    def _do_due(self) -> None:
        sequence = self.sequence
        while self._index < len(sequence) and sequence.position[self._index] <= self.position:
            event = sequence.event(self._index)
            if self._is_past_loop(event):
                return
            self._do(event)
            self._index += 1

    def _is_past_loop(self, event: Event) -> bool:
        return bool(self.loop and event.position >= self.loop[1] and event.kind != NOTE_OFF)

    def _do(self, event: Event) -> None:
        if event.kind == NOTE_ON:
            if event.track not in self.muted:
                self.synth.note_on(event.track, event.value, event.amount)
        elif event.kind == NOTE_OFF:
            self.synth.note_off(event.track, event.value)
        elif event.kind == PROGRAM:
            self.synth.program(event.track, event.value, is_drums=bool(event.amount))
        elif event.kind == CONTROL:
            self.synth.control(event.track, event.value, event.amount)
        elif event.kind == BEND:
            self.synth.bend(event.track, event.value)
