"""Audio files to arrays: any format, any rate, within bounds, errors in words."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from models.data.av_file import AAC_SUFFIXES, AvFile, can_read_aac
from models.errors import ModelError
from models.plain_file import file_size

SUFFIXES = frozenset({".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".au"})
SOUND_SUFFIXES = tuple(sorted(SUFFIXES | AAC_SUFFIXES))  # some of them with PyAV only
MAX_HOURS = 1  # 0.7 GB at 48 kHz, and twice that for a moment
MAX_CHANNELS = 64  # of what a recorder may write; a header that promises more is broken
_BLOCK_SAMPLES = 1 << 19  # of all channels
_UNKNOWN_LENGTHS = (0, 0xFFFFFFFF, 0x7FFFFFFF)  # written by programs that stream a WAV

FloatArray = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class AudioInfo:
    """What a file's header says."""

    sample_rate: int
    n_channels: int
    seconds: float


def is_audio(path: Path) -> bool:
    """Whether the name is that of an audio file we read, in capitals too."""
    suffixes = SOUND_SUFFIXES if can_read_aac() else SUFFIXES
    return path.suffix.lower() in suffixes and not path.name.startswith(".")


def find_audio(folder: Path) -> list[Path]:
    """The audio files in `folder` and below, sorted."""
    return sorted(path for path in folder.rglob("*") if is_audio(path) and path.is_file())


def audio_info(path: Path) -> AudioInfo:
    """Read a file's header. Raises ModelError if it is no audio file or is cut short."""
    with open_audio(path) as file:
        return AudioInfo(file.samplerate, file.channels, file.frames / file.samplerate)


def read_audio(path: Path, sample_rate: int, mono: bool = True) -> FloatArray:
    """Read a whole file at `sample_rate`.

    Parameters
    ----------
    path : Path
    sample_rate : int
        In Hz; other rates are converted.
    mono : bool
        The mean of the channels; else one column a channel.

    Returns
    -------
    array, float32, shape (n_samples,), or (n_samples, channels) if not `mono`

    Raises
    ------
    ModelError
        If the file is missing, is no audio, is empty, damaged, cut short, or lasts over an hour.
    """
    samples, native_rate = read_native(path, mono)
    if native_rate == sample_rate:
        return samples
    converted: FloatArray = soxr.resample(samples, native_rate, sample_rate)
    if not len(converted):
        raise ModelError(f"{path} has no sound in it.")
    return converted


def read_native(path: Path, mono: bool = True) -> tuple[FloatArray, int]:
    """Read a whole file at its own rate: samples as `read_audio` gives them, and that rate in Hz.

    Raises ModelError as `read_audio` does.
    """
    with open_audio(path) as file:
        blocks = list(_blocks(file, path, mono))
        samples = np.concatenate(blocks) if blocks else np.zeros(0, np.float32)
        if file.format == "FLAC" and len(samples) < file.frames:
            raise ModelError(_truncated(path))
        rate = int(file.samplerate)
    if not len(samples):
        raise ModelError(f"{path} has no sound in it.")
    if not np.isfinite(samples).all():
        raise ModelError(f"{path} is damaged: it has values that are no numbers.")
    return samples, rate


def _blocks(file: Any, path: Path, mono: bool) -> Iterator[FloatArray]:
    left = MAX_HOURS * 3600 * file.samplerate
    frames = max(1, _BLOCK_SAMPLES // file.channels)
    while True:
        try:
            block = file.read(frames, dtype="float32", always_2d=True)
        except (soundfile.SoundFileError, RuntimeError) as error:
            raise ModelError(f"{path} is damaged or truncated: {_plain(error)}") from error
        if not len(block):
            return
        left -= len(block)
        if left < 0:
            raise ModelError(f"{path} lasts over {MAX_HOURS} hour. Cut it into parts.")
        yield _mixed(block) if mono else block


def _mixed(block: FloatArray) -> FloatArray:
    """The mean of the channels; numpy's own, along rows of two, takes four times as long."""
    mixed = block[:, 0].copy()
    for channel in range(1, block.shape[1]):
        mixed += block[:, channel]
    mixed *= np.float32(1 / block.shape[1])
    return mixed


class _Straight(soundfile.SoundFile):  # type: ignore[misc]
    """A sound file that reads on without seeking.

    soundfile seeks to where it is after every read of a seekable file. Seeking resets
    libsndfile's MP3 decoder, which then gives silence for up to a few thousand samples.
    """

    def seekable(self) -> bool:
        return False


def open_audio(path: Path) -> Any:
    """A `soundfile.SoundFile` or the like, open for reading, whose header keeps its promises.

    Raises ModelError as `read_audio` does.
    """
    try:
        file_size(path)
        with path.open("rb") as file:
            head = file.read(12)
            if len(head) == 12 and head[:4] in (b"RIFF", b"RIFX") and head[8:] == b"WAVE":
                _check_wav(file, path, "<I" if head[:4] == b"RIFF" else ">I")
    except OSError as error:
        raise ModelError(f"{path} can't be read: {error.strerror or error}.") from error
    if not head:
        raise ModelError(f"{path} is empty.")
    if path.suffix.lower() in AAC_SUFFIXES:
        return AvFile(path)
    try:
        file = _Straight(str(path))
    except (soundfile.SoundFileError, RuntimeError, TypeError) as error:
        kinds = "WAV, AIFF, FLAC, OGG, Opus or MP3"
        raise ModelError(f"{path} is no audio file that can be read ({kinds}).") from error
    if file.channels > MAX_CHANNELS:
        file.close()
        raise ModelError(f"{path} has {file.channels} channels; at most {MAX_CHANNELS} are read.")
    return file


def _check_wav(file: BinaryIO, path: Path, size_format: str) -> None:
    """Raise ModelError if the data chunk promises more bytes than there are.

    libsndfile reads such a file without a word, as if it were whole.
    """
    end = path.stat().st_size
    while len(header := file.read(8)) == 8:
        (size,) = struct.unpack(size_format, header[4:])
        if header[:4] == b"data":
            if size not in _UNKNOWN_LENGTHS and file.tell() + size > end:
                raise ModelError(_truncated(path))
            return
        file.seek(size + size % 2, 1)
    raise ModelError(_truncated(path))


def _truncated(path: Path) -> str:
    return f"{path} is truncated: there is less sound in it than its header says. Copy it again."


def _plain(error: Exception) -> str:
    """The last part of libsndfile's message, without the file's name."""
    return str(error).split(": ")[-1].strip().rstrip(".") + "."
