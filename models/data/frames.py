"""The published frame benchmark: pieces as rolls of 88 pitches."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.errors import ModelError


def load_frames(path: Path, split: str) -> list[NDArray[np.uint8]]:
    """Read the frame benchmark: one array of shape (frames, 88) a piece, 0 or 1.

    Parameters
    ----------
    path : Path
        An `.npz` with `<split>` (`np.packbits` of all pieces end to end, along pitch; pitch 0 is
        MIDI 21) and `<split>_lengths`, in frames.
    split : str

    Raises
    ------
    ModelError
        If the file or the split is missing, or the lengths do not add up.
    """
    try:
        with np.load(path, allow_pickle=False) as arrays:
            names = sorted(name for name in arrays.files if not name.endswith("_lengths"))
            if split not in names or f"{split}_lengths" not in arrays.files:
                raise ModelError(f"{path} has no split {split}; it has {', '.join(names)}.")
            packed, lengths = arrays[split], arrays[f"{split}_lengths"]
    except (OSError, ValueError) as error:
        raise ModelError(f"{path} is not a frame file that can be read ({error}).") from error
    if packed.ndim != 2 or packed.dtype != np.uint8 or packed.shape[1] < 11:
        raise ModelError(f"{path}: '{split}' must be packed uint8 of shape (frames, 11).")
    if lengths.ndim != 1 or int(lengths.sum()) != len(packed):
        raise ModelError(f"{path}: the lengths of '{split}' do not add up to its frames.")
    rolls = np.unpackbits(packed, axis=1)[:, :88]
    return list(np.split(rolls, np.cumsum(lengths.astype(np.int64))[:-1]))
