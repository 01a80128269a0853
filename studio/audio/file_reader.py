"""Reads a sound file block by block, from where one goes, round a loop where there is one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FADE_S = 0.003  # the seam of a loop: long enough for no click, short enough for no echo
SHORTEST_LOOP_S = 0.05


@dataclass(frozen=True, slots=True)
class Loop:
    """Frames of a file that are played over and over: `start` included, `end` not."""

    start: int
    end: int

    @classmethod
    def of(cls, one: int, other: int, sample_rate: int) -> Loop:
        """A loop between two frames in any order, at least a moment long."""
        start, end = min(one, other), max(one, other)
        return cls(start, max(end, start + round(SHORTEST_LOOP_S * sample_rate)))


class FileReader:
    """The place in an open file; `seek` and `loop` may be set from another thread."""

    def __init__(self, file: Any, sample_rate: int) -> None:
        self._file = file
        self._fade = max(1, round(FADE_S * sample_rate))
        self.loop: Loop | None = None
        self._frame = 0
        self._seek_to: int | None = None

    def seek(self, frame: int) -> None:
        """Go to a frame with the next block."""
        self._seek_to = frame

    @property
    def is_seeking(self) -> bool:
        """Whether the next block begins elsewhere."""
        return self._seek_to is not None

    @property
    def frame(self) -> int:
        """The frame that is read next."""
        target = self._seek_to
        return self._frame if target is None else target

    def read(self, n_frames: int) -> NDArray[np.float32]:
        """The next frames, shape (n, channels), n at most `n_frames`; none at the end."""
        self.settle()
        loop = self.loop
        left = n_frames if loop is None else loop.end - self._frame
        if loop is not None and left <= 0 and self._frame <= loop.end:
            return self._turn(loop)
        return self._read(min(n_frames, left) if left > 0 else n_frames)

    def settle(self) -> bool:
        """Go where `seek` said; False if it did not."""
        target, self._seek_to = self._seek_to, None
        if target is not None:
            self.go_to(target)
        return target is not None

    def _turn(self, loop: Loop) -> NDArray[np.float32]:
        """The beginning of the loop, faded in over what would come after its end."""
        after = self._read(self._fade)
        self.go_to(loop.start)
        block = self._read(self._fade).copy()
        if not len(block):  # the file got shorter, or the loop lies at its very end
            return block
        n = min(len(after), len(block))
        share = np.linspace(0, 1, n, dtype=np.float32)[:, None]
        block[:n] = block[:n] * share + after[:n] * (1 - share)
        return block

    def go_to(self, frame: int) -> None:
        """Go to a frame at once, on the thread that reads; a `seek` that waits still wins."""
        self._file.seek(frame)
        self._frame = frame

    def _read(self, n_frames: int) -> NDArray[np.float32]:
        block: NDArray[np.float32] = self._file.read(n_frames, dtype="float32", always_2d=True)
        self._frame += len(block)
        if len(block) < n_frames and self._file.format == "FLAC":
            self._check_end()
        return block

    def _check_end(self) -> None:
        """Raise where a FLAC was cut short: libsndfile ends it without a word."""
        if self._frame < self._file.frames:
            raise RuntimeError("there is less sound in it than its header says. Copy it again")
