"""The next batches, made ready on another core while the network learns from this one."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Iterator
from typing import Generic, TypeVar

import torch

T = TypeVar("T")
N_AHEAD = 3
LOOK_S = 0.02  # how often a thread that waits for room looks whether it is still wanted


class Ahead(Generic[T]):
    """Draws from an iterator in a thread of its own, in the same order; closed when done with.

    What the iterator raises is raised where its item would have come. `waited_s` counts the
    seconds in which nothing was ready.
    """

    def __init__(self, items: Iterator[T]) -> None:
        self.waited_s = 0.0
        self._items = items
        self._queue: queue.Queue[tuple[T | None, BaseException | None]] = queue.Queue(N_AHEAD)
        self._is_closed = threading.Event()
        self._thread = threading.Thread(
            target=self._draw, args=[torch.get_num_threads()], name="batches", daemon=True
        )
        self._thread.start()

    def __iter__(self) -> Iterator[T]:
        while True:
            began = time.perf_counter()
            item, error = self._queue.get()
            self.waited_s += time.perf_counter() - began
            if isinstance(error, StopIteration):
                return
            if error is not None:
                raise error
            assert item is not None
            yield item

    def close(self) -> None:
        """Draw no more."""
        self._is_closed.set()
        self._thread.join()

    def _draw(self, n_threads: int) -> None:
        torch.set_num_threads(n_threads)  # a thread begins with the number of cores
        try:
            for item in self._items:
                if not self._put(item, None):
                    return
            self._put(None, StopIteration())
        except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
            self._put(None, error)

    def _put(self, item: T | None, error: BaseException | None) -> bool:
        """Whether it found room before it was no longer wanted."""
        while not self._is_closed.is_set():
            with contextlib.suppress(queue.Full):
                self._queue.put((item, error), timeout=LOOK_S)
                return True
        return False
