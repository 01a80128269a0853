"""The last stage of all sound: chorus, room, volume, and the light that says it is too loud."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.audio.reverb import Chorus, Reverb
from studio.audio.synth import Stereo, limited

SILENT_DB = -60.0  # the volume at which nothing is heard
MAX_DB = 6.0
SMALL_BUFFER_MS = 30.0  # the lowest that sound servers keep to; gaps beside busy processes
NORMAL_BUFFER_MS = 60.0
LARGE_BUFFER_MS = 150.0


@dataclass(frozen=True, slots=True)
class SoundSettings:
    """What the user set of the sound as a whole."""

    volume_db: float = 0.0
    reverb: float = 0.0  # 0..1
    chorus: float = 0.0  # 0..1
    delay_ms: float = 0.0  # a wireless loudspeaker's, which no driver tells
    metronome: bool = False
    buffer_ms: float = NORMAL_BUFFER_MS  # of sound that lies ready in the device

    @property
    def gain(self) -> float:
        """The volume as a factor; 0 at the bottom."""
        return 0.0 if self.volume_db <= SILENT_DB else float(10 ** (self.volume_db / 20))


class MasterStage:
    """Changes blocks of sound by the settings of the moment. For one thread."""

    def __init__(self, sample_rate: int) -> None:
        self.settings = SoundSettings()
        self.peak = 0.0  # of the last block, before it was limited: above 1 it is too loud
        self._reverb = Reverb(sample_rate)
        self._chorus = Chorus(sample_rate)
        self._is_idle = True  # the room holds nothing

    def process(self, block: Stereo) -> Stereo:
        """`block`, shape (n, 2), as it goes to the loudspeaker: never beyond -1..1."""
        settings = self.settings
        if settings.reverb or settings.chorus or not self._is_idle:
            most = self._reverb.most
            starts = range(0, len(block), most)
            block = np.concatenate([self._with_effects(block[i : i + most]) for i in starts])
        loud = block * np.float32(settings.gain) if settings.gain != 1.0 else block
        self.peak = float(np.abs(loud).max(initial=0.0))
        return limited(loud)

    def _with_effects(self, block: Stereo) -> Stereo:
        settings = self.settings
        if settings.chorus:
            block = block + settings.chorus * 0.7 * self._chorus.wet(block)
        if not settings.reverb and self._is_idle:
            return block.astype(np.float32, copy=False)
        wet = self._reverb.wet(block if settings.reverb else np.zeros_like(block))
        self._is_idle = not settings.reverb and bool(np.abs(wet).max(initial=0.0) < 1e-6)
        return (block + max(settings.reverb, 0.0) * wet).astype(np.float32)
