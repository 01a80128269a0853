"""A sound file as a stream: paced in real time, heard if there is an output."""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.data.audio_files import SOUND_SUFFIXES, open_audio
from models.errors import ModelError
from studio.audio.file_reader import FileReader, Loop
from studio.audio.ring_buffer import RingBuffer
from studio.audio.sources import RING_SECONDS
from studio.audio.speaker import Speaker
from studio.audio.varispeed import Varispeed
from studio.errors import StudioError

__all__ = ["SOUND_SUFFIXES", "FileSource"]

log = logging.getLogger(__name__)
BLOCK_FRAMES = 512
MAX_CHANNELS = 8
MAX_LATE_S = 0.25  # so much is made up for, else a busy machine plays too slowly
STOP_WAIT_S = 0.25  # a healthy output gives the thread back within a block


class FileSource:
    """Plays a file into a ring, block by block, with play, pause, seek, loop and speed.

    The ring gets what is heard: positions in it count on through pauses and seeks; `time_s` is
    the place in the file.
    """

    def __init__(self, path: Path, *, is_audible: bool = True, is_paced: bool = True) -> None:
        try:
            self._file = open_audio(path)
        except ModelError as error:
            raise StudioError(str(error)) from error
        self.path = path
        self.name = path.name
        self.sample_rate = int(self._file.samplerate)
        self.duration_s = self._file.frames / self.sample_rate
        self.n_channels = min(MAX_CHANNELS, int(self._file.channels))
        self.ring = RingBuffer(RING_SECONDS * self.sample_rate, self.n_channels)
        self.lost_samples = 0
        self.failure = ""
        self.volume = 1.0  # of what is heard; the picture sees the file as it is
        self._loudness = 1.0  # the volume at the end of the last block
        self._reader = FileReader(self._file, self.sample_rate)
        self._varispeed = Varispeed(self._reader, self.n_channels)
        self._is_audible, self._is_paced = is_audible, is_paced
        self._is_over = False
        self._running = threading.Event()  # cleared while paused
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to play, or play on; from the beginning if it was over."""
        if self._is_over and not self._reader.is_seeking:
            self.seek(0.0)
        self._is_over = False
        self._running.set()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="file", daemon=True)
            self._thread.start()

    def pause(self) -> None:
        """Stand still; `start` plays on."""
        self._running.clear()

    def seek(self, time_s: float) -> None:
        """Go to a place in the file; at its end playing is over."""
        frame = round(min(max(0.0, time_s), self.duration_s) * self.sample_rate)
        self._reader.seek(frame)

    @property
    def speed(self) -> float:
        """How fast it is played, 0.5 to 2; the pitch stays."""
        return self._varispeed.speed

    @speed.setter
    def speed(self, speed: float) -> None:
        self._varispeed.speed = speed

    @property
    def loop(self) -> tuple[float, float] | None:
        """The stretch that is played over and over, in seconds; None for the file once."""
        loop = self._reader.loop
        return (
            None if loop is None else (loop.start / self.sample_rate, loop.end / self.sample_rate)
        )

    @loop.setter
    def loop(self, loop: tuple[float, float] | None) -> None:
        if loop is None:
            self._reader.loop = None
            return
        start, end = (round(min(max(0.0, s), self.duration_s) * self.sample_rate) for s in loop)
        self._reader.loop = Loop.of(start, end, self.sample_rate)

    def stop(self) -> None:
        """End and close the file."""
        self._stopping.set()
        self._running.set()
        if self._thread is None:
            self._file.close()
        else:
            self._thread.join(STOP_WAIT_S)

    @property
    def is_active(self) -> bool:
        """Whether there is more to play."""
        return self._thread is not None and self._thread.is_alive() and not self._is_over

    @property
    def is_paused(self) -> bool:
        """Whether it stands still."""
        return not self._running.is_set()

    @property
    def time_s(self) -> float:
        """The place in the file that is played next."""
        return self._varispeed.place / self.sample_rate

    def _run(self) -> None:
        channels = min(2, self.n_channels)
        speaker = Speaker(self.sample_rate, channels) if self._is_audible else None
        try:
            while not self._stopping.is_set():
                self._play(speaker)
        except (RuntimeError, OSError, ValueError) as error:
            self.failure = f"{self.name} can't be read any further: {error}."
            log.warning("%s", self.failure)
        finally:
            self._file.close()
            if speaker is not None:
                speaker.close()

    def _play(self, speaker: Speaker | None) -> None:
        """Play until it is paused, over or to be stopped; return when it is to go on."""
        self._running.wait()
        clock = _Clock(self.sample_rate)
        while self._running.is_set() and not self._stopping.is_set():
            heard = self._varispeed.read(BLOCK_FRAMES)
            if heard is None:
                self._is_over = True
                self._running.clear()
                return
            self._give(heard, speaker, clock)

    def _give(self, heard: NDArray[np.float32], speaker: Speaker | None, clock: _Clock) -> None:
        self.ring.write(heard)
        before, self._loudness = self._loudness, self.volume
        gain = np.linspace(before, self._loudness, len(heard), dtype=np.float32)[:, None]
        is_heard = speaker is not None and speaker.write(heard * gain)
        if self._is_paced and not is_heard:
            clock.wait_for(len(heard))


class _Clock:
    """Paces blocks by the wall clock, without drift."""

    def __init__(self, sample_rate: int) -> None:
        self._sample_rate = sample_rate
        self._started = time.monotonic()
        self._frames = 0

    def wait_for(self, n_frames: int) -> None:
        self._frames += n_frames
        ahead_s = self._started + self._frames / self._sample_rate - time.monotonic()
        if ahead_s < -MAX_LATE_S:  # after a stall: go on from here instead of hurrying
            self._started -= ahead_s
        time.sleep(max(0.0, ahead_s))
