"""Recording to disk: every sample that is heard, for as long as there is room."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.audio.wav_file import SampleFormat, WavWriter
from studio.errors import StudioError
from studio.file_errors import reason_of, why_not_written

log = logging.getLogger(__name__)
SYNC_S = 0.25  # of sound, after which the file is made valid anew: a slow disk may take as long
IDLE_S = 0.5
MOST_WAITING_S = 30.0  # of sound that a slow disk may be behind
MOST_SILENCE_S = 600.0  # for what was lost; a longer gap is cut short
SILENCE_PORTION = 1 << 16  # samples

Frames = NDArray[np.float32]


class Recorder:
    """Listens to every channel and has a thread of its own write it to a WAV file.

    What the source lost is silence in the file, so that its times stay true. When the disk is
    full or the folder is gone the recording ends, and `failure` says why; what was written until
    then is valid.
    """

    def __init__(
        self, path: Path, sample_rate: int, n_channels: int, sample_format: SampleFormat = "float"
    ) -> None:
        try:
            self._writer = WavWriter.create(path, sample_rate, n_channels, sample_format)
        except OSError as error:
            raise StudioError(why_not_written(path, error)) from error
        self.path, self.sample_rate = path, sample_rate
        self.failure = ""
        self._next_position: int | None = None
        self._waiting: queue.SimpleQueue[Frames | int | None] = queue.SimpleQueue()
        self._n_put = self._n_got = 0  # samples given to the thread, and taken by it
        self._is_ending = False
        self._unsynced = 0
        # no daemon: a program that ends waits until the file is whole, see `_parts`
        self._thread = threading.Thread(target=self._run, name="recorder")
        self._thread.start()

    @property
    def seconds(self) -> float:
        """How much is in the file, in seconds."""
        return self._writer.n_samples / self.sample_rate

    @property
    def n_bytes(self) -> int:
        """The size of the file."""
        return self._writer.n_bytes

    @property
    def is_done(self) -> bool:
        """Whether the file is closed."""
        return not self._thread.is_alive()

    def push_frames(self, frames: Frames, position: int) -> None:
        """Take samples, shape (n, n_channels), the first of which have position `position`."""
        if self._is_ending or self.failure:
            return
        if self._n_put - self._n_got > MOST_WAITING_S * self.sample_rate:
            self.failure = f"{self.path.name}: the disk is too slow, so the recording ended."
            self.stop()
            return
        lost = 0 if self._next_position is None else position - self._next_position
        if lost > 0:
            self._waiting.put(min(lost, round(MOST_SILENCE_S * self.sample_rate)))
        self._n_put += len(frames)
        self._waiting.put(frames)
        self._next_position = position + len(frames)

    def reset(self, position: int) -> None:
        """A gap shows itself by the next position."""

    def stop(self) -> None:
        """Have the file end with what was heard until now; `is_done` follows."""
        self._is_ending = True
        self._waiting.put(None)

    def wait(self) -> None:
        """Return when the file is closed."""
        self._thread.join()

    def _run(self) -> None:
        try:
            try:
                for part in self._parts():
                    self._write(part)
            finally:
                self._writer.close()
        except OSError as error:
            self._fail(error)

    def _parts(self) -> Iterator[Frames | int]:
        """What is to be written, until the end of the recording or of the program."""
        while True:
            try:
                part = self._waiting.get(timeout=IDLE_S)
            except queue.Empty:
                if threading.main_thread().is_alive():
                    continue
                return
            if part is None:
                return
            yield part

    def _fail(self, error: OSError) -> None:
        log.warning("recording ended", exc_info=error)
        self.failure = (
            f"{self.path} can't be written any further: {reason_of(error)}. "
            f"The first {self.seconds:.0f} seconds are kept."
        )

    def _write(self, what: Frames | int) -> None:
        if isinstance(what, int):
            self._write_silence(what)
            return
        self._n_got += len(what)
        self._writer.write(what)
        self._unsynced += len(what)
        if self._unsynced >= SYNC_S * self.sample_rate:
            self._unsynced = 0
            self._writer.sync()
            if not self.path.exists():
                raise FileNotFoundError(0, "the file or its folder is gone")

    def _write_silence(self, count: int) -> None:
        for first in range(0, count, SILENCE_PORTION):
            n = min(SILENCE_PORTION, count - first)
            self._writer.write(np.zeros((n, self._writer.n_channels), dtype=np.float32))
