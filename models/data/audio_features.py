"""The log-mel frames of many clips, computed once and kept in memory in half precision."""

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
from models.errors import ModelError
from models.features import FeatureSettings, log_mel
from models.spread import map_all

Log = Callable[[str], None]
LOG_EVERY_S = 5.0


@dataclass(frozen=True, slots=True)
class HeardClip:
    """A clip with its frames in dB, mostly float16, shape (n_mels, frames)."""

    clip: Clip
    frames: NDArray[np.floating[Any]]


def hear(clips: Sequence[Clip], settings: FeatureSettings, log: Log) -> list[HeardClip]:
    """The frames of each clip that can be read; the others are told to `log` and left out.

    Half precision keeps a sixteenth of a decibel; three hours of music take 170 MB.
    """
    heard = []
    told = time.monotonic()
    found = map_all(partial(_frames, settings), clips)
    for done, (clip, frames) in enumerate(zip(clips, found, strict=True)):
        if isinstance(frames, str):
            log(f"Left out: {frames}")
        else:
            heard.append(HeardClip(clip, frames))
        if time.monotonic() - told > LOG_EVERY_S:
            told = time.monotonic()
            log(f"Heard {done + 1} of {len(clips)} clips.")
    return heard


def _frames(settings: FeatureSettings, clip: Clip) -> NDArray[np.float16] | str:
    """The frames of a clip, or why there are none."""
    try:
        return log_mel(read_audio(clip.path, settings.sample_rate), settings).astype(np.float16)
    except (ModelError, ValueError) as error:
        return str(error)
