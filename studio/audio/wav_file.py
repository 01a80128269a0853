"""WAV files that grow: valid after every `sync`, whatever happens next, and without a limit."""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

SampleFormat = Literal["float", "24-bit"]
BYTES = {"float": 4, "24-bit": 3}
LARGEST_RIFF = 0xFFFFFFFF  # what a 32-bit size can say; beyond, the file becomes an RF64
PCM, IEEE_FLOAT, EXTENSIBLE = 1, 3, 0xFFFE
SUBTYPE_TAIL = bytes.fromhex("000000001000800000aa00389b71")  # of every format's GUID
SPEAKERS = {1: 0x4, 2: 0x3}  # front centre; front left and right; of more we don't know
FULL_SCALE_24 = (1 << 23) - 1


class RawFile(Protocol):
    """What is written to: unbuffered, so that an error comes where it happens."""

    def write(self, data: bytes, /) -> int | None:
        """Write some or all of `data`; how many bytes."""

    def seek(self, offset: int, /) -> int:
        """Go to a place."""

    def truncate(self, size: int, /) -> int:
        """Cut the file off."""

    def fileno(self) -> int:
        """The number the system knows it by."""

    def close(self) -> None:
        """Free it."""


class WavWriter:
    """Writes samples behind a header that `sync` brings up to date.

    The header always promises only what is already in the file, and is replaced by one write of
    a hundred bytes: a program that is killed leaves a valid file. Room for the sizes of an RF64
    (EBU Tech 3306) is kept from the start, so that nothing ever has to move.
    """

    def __init__(
        self,
        raw: RawFile,
        sample_rate: int,
        n_channels: int,
        sample_format: SampleFormat = "float",
        largest: int = LARGEST_RIFF,
    ) -> None:
        self.sample_rate, self.n_channels = sample_rate, n_channels
        self.n_samples = 0  # written, of each channel
        self._raw, self._format, self._largest = raw, sample_format, largest
        self._frame_bytes = BYTES[sample_format] * n_channels
        self._header_bytes = len(self._header(0))
        self._write_all(self._header(0))

    @classmethod
    def create(
        cls, path: Path, sample_rate: int, n_channels: int, sample_format: SampleFormat = "float"
    ) -> WavWriter:
        """Begin a new file. Raises OSError, FileExistsError if there is one."""
        return cls(path.open("xb", buffering=0), sample_rate, n_channels, sample_format)

    @property
    def n_bytes(self) -> int:
        """The size of the file."""
        return self._header_bytes + self.n_samples * self._frame_bytes

    def write(self, frames: NDArray[np.float32]) -> None:
        """Append samples, shape (n, n_channels). Raises OSError; what was whole before stays."""
        self._write_all(_encoded(frames, self._format))
        self.n_samples += len(frames)

    def sync(self) -> None:
        """Bring all that was written to the disk, then have the header say so. Raises OSError.

        A kill leaves that header at once, a power cut that of the `sync` before: to wait for the
        disk once more would keep new sound waiting.
        """
        os.fsync(self._raw.fileno())  # sound first: a header must not promise what may be lost
        self._put_header()

    def close(self) -> None:
        """Bring the file to an end. Raises OSError; the file is closed all the same."""
        try:
            self._raw.truncate(self.n_bytes)  # the rest of a portion that did not fit
            self._raw.seek(self.n_bytes)
            self._put_header()
            if self.n_bytes % 2:  # chunks have an even number of bytes
                self._write_all(b"\0")
            os.fsync(self._raw.fileno())
        finally:
            self._raw.close()

    def _put_header(self) -> None:
        self._raw.seek(0)
        self._write_all(self._header(self.n_samples))
        self._raw.seek(self.n_bytes)

    def _write_all(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[self._raw.write(bytes(view)) or 0 :]

    def _header(self, n_samples: int) -> bytes:
        data_bytes = n_samples * self._frame_bytes
        fmt = self._fmt_chunk()
        # the file without the first 8 bytes: WAVE, the room for ds64, fmt, fact, data
        riff_bytes = 4 + 36 + len(fmt) + 12 + 8 + data_bytes + data_bytes % 2
        if riff_bytes <= self._largest:
            head = struct.pack("<4sI4s", b"RIFF", riff_bytes, b"WAVE")
            room = struct.pack("<4sI28x", b"JUNK", 28)
            shown, count = data_bytes, n_samples
        else:
            head = struct.pack("<4sI4s", b"RF64", 0xFFFFFFFF, b"WAVE")
            sizes = (riff_bytes, data_bytes, n_samples)
            room = struct.pack("<4sIQQQI", b"ds64", 28, *sizes, 0)
            shown = count = 0xFFFFFFFF
        fact = struct.pack("<4sII", b"fact", 4, count)
        return head + room + fmt + fact + struct.pack("<4sI", b"data", shown)

    def _fmt_chunk(self) -> bytes:
        bits = 8 * BYTES[self._format]
        per_second = self.sample_rate * self._frame_bytes
        plain = (EXTENSIBLE, self.n_channels, self.sample_rate, per_second, self._frame_bytes, bits)
        kind = IEEE_FLOAT if self._format == "float" else PCM
        chunk = struct.pack("<4sIHHIIHH", b"fmt ", 40, *plain)
        chunk += struct.pack("<HHI", 22, bits, SPEAKERS.get(self.n_channels, 0))
        return chunk + struct.pack("<H", kind) + SUBTYPE_TAIL


def _encoded(frames: NDArray[np.float32], sample_format: SampleFormat) -> bytes:
    if sample_format == "float":
        return frames.astype("<f4", copy=False).tobytes()
    steps = np.rint(np.clip(frames, -1, 1).astype(np.float64) * FULL_SCALE_24).astype("<i4")
    return steps.reshape(-1, 1).view(np.uint8)[:, :3].tobytes()
