"""Who listens: the picture, the level meter, the genre model."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from studio.analysis.channels import MIX
from studio.analysis.level import CLIP_LEVEL, Level, LevelReading, loudest
from studio.analysis.loudness import Loudness, LoudnessReading
from studio.analysis.sound_memory import SoundMemory
from studio.analysis.spectrogram import Columns, Spectrogram, SpectrogramSettings

MAX_WAITING = 2000  # portions; beyond, a window that does not paint would eat the memory

GENRE_WINDOW_S = 3.0
GENRE_INTERVAL_S = 0.5
AskGenre = Callable[[NDArray[np.float32], int, int], object]


class SpectrogramListener:
    """Makes columns and keeps them until the window fetches them.

    One that begins in the middle of a stream makes every window that ends after that place: what
    it has not heard itself of the first ones it takes from the memory. (Those that end before are
    for `Reanalysis`.)
    """

    def __init__(self, settings: SpectrogramSettings, memory: SoundMemory | None = None) -> None:
        self.settings = settings
        self.channel = MIX  # of the memory, which keeps all of them
        self._memory = memory
        self._first_position: int | None = None
        self._settling = threading.Lock()
        self._has_begun = False
        self._made: Spectrogram | None = None
        self._waiting: deque[Columns] = deque(maxlen=MAX_WAITING)

    @property
    def _spectrogram(self) -> Spectrogram:
        if self._made is None:  # a kernel takes a moment: not on the window's thread
            self._made = Spectrogram(self.settings)
        return self._made

    @property
    def first_position(self) -> int | None:
        """It makes the windows that end after this position; None if that is not settled."""
        return self._first_position

    def take_over_at(self, position: int) -> int:
        """Settle `first_position`, unless it is; what it is now."""
        with self._settling:
            if self._first_position is None:
                self._first_position = position
            return self._first_position

    def push(self, block: NDArray[np.float32], position: int) -> None:
        if not self._has_begun:
            self._begin(self.take_over_at(position), position)
            self._has_begun = True
        self._take(block)

    def _take(self, block: NDArray[np.float32]) -> None:
        columns = self._spectrogram.push(block)
        if len(columns.positions):
            self._waiting.append(columns)

    def _begin(self, first: int, position: int) -> None:
        n_fft, hop = self.settings.n_fft, self.settings.hop_length
        start = max(0, (first - n_fft) // hop + 1) * hop  # the first that ends after `first`
        stretches = self._memory.stretches() if self._memory else []
        before = next((s for s in reversed(stretches) if s.start <= position <= s.end), None)
        frames = None
        if self._memory and before and start < position:
            start = max(start, before.start)
            frames = self._memory.read(start, position - start)
        if frames is None:
            self._spectrogram.reset(position)
        else:
            self._spectrogram.reset(start)
            self._take(self.channel.mono(frames))

    def reset(self, position: int) -> None:
        if self._has_begun:
            self._spectrogram.reset(position)

    def fetch(self) -> list[Columns]:
        """The columns that have come since the last call."""
        fetched = []
        while self._waiting:
            fetched.append(self._waiting.popleft())
        return fetched


class LevelListener:
    """Keeps the level of every channel, and remembers which clipped until it is told not to.

    Its `reading` is of the loudest channel, or of the one that `channel` chooses.
    """

    def __init__(self, sample_rate: int, n_channels: int = 1) -> None:
        self._level = Level(sample_rate, n_channels)
        self.channel = MIX
        self.channels = self._level.channels
        self.reading = LevelReading()
        self.clipped = (False,) * n_channels

    @property
    def has_clipped(self) -> bool:
        """Whether any channel clipped since `reset_clip`."""
        return any(self.clipped)

    def reset_clip(self) -> None:
        """Put the clip lights out."""
        self.clipped = (False,) * len(self.clipped)

    def push_frames(self, frames: NDArray[np.float32], position: int) -> None:
        self._level.push(frames)
        self.channels = self._level.channels
        self.clipped = tuple(
            was or now
            for was, now in zip(self.clipped, np.abs(frames).max(axis=0) >= CLIP_LEVEL, strict=True)
        )
        index = self.channel.index
        chosen = slice(None) if index is None else slice(index, index + 1)
        self.reading = loudest(self.channels[chosen] or self.channels)

    def reset(self, position: int) -> None:
        """A gap does not change how loud it is."""


class LoudnessListener:
    """Measures the loudness of all channels together."""

    def __init__(self, sample_rate: int, n_channels: int) -> None:
        self._loudness = Loudness(sample_rate, n_channels)
        self._is_to_restart = False

    @property
    def reading(self) -> LoudnessReading:
        """What was measured last."""
        return LoudnessReading() if self._is_to_restart else self._loudness.reading

    def restart(self) -> None:
        """Measure anew from now on; may be called from any thread."""
        self._is_to_restart = True

    def push_frames(self, frames: NDArray[np.float32], position: int) -> None:
        if self._is_to_restart:
            self._loudness.restart()
            self._is_to_restart = False
        self._loudness.push(frames)

    def reset(self, position: int) -> None:
        self._loudness.skip()


class GenreListener:
    """Asks twice a second about the last seconds: three, or as many as the model hears.

    The windows end at the same places however the sound is cut into blocks: when a window has
    been heard, and each half second after that.
    """

    def __init__(self, sample_rate: int, ask: AskGenre) -> None:
        self._sample_rate = sample_rate
        self._ask = ask
        self._interval = round(GENRE_INTERVAL_S * sample_rate)
        self.window_s = GENRE_WINDOW_S  # may be changed from any thread
        self._begin()

    def _begin(self) -> None:
        self._made_for_s = self.window_s
        self._window = np.zeros(max(1, round(self.window_s * self._sample_rate)), np.float32)
        self.reset(0)

    def reset(self, position: int) -> None:
        """A whole window must be heard anew, without a gap."""
        self._filled = 0
        self._until_asked = len(self._window)

    @property
    def heard_s(self) -> float:
        """How much of a window has been heard, in seconds, at most a whole window."""
        return min(self._filled, len(self._window)) / self._sample_rate

    def push(self, block: NDArray[np.float32], position: int) -> None:
        if self.window_s != self._made_for_s:
            self._begin()
        done = 0
        while done < len(block):
            part = block[done : done + self._until_asked]
            self._take(part)
            done += len(part)
            self._until_asked -= len(part)
            if self._until_asked == 0:
                self._until_asked = self._interval
                self._ask(self._window.copy(), self._sample_rate, position + done)

    def _take(self, part: NDArray[np.float32]) -> None:
        size = len(self._window)
        tail = part[-size:]
        self._window[: size - len(tail)] = self._window[len(tail) :]
        self._window[size - len(tail) :] = tail
        self._filled += len(part)
