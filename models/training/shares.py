"""Each process's part in a batch, so that several processes learn together what one would alone."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch import distributed as group

from models.errors import ModelError


@dataclass(frozen=True, slots=True)
class Share:
    """Which rows of each batch are this process's: the part `rank` of `n_processes`."""

    rank: int = 0
    n_processes: int = 1

    def rows(self, n_rows: int) -> range:
        """The rows of a batch of so many: neighbours, and whole pairs of them.

        What blends two rows blends those of a pair. The last pair has an odd row with it.

        Raises
        ------
        ModelError
            If there is no pair for each process.
        """
        n_pairs = max(1, n_rows // 2)
        if n_pairs < self.n_processes:
            least = 2 * self.n_processes
            raise ModelError(
                f"A batch of {n_rows} can't be shared by {self.n_processes} processes: set "
                f"batch_size={least} or more, or use fewer devices."
            )
        first, end = (n_pairs * k // self.n_processes for k in (self.rank, self.rank + 1))
        return range(2 * first, n_rows if end == n_pairs else 2 * end)


WHOLE = Share()


def leave_others() -> None:
    """Wait until all processes are done.

    What connects them is not ended: that joins a thread of gloo's while it holds Python's lock, for
    which the thread may be waiting, to let go of a tensor; neither ever goes on.
    """
    if group.is_initialized():
        group.barrier()


def end_process() -> None:
    """End a process that has shared a training, at once; do nothing in any other.

    Were Python to end as usual, a thread of gloo's that is still letting go of a tensor would abort
    the process now and then, and the launcher would stop the others.
    """
    if group.is_initialized():
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


def row_generators(
    seeds: Sequence[int], batch: int, rows: Sequence[int]
) -> list[np.random.Generator]:
    """A generator for each row of a batch, the same whichever other rows are drawn."""
    keys = [np.random.SeedSequence(seeds, spawn_key=(batch, row)) for row in rows]
    return [np.random.default_rng(key) for key in keys]


def mean_over_processes(count: Tensor) -> Tensor:
    """What a sum over this process's rows is divided by, so that the mean is the whole batch's.

    The mean over all processes of `sum / mean_over_processes(count)` is the sum over all rows by
    the count of all: the gradient that one process would have.
    """
    if not group.is_initialized() or group.get_world_size() == 1:
        return count
    total = count.detach().float().clone()
    group.all_reduce(total)
    return total / group.get_world_size()


def rows_of_each(n_rows: int, device: torch.device) -> list[int]:
    """How many rows of the batch each process has."""
    if not group.is_initialized() or group.get_world_size() == 1:
        return [n_rows]
    counts = torch.zeros(group.get_world_size(), device=device)
    counts[group.get_rank()] = n_rows
    group.all_reduce(counts)
    return [int(count) for count in counts]
