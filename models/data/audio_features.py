"""The log-mel frames of many clips, computed once: the first in memory, the others on disk."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.data.audio_dataset import Clip
from models.data.audio_files import read_audio
from models.data.content import content_hash
from models.data.feature_cache import FeatureCache, Stored, trim
from models.errors import ModelError
from models.features import FeatureSettings, log_mel
from models.spread import map_all

Log = Callable[[str], None]
Frames = NDArray[np.floating[Any]]
LOG_EVERY_S = 5.0
IN_MEMORY_BYTES = 1 << 30  # of frames: eighteen hours; what is beyond is read as it is wanted


@dataclass(frozen=True, slots=True)
class OnDisk:
    """Frames that are read when they are wanted, and computed again should they be gone."""

    clip: Clip
    settings: FeatureSettings
    stored: Stored

    def read(self) -> Frames:
        """The frames, their pages read as they are looked at; raises ModelError."""
        try:
            return self.stored.open()
        except (OSError, ValueError):
            return compute_frames(self.clip, self.settings)


@dataclass(frozen=True, slots=True)
class HeardClip:
    """A clip with its frames in dB, mostly float16, shape (n_mels, frames)."""

    clip: Clip
    held: Frames | OnDisk

    @property
    def frames(self) -> Frames:
        """The frames, read from disk where they are not in memory."""
        return self.held.read() if isinstance(self.held, OnDisk) else self.held

    @property
    def n_frames(self) -> int:
        """How many there are, without reading them."""
        held = self.held.stored if isinstance(self.held, OnDisk) else self.held
        return int(held.shape[1])


def compute_frames(clip: Clip, settings: FeatureSettings) -> NDArray[np.float16]:
    """The frames of a file in half precision, which keeps a sixteenth of a decibel.

    Raises ModelError if it can't be read.
    """
    return log_mel(read_audio(clip.path, settings.sample_rate), settings).astype(np.float16)


def frames_cache(settings: FeatureSettings) -> FeatureCache:
    """Where frames by these settings are kept; how long a window is does not matter to them."""
    names = ("sample_rate", "n_fft", "hop_length", "n_mels", "fmin_hz", "fmax_hz")
    return FeatureCache("log-mel", {name: getattr(settings, name) for name in names})


@dataclass(frozen=True, slots=True)
class _Found:
    """The frames of a clip, the hash of its content, and where they are kept, if they are."""

    content: str
    frames: Frames
    stored: Stored | None


def hear(clips: Sequence[Clip], settings: FeatureSettings, log: Log) -> list[HeardClip]:
    """The frames of each clip that can be read; the others are told to `log` and left out.

    Frames are kept by the content of the file and the settings: a second run does not compute
    them again. The first gigabyte of them stays in memory, the rest on the disk.
    """
    heard: list[HeardClip] = []
    told = time.monotonic()
    room = IN_MEMORY_BYTES
    found = map_all(partial(_frames, settings), clips)
    for done, (clip, result) in enumerate(zip(clips, found, strict=True)):
        if isinstance(result, str):
            log(f"Left out: {result}")
        else:
            heard.append(HeardClip(clip, _held(clip, settings, result, room)))
            room -= 0 if isinstance(heard[-1].held, OnDisk) else heard[-1].held.nbytes
        if time.monotonic() - told > LOG_EVERY_S:
            told = time.monotonic()
            log(f"Heard {done + 1} of {len(clips)} clips.")
    trim()
    return heard


def _frames(settings: FeatureSettings, clip: Clip) -> _Found | str:
    """The frames of a clip, or why there are none."""
    try:
        content = content_hash(clip.path)
        make = partial(compute_frames, clip, settings)
        return _Found(content, *frames_cache(settings).recall(content, make))
    except OSError as error:
        return f"{clip.path} can't be read: {error.strerror or error}."
    except (ModelError, ValueError) as error:
        return str(error)


def _held(clip: Clip, settings: FeatureSettings, found: _Found, room: int) -> Frames | OnDisk:
    """The frames of a clip: in memory while there is room, else where they are on the disk."""
    if found.frames.nbytes <= room:
        return found.frames
    stored = found.stored
    if stored is None or not stored.path.is_file():  # another machine computed and kept them
        stored = frames_cache(settings).put(found.content, found.frames)
    return found.frames if stored is None else OnDisk(clip, settings, stored)
