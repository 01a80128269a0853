"""The log-mel frames of many clips, computed once and kept in memory in half precision."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.data.audio_dataset import Clip
from models.data.audio_files import read_audio
from models.errors import ModelError
from models.features import FeatureSettings, log_mel

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
    for done, clip in enumerate(clips):
        try:
            frames = log_mel(read_audio(clip.path, settings.sample_rate), settings)
            heard.append(HeardClip(clip, frames.astype(np.float16)))
        except (ModelError, ValueError) as error:
            log(f"Left out: {error}")
        if time.monotonic() - told > LOG_EVERY_S:
            told = time.monotonic()
            log(f"Heard {done + 1} of {len(clips)} clips.")
    return heard
