"""Sound into a file as it was heard: WAV with every bit of it, or FLAC in 24 bits."""

from __future__ import annotations

from collections.abc import Iterable
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
    """Write portions of shape (n, n_channels) to a new file; returns the samples of a channel.

    Raises OSError or soundfile.LibsndfileError; then the file may be there in part.
    """
    name, subtype = SOUND_FORMATS[sound_format]
    count = 0
    with soundfile.SoundFile(path, "x", sample_rate, n_channels, subtype, format=name) as file:
        for portion in portions:
            file.write(portion)
            count += len(portion)
    return count
