"""What a larger network heard in the same clips: more to learn from than their genres.

A file of a teacher's outputs is an `.npz` with `paths` and `segment` (which clip below the data
set's folder, and which ten seconds of it), `embeddings` (segments, n) and maybe `logits`
(segments, tags). It may know clips without a genre too.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import ModelError

SEGMENT_S = 10.0
FloatArray = NDArray[np.float32]
Heard = Mapping[str, FloatArray]


def load_teacher(path: Path) -> dict[str, FloatArray]:
    """What the teacher says of each clip, by the clip's name: (segments, n), in order of time.

    Raises ModelError if the file is not one of a teacher's outputs.
    """
    try:
        with np.load(path, allow_pickle=False) as arrays:
            names, segments = arrays["paths"], arrays["segment"]
            values = arrays["embeddings"].astype(np.float32)
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise ModelError(f"{path} is no file of a teacher's outputs: {error}.") from error
    if values.ndim != 2 or not len(values) == len(names) == len(segments):
        raise ModelError(f"{path} is no file of a teacher's outputs: its arrays do not fit.")
    order = np.lexsort((segments, names))
    names, values = names[order], values[order]
    found, first = np.unique(names, return_index=True)
    return dict(zip(found.tolist(), np.split(values, first[1:]), strict=True))


def segment_at(seconds: NDArray[np.float64], n_segments: NDArray[np.int64]) -> NDArray[np.int64]:
    """Which of its clip's segments a moment is in, both of shape (n,); the last counts on."""
    return np.asarray(np.clip(seconds // SEGMENT_S, 0, n_segments - 1), dtype=np.int64)


def describe_teacher(path: Path, names: Sequence[str]) -> dict[str, Any]:
    """What a card says of a teacher; `names` are those of the clips that were learned from."""
    return {
        "name": path.stem,
        "licence": "outputs of another network on the same clips, as targets; no part of it is "
        "in this model",
        "items": len(names),
        "hash": hashlib.sha256(path.read_bytes()).hexdigest(),
        "split": f"train {len(names)}",
    }
