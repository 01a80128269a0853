"""A sound file as a stream: paced in real time, heard if there is an output."""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.data.audio_files import open_audio
from models.errors import ModelError
from studio.audio.devices import sound_library
from studio.audio.ring_buffer import RingBuffer
from studio.audio.sources import RING_SECONDS
from studio.errors import StudioError

log = logging.getLogger(__name__)
BLOCK_FRAMES = 1024


class FileSource:
    """Plays a file into a ring, block by block, with play, pause and seek.

    Positions in the ring count on through pauses and seeks; `time_s` is the place in the file.
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
        self.ring = RingBuffer(RING_SECONDS * self.sample_rate)
        self.lost_samples = 0
        self.failure = ""
        self._is_audible, self._is_paced = is_audible, is_paced
        self._frame = 0
        self._seek_to: int | None = None
        self._running = threading.Event()  # cleared while paused
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to play, or play on."""
        self._running.set()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="file", daemon=True)
            self._thread.start()

    def pause(self) -> None:
        """Stand still; `start` plays on."""
        self._running.clear()

    def seek(self, time_s: float) -> None:
        """Go to a place in the file; at its end playing is over."""
        self._seek_to = round(min(max(0.0, time_s), self.duration_s) * self.sample_rate)

    def stop(self) -> None:
        """End and close the file."""
        self._stopping.set()
        self._running.set()
        if self._thread is not None:
            self._thread.join(2.0)
        self._file.close()

    @property
    def is_active(self) -> bool:
        """Whether there is more to play."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def is_paused(self) -> bool:
        """Whether it stands still."""
        return not self._running.is_set()

    @property
    def time_s(self) -> float:
        """The place in the file that is played next."""
        return self._frame / self.sample_rate

    def _run(self) -> None:
        output = self._open_output()
        try:
            self._play(output)
        except (RuntimeError, OSError, ValueError) as error:
            self.failure = f"{self.name} can't be read any further: {error}."
            log.warning("%s", self.failure)
        finally:
            if output is not None:
                output.close(ignore_errors=True)

    def _play(self, output: Any) -> None:
        clock = _Clock(self.sample_rate)
        while not self._stopping.is_set():
            if not self._running.is_set():
                self._running.wait()
                clock = _Clock(self.sample_rate)
                continue
            block = self._next_block()
            if not len(block):
                return
            self.ring.write(np.ascontiguousarray(block.mean(axis=1)))
            if output is not None:
                output.write(block[:, :2])
            elif self._is_paced:
                clock.wait_for(len(block))

    def _next_block(self) -> NDArray[np.float32]:
        target, self._seek_to = self._seek_to, None
        if target is not None:
            self._file.seek(target)
            self._frame = target
        block: NDArray[np.float32] = self._file.read(BLOCK_FRAMES, dtype="float32", always_2d=True)
        self._frame += len(block)
        return block

    def _open_output(self) -> Any:
        """The default output, or None: a picture without sound is better than no picture."""
        if not self._is_audible:
            return None
        try:
            library = sound_library()
            channels = min(2, self._file.channels)
            stream = library.OutputStream(self.sample_rate, channels=channels, dtype="float32")
            stream.start()
        except StudioError:
            return None
        except (library.PortAudioError, ValueError) as error:
            log.info("no output for %s: %s", self.name, error)
            return None
        return stream


class _Clock:
    """Paces blocks by the wall clock, without drift."""

    def __init__(self, sample_rate: int) -> None:
        self._sample_rate = sample_rate
        self._started = time.monotonic()
        self._frames = 0

    def wait_for(self, n_frames: int) -> None:
        self._frames += n_frames
        time.sleep(max(0.0, self._started + self._frames / self._sample_rate - time.monotonic()))
