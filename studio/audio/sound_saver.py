"""Sound into files, with the system's own word for why where that fails."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from io import FileIO
from pathlib import Path
from typing import Literal

import numpy as np
import soundfile
from numpy.typing import NDArray

SoundFormat = Literal["wav", "flac"]
SOUND_FORMATS: dict[SoundFormat, tuple[str, str]] = {
    "wav": ("WAV", "FLOAT"),
    "flac": ("FLAC", "PCM_24"),
}


def save_sound(
    path: Path,
    portions: Iterable[NDArray[np.float32]],
    sample_rate: int,
    n_channels: int,
    sound_format: SoundFormat = "wav",
) -> int:
    """Write portions of shape (n, n_channels), every bit of them as WAV, 24 as FLAC, to a new file.

    Returns the samples of a channel. Raises OSError; then the file may be there in part.
    """
    with path.open("xb+", buffering=0) as raw:
        return write_sound(raw, portions, sample_rate, n_channels, SOUND_FORMATS[sound_format])


def write_sound(
    raw: FileIO,
    portions: Iterable[NDArray[np.float32]],
    sample_rate: int,
    n_channels: int,
    encoding: tuple[str, str],
    on_written: Callable[[int], None] = lambda count: None,
) -> int:
    """Write portions of shape (n, n_channels), encoded by a format and subtype of libsndfile's.

    `on_written` hears how many samples of a channel are done; all of them are returned. `raw` is
    unbuffered and stays open. Raises OSError, which libsndfile would keep to itself.
    """
    name, subtype = encoding
    noted, count = _NotedFile(raw), 0
    try:
        with soundfile.SoundFile(noted, "w", sample_rate, n_channels, subtype, format=name) as file:
            for portion in portions:
                with contextlib.suppress(AssertionError):  # soundfile's own, that all was written
                    file.write(portion)
                noted.check()
                count += len(portion)
                on_written(count)
    except soundfile.LibsndfileError as error:
        raise noted.error or OSError(str(error)) from error
    noted.check()  # the end of the file is written on closing
    return count


class _NotedFile:
    """Keeps the first error: libsndfile calls it from C, through which nothing can be raised."""

    def __init__(self, raw: FileIO) -> None:
        self._raw = raw
        self.error: OSError | None = None
        self.seek, self.tell, self.read = raw.seek, raw.tell, raw.read

    def write(self, data: bytes) -> int:
        """Write all of `data`, or note why not."""
        view = memoryview(data)
        try:
            while view:
                view = view[self._raw.write(view) :]
        except OSError as error:
            self.error = self.error or error
        return len(data) - len(view)

    def check(self) -> None:
        """Raise what was noted."""
        if self.error is not None:
            raise self.error
