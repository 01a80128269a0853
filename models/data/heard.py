"""What a model learned from, as few fingerprints: enough to know a recording again.

Every eighth print of each training clip is kept, some 50 bytes a second of sound, beside the
weights. No sound and no name can be got back from them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import safetensors.numpy
from safetensors import SafetensorError

from models.card import HEARD_FILE, MAX_HEARD_BYTES
from models.data.fingerprint import COMPARED, MIN_HITS, SAME_BELOW, Prints, is_telling
from models.errors import ModelError

EVERY = 8
MAX_CANDIDATES = 8
SHORT = 860  # prints, ten seconds: then prints that differ in a single bit are looked up, too
FLIPS = (0, *(1 << bit for bit in range(32)))


def heard_files(prints: Iterable[Prints]) -> dict[str, bytes]:
    """The file to keep beside the weights, by name; none where it would be too large."""
    kept = [each[::EVERY] for each in prints if len(each)]
    if 4 * sum(map(len, kept)) > MAX_HEARD_BYTES // 2:
        return {}
    lengths = np.array([len(each) for each in kept], dtype=np.int64)
    joined = np.concatenate([np.zeros(0, np.uint32), *kept])
    return {HEARD_FILE: safetensors.numpy.save({"prints": joined, "lengths": lengths})}


class HeardIndex:
    """Knows recordings again that a model learned from."""

    def __init__(self, clips: Iterable[Prints]) -> None:
        self._clips = list(clips)  # every eighth print of each
        self._where: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for number, prints in enumerate(self._clips):
            for place, value in enumerate(prints.tolist()):
                if is_telling(value):
                    self._where[value].append((number, place * EVERY))

    @classmethod
    def load(cls, model_folder: Path) -> HeardIndex | None:
        """What the model in a folder learned from; None if it does not say.

        Raises
        ------
        ModelError
            If the file is damaged.
        """
        path = model_folder / HEARD_FILE
        if not path.is_file():
            return None
        try:
            if path.stat().st_size > MAX_HEARD_BYTES:
                raise ModelError(f"{path} is too large.")
            arrays = safetensors.numpy.load(path.read_bytes())
            ends = np.cumsum(arrays["lengths"])
            if (arrays["lengths"] < 1).any() or ends[-1:].sum() != len(arrays["prints"]):
                raise ModelError(f"{path} is damaged: its lengths do not fit.")
            return cls(np.split(arrays["prints"].astype(np.uint32), ends[:-1]))
        except (OSError, SafetensorError, KeyError, ValueError) as error:
            raise ModelError(f"{path} is damaged ({error!s:.80}).") from error

    def knows(self, prints: Prints) -> bool:
        """Whether the recording, or 1.5 s of it and more, is one that was learned from.

        Parameters
        ----------
        prints : array of uint32, shape (n_prints,)
            All that `fingerprint` gives.
        """
        hits: Counter[tuple[int, int]] = Counter()
        flips = FLIPS if len(prints) < SHORT else FLIPS[:1]
        for at, value in enumerate(prints.tolist()):
            for flip in flips:
                found = self._where.get(value ^ flip, ())
                hits.update((number, place - at) for number, place in found)
        return any(
            count >= MIN_HITS and self._difference(prints, *candidate) < SAME_BELOW
            for candidate, count in hits.most_common(MAX_CANDIDATES)
        )

    def _difference(self, prints: Prints, number: int, shift: int) -> float:
        """The share of bits that differ where both are; 1 if that is less than 1.5 s."""
        kept = self._clips[number]
        places = np.arange(len(kept)) * EVERY - shift
        inside = (places >= 0) & (places < len(prints))
        if inside.sum() < COMPARED // EVERY:
            return 1.0
        apart = kept[inside] ^ prints[places[inside]]
        return float(np.unpackbits(apart.view(np.uint8)).mean())
