"""One number for each row of notes, so that sets of notes are compared as sorted integers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
KEY_BITS = 63


def row_keys(tables: Sequence[Sequence[Ints]]) -> list[Ints]:
    """A number for each row of each table of columns, in the order of the rows.

    Rows of any of the tables have the same number if they are equal, and only then.
    """
    columns = [list(group) for group in zip(*tables, strict=True)]
    bits = [max(int(part.max(initial=0)) for part in group).bit_length() for group in columns]
    if sum(bits) > KEY_BITS:
        return _split(_ranked(columns), [len(table[0]) for table in tables])
    keys = [np.zeros(len(table[0]), dtype=np.int64) for table in tables]
    for width, group in zip(bits, columns, strict=True):
        keys = [key << width | part for key, part in zip(keys, group, strict=True)]
    return keys


def _ranked(columns: list[list[Ints]]) -> Ints:
    """The keys of all tables in one, where the values are too large to stand side by side."""
    key = np.zeros(sum(map(len, columns[0])), dtype=np.int64)
    for group in columns:
        _, ranks = np.unique(np.concatenate(group), return_inverse=True)
        size = int(ranks.max(initial=0)) + 1
        _, key = np.unique(key * size + ranks, return_inverse=True)
    return key


def _split(key: Ints, lengths: list[int]) -> list[Ints]:
    return np.split(key, np.cumsum(lengths)[:-1])


def found_in(keys: Ints, sorted_keys: Ints) -> NDArray[np.bool_]:
    """Which of `keys` are among `sorted_keys`."""
    if not len(sorted_keys):
        return np.zeros(len(keys), dtype=np.bool_)
    at = np.minimum(np.searchsorted(sorted_keys, keys), len(sorted_keys) - 1)
    found: NDArray[np.bool_] = sorted_keys[at] == keys
    return found
