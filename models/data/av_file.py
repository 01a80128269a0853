"""AAC and other MPEG-4 sound through PyAV, with as much of `soundfile.SoundFile` as we use."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import ModelError

AAC_SUFFIXES = frozenset({".m4a", ".m4b", ".mp4", ".aac"})
PREROLL_FRAMES = 4096  # a block of AAC overlaps the one before
ADTS_FRAMES = 1024  # in a packet of a bare AAC stream, which has no table of its times

Floats = NDArray[np.float32]


def can_read_aac() -> bool:
    """Whether PyAV, which is no part of the installation, is there."""
    return importlib.util.find_spec("av") is not None


class AvFile:
    """An open file of MPEG-4 sound.

    Parameters
    ----------
    path : Path

    Raises
    ------
    ModelError
        If PyAV is missing, or the file is none that it can read.
    """

    format = "AAC"

    def __init__(self, path: Path) -> None:
        if not can_read_aac():
            raise ModelError(f"{path} is AAC. To read it, `pip install av`, or save it as WAV.")
        self._av: Any = importlib.import_module("av")
        try:
            self._container: Any = self._av.open(str(path))
        except (self._av.FFmpegError, OSError, ValueError) as error:
            raise ModelError(f"{path} is no audio file that can be read (AAC).") from error
        if not self._container.streams.audio:
            self.close()
            raise ModelError(f"{path} has no sound in it.")
        self._stream: Any = self._container.streams.audio[0]
        self.samplerate = int(self._stream.rate)
        self.channels = int(self._stream.channels)
        self._is_bare = self._container.format.name == "aac"
        self.frames = self._count()
        self.seek(0)

    def __enter__(self) -> AvFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._container.close()

    def seek(self, frame: int) -> None:
        """Go to a frame; the next `read` begins there."""
        before = 0 if self._is_bare else frame - PREROLL_FRAMES
        ticks = int(before / self.samplerate / self._stream.time_base)
        self._container.seek(ticks, stream=self._stream)
        self._at, self._rest = frame, np.zeros((0, self.channels), np.float32)
        self._decoded = self._decode()

    def read(self, n_frames: int, dtype: str = "float32", always_2d: bool = True) -> Floats:
        """Read on.

        Parameters
        ----------
        n_frames : int
        dtype : str
        always_2d : bool
            Both as they are by default: what `soundfile` is asked for.

        Returns
        -------
        array, float32, shape (n, channels), n less than `n_frames` only at the end

        Raises
        ------
        RuntimeError
            If the file is damaged from here on.
        """
        wanted = min(n_frames, self.frames - self._at)
        parts, n_there = [self._rest], len(self._rest)
        while n_there < wanted and (part := self._next()) is not None:
            parts.append(part)
            n_there += len(part)
        whole = np.concatenate(parts)
        block, self._rest = whole[: max(0, wanted)], whole[max(0, wanted) :]
        self._at += len(block)
        return block

    def _count(self) -> int:
        if self._is_bare:
            return ADTS_FRAMES * sum(int(packet.size > 0) for packet in self._packets())
        duration = self._stream.duration
        if duration is None:
            return 0
        return int(duration * self._stream.time_base * self.samplerate + 0.5)

    def _packets(self) -> Iterator[Any]:
        try:
            yield from self._container.demux(self._stream)
        except self._av.FFmpegError:  # what can't be parsed is not counted
            return

    def _next(self) -> Floats | None:
        try:
            return next(self._decoded, None)
        except self._av.FFmpegError as error:
            raise RuntimeError(str(error)) from error

    def _decode(self) -> Iterator[Floats]:
        """The samples from `_at` on, as they come."""
        plain = self._av.AudioResampler("fltp", self._stream.layout, self.samplerate)
        first, at = self._at, 0
        for frame in self._container.decode(self._stream):
            if frame.pts is not None and not self._is_bare:
                at = round(frame.pts * self._stream.time_base * self.samplerate)
            for part in plain.resample(frame):
                samples = part.to_ndarray().T
                if at + len(samples) > first:
                    yield np.ascontiguousarray(samples[max(0, first - at) :])
                at += len(samples)
