"""The whole of a sound file at a glance: how loud it is where."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.data.audio_files import open_audio, read_native
from models.errors import ModelError

log = logging.getLogger(__name__)
N_BINS = 2048
BLOCK_FRAMES = 1 << 15


def read_blocks(path: Path) -> Iterator[NDArray[np.float32]]:
    """The whole file in blocks of shape (n, channels).

    Raises ModelError if it can't be opened, RuntimeError where it is broken.
    """
    with open_audio(path) as file:
        while len(block := file.read(BLOCK_FRAMES, dtype="float32", always_2d=True)):
            yield block


def read_mono(path: Path) -> tuple[NDArray[np.float32], int]:
    """The whole file in one channel, and its rate in Hz. Raises ModelError if it can't be read."""
    return read_native(path)


class Overview:
    """Minimum and maximum in each of equal parts of a file, found by a thread of its own."""

    def __init__(self, path: Path, n_bins: int = N_BINS) -> None:
        self._path = path
        self.lows: NDArray[np.float32] = np.zeros(n_bins, dtype=np.float32)
        self.highs: NDArray[np.float32] = np.zeros(n_bins, dtype=np.float32)
        self.progress = 0.0  # so much of the file is seen, 0 to 1
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="overview", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End soon; what is not seen is left flat."""
        self._stopping.set()

    def wait(self, timeout_s: float) -> bool:
        """Wait for the end; True if it came in time."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            with open_audio(self._path) as file:
                n_frames, done = int(file.frames), 0
                while not self._stopping.is_set() and done < n_frames:
                    block = file.read(BLOCK_FRAMES, dtype="float32", always_2d=True)
                    if not len(block):
                        break
                    self._take(block, done, n_frames)
                    done += len(block)
                    self.progress = done / n_frames
        except (ModelError, RuntimeError, OSError, ValueError) as error:
            log.info("no overview of %s: %s", self._path, error)
        finally:
            self.progress = 1.0

    def _take(self, block: NDArray[np.float32], start: int, n_frames: int) -> None:
        n_bins = len(self.lows)
        first = start * n_bins // n_frames
        last = (start + len(block) - 1) * n_bins // n_frames
        bins = np.arange(first, last + 1)
        edges = np.maximum(0, -(-bins * n_frames // n_bins) - start)
        lows = np.minimum.reduceat(block, edges, axis=0).min(axis=1)
        highs = np.maximum.reduceat(block, edges, axis=0).max(axis=1)
        np.minimum.at(self.lows, bins, lows)
        np.maximum.at(self.highs, bins, highs)
