"""Random numbers by row: what one row of a batch gets does not depend on the others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from models.training.shares import row_generators


class RowDraws:
    """A random number generator for each row of a batch; every draw is one for each row."""

    def __init__(self, generators: Sequence[np.random.Generator]) -> None:
        self._generators = generators

    @classmethod
    def of(cls, seeds: Sequence[int], batch: int, rows: Sequence[int]) -> RowDraws:
        """Of some rows of a batch."""
        return cls(row_generators(seeds, batch, rows))

    def __len__(self) -> int:
        return len(self._generators)

    def uniform(self, low: float, high: float, *shape: int) -> Tensor:
        """Numbers from `low` to `high`, (rows, *shape)."""
        return _stacked([g.uniform(low, high, shape) for g in self._generators])

    def normal(self, *shape: int) -> Tensor:
        """Numbers of mean 0 and variance 1, (rows, *shape)."""
        return _stacked([g.standard_normal(shape, dtype=np.float32) for g in self._generators])

    def beta(self, alpha: float) -> Tensor:
        """Numbers from 0 to 1, (rows,), the nearer to either end the smaller `alpha`."""
        return _stacked([np.array(g.beta(alpha, alpha)) for g in self._generators])

    def below(self, ends: Sequence[int]) -> list[int]:
        """A whole number for each row, from 0 to below its end."""
        pairs = zip(self._generators, ends, strict=True)
        return [int(generator.integers(0, end)) for generator, end in pairs]

    def choose(self, chances: NDArray[np.float64]) -> NDArray[np.int64]:
        """An index for each row, each as often as `chances`, which add up to 1, say: (rows,)."""
        ends = np.cumsum(chances)
        at = np.array([generator.random() for generator in self._generators]) * ends[-1]
        found = np.searchsorted(ends, at, side="right")
        return np.asarray(np.minimum(found, len(ends) - 1), dtype=np.int64)


def _stacked(rows: Sequence[NDArray[np.floating]]) -> Tensor:
    return torch.from_numpy(np.stack(rows).astype(np.float32))
