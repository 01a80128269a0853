"""The synthesizer: notes and controllers in, stereo samples out."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import tinysoundfont
from numpy.typing import NDArray

from models.plain_file import read_file
from studio.audio.sf2_check import SoundFontError, check_soundfont
from studio.audio.soundfont import default_soundfont
from studio.errors import StudioError

Stereo = NDArray[np.float32]  # (samples, 2)

MAX_BLOCK = 512  # the library holds the interpreter lock while it renders a block
MAX_VOICES = 256
MAX_SOUNDFONT_BYTES = 2 << 30
HEADROOM_DB = -8.0
DRUM_BANK = 128
_KNEE = 0.7  # below it nothing is changed; above it the limiter rounds peaks off towards 1
BEND_CENTRE = 8192
SUSTAIN, PEDAL_DOWN = 64, 64
_RESET_CONTROLLERS = ((121, 0), (7, 100), (10, 64))


class Synth:
    """Plays a SoundFont on any number of channels. Use it from one thread.

    A channel is a number from 0; each track of a song has its own. Every note-on is remembered
    until its note-off, so that none is forgotten: `note_ons == note_offs` when all is silent.
    """

    def __init__(self, path: Path | None = None, *, sample_rate: int = 44100) -> None:
        self.sample_rate = sample_rate
        self.note_ons = 0
        self.note_offs = 0
        self._sounding: Counter[tuple[int, int]] = Counter()
        self._pedals: set[int] = set()  # channels; the library knows no pedal
        self._held: Counter[tuple[int, int]] = Counter()  # released, but held by the pedal
        self._programs: dict[int, tuple[int, bool]] = {}
        self._engine, self._font = _load(path or default_soundfont(), sample_rate)
        self.path = path or default_soundfont()

    def load(self, path: Path) -> None:
        """Play `path` from now on. Raises StudioError with the reason, and keeps the one it has."""
        engine, font = _load(path, self.sample_rate)
        self.all_notes_off()
        self._engine, self._font, self.path = engine, font, path
        for channel, (program, is_drums) in self._programs.copy().items():
            self._select(channel, program, is_drums=is_drums)

    @property
    def n_sounding(self) -> int:
        """How many notes have begun and not ended."""
        return self._sounding.total()

    def sounding(self) -> list[tuple[int, int]]:
        """The (channel, pitch) of every note that has begun and not ended."""
        return list(self._sounding.elements())

    def note_on(self, channel: int, pitch: int, velocity: int) -> None:
        """Start a note; a channel that has no program yet is a piano."""
        if channel not in self._programs:
            self.program(channel, 0)
        if self._held[channel, pitch]:  # a string that is struck again sounds once
            self.end_note(channel, pitch)
        self._engine.noteon(channel, pitch, velocity)
        self._sounding[channel, pitch] += 1
        self.note_ons += 1

    def note_off(self, channel: int, pitch: int) -> bool:
        """Release the note that began first on this key: it ends, or with the pedal later.

        False, and nothing sent, if none sounds.
        """
        key = channel, pitch
        if channel not in self._pedals:
            return self.end_note(channel, pitch)
        is_down = self._sounding.get(key, 0) > self._held.get(key, 0)
        if is_down:
            self._held[key] += 1
        return is_down

    def end_note(self, channel: int, pitch: int) -> bool:
        """End the note that began first on this key, pedal or not; False if none sounds."""
        key = channel, pitch
        left = self._sounding.pop(key, 0)
        if left == 0:
            return False
        self._engine.noteoff(channel, pitch)
        self.note_offs += 1
        if left > 1:
            self._sounding[key] = left - 1
        held = self._held.pop(key, 0)
        if held > 1:
            self._held[key] = held - 1
        return True

    def _set_pedal(self, channel: int, is_down: bool) -> None:
        if is_down:
            self._pedals.add(channel)
        elif channel in self._pedals:
            self._pedals.discard(channel)
            for held in [key for key in self._held.elements() if key[0] == channel]:
                self.end_note(*held)

    def program(self, channel: int, program: int, *, is_drums: bool = False) -> None:
        """Choose the instrument of a channel; one the SoundFont lacks becomes its first."""
        if channel not in self._programs:
            self.reset_controllers(channel)
        if self._programs[channel] != (program, is_drums):
            self._programs[channel] = (program, is_drums)
            self._select(channel, program, is_drums=is_drums)

    def _select(self, channel: int, program: int, *, is_drums: bool) -> None:
        bank = DRUM_BANK if is_drums else 0
        for choice in ((bank, program), (bank, 0), (0, program), (0, 0)):
            try:
                self._engine.program_select(channel, self._font, *choice, is_drums)
            except RuntimeError:
                continue
            return

    def control(self, channel: int, controller: int, value: int) -> None:
        """Move a controller: 7 volume, 10 pan, 64 sustain, …."""
        if channel not in self._programs:
            self.program(channel, 0)
        if controller == SUSTAIN:
            self._set_pedal(channel, is_down=value >= PEDAL_DOWN)
        self._engine.control_change(channel, controller, value)

    def bend(self, channel: int, value: int) -> None:
        """Move the pitch wheel: 0..16383, 8192 is its rest."""
        if channel not in self._programs:
            self.program(channel, 0)
        self._engine.pitchbend(channel, value)

    def reset_controllers(self, channel: int) -> None:
        """Volume, pan, sustain, bend and the rest as they are before a piece starts."""
        if channel not in self._programs:
            self._programs[channel] = (0, False)
            self._select(channel, 0, is_drums=False)
        self._set_pedal(channel, is_down=False)
        for controller, value in _RESET_CONTROLLERS:
            self._engine.control_change(channel, controller, value)
        self._engine.pitchbend(channel, BEND_CENTRE)

    def all_notes_off(self, below: int = 1 << 30) -> None:
        """End every note of the channels `below`, each by its own note-off; lift their pedals."""
        for channel in self._programs:
            if channel < below:
                self._set_pedal(channel, is_down=False)
        for channel, pitch in self.sounding():
            if channel < below:
                self.end_note(channel, pitch)

    def silence(self) -> None:
        """End every note and cut what still rings: the panic button."""
        self.all_notes_off()
        for channel in self._programs:
            self._engine.sounds_off(channel)

    def render(self, count: int) -> Stereo:
        """The next `count` samples, shape (count, 2), never beyond -1..1."""
        block = np.zeros((count, 2), dtype=np.float32)
        for start in range(0, count, MAX_BLOCK):
            part = block[start : start + MAX_BLOCK]
            self._engine.generate_simple(len(part), part.data.cast("B"))
        return limited(block)


def limited(block: Stereo) -> Stereo:
    """`block` with its peaks rounded off to stay within -1..1; what is quieter is unchanged."""
    if np.abs(block).max(initial=0.0) <= _KNEE:
        return block
    size = np.abs(block)
    rounded = _KNEE + (1 - _KNEE) * np.tanh((size - _KNEE) / (1 - _KNEE))
    return np.where(size > _KNEE, np.copysign(rounded, block), block).astype(np.float32)


def _load(path: Path, sample_rate: int) -> tuple[tinysoundfont.Synth, int]:
    try:
        data = read_file(path, MAX_SOUNDFONT_BYTES)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise StudioError(f"{path}: the SoundFont can't be read ({reason}).") from error
    if data[:4] != b"RIFF" or data[8:12] != b"sfbk":
        raise StudioError(f"{path} is not a SoundFont: choose an .sf2 or .sf3 file.")
    if int.from_bytes(data[4:8], "little") > len(data) - 8:
        raise StudioError(f"{path}: the SoundFont is cut off; copy or download it again.")
    try:
        check_soundfont(data)
    except SoundFontError as error:
        raise StudioError(f"{path}: the SoundFont is damaged ({error}); choose another.") from error
    engine = tinysoundfont.Synth(gain=HEADROOM_DB, samplerate=sample_rate)
    try:
        font: int = engine.sfload(data, max_voices=MAX_VOICES)
    except RuntimeError as error:
        raise StudioError(f"{path}: the SoundFont is damaged; choose another.") from error
    return engine, font
