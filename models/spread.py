"""The same work on many items: here, in processes of this machine, or on a cluster of machines."""

from __future__ import annotations

import itertools
import logging
import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import Any, Protocol, TypeVar

from models.errors import ModelError

T = TypeVar("T")
R = TypeVar("R")
SHARE = 4  # items that a process is handed at a time
AHEAD = 4  # shares under way for each thread of a cluster
ANSWER_S = 10.0  # a scheduler must answer within


class Spread(Protocol):
    """Whatever does the work."""

    def map(self, work: Callable[[T], R], items: Sequence[T]) -> Iterator[R]:
        """The result of each item, in their order.

        `work` can be named from outside (a function of a module, or `partial` of one); what it
        raises ends the map. Raises ModelError if those who work are lost.
        """


class _Here:
    def map(self, work: Callable[[T], R], items: Sequence[T]) -> Iterator[R]:
        return map(work, items)


class _Processes:
    def __init__(self, n_processes: int) -> None:
        self._n = n_processes

    def map(self, work: Callable[[T], R], items: Sequence[T]) -> Iterator[R]:
        n = min(self._n, len(items))
        if n < 2:
            yield from map(work, items)
            return
        context = multiprocessing.get_context("spawn")  # a fork would copy locks of threads
        try:
            with ProcessPoolExecutor(n, mp_context=context) as pool:
                yield from pool.map(work, items, chunksize=SHARE)
        except BrokenProcessPool as error:
            message = "A process of this work was ended from outside, or had no memory left."
            raise ModelError(message) from error


class _Cluster:
    """Shares of the items are sent out; each result is fetched as soon as it is there.

    So when a worker is lost, only what it had under way is done again, by others.
    """

    def __init__(self, client: Any) -> None:
        self._client = client

    def map(self, work: Callable[[T], R], items: Sequence[T]) -> Iterator[R]:
        from distributed import KilledWorker
        from distributed.client import FutureCancelledError

        try:
            yield from self._map(work, items)
        except KilledWorker as error:
            message = f"Several workers of the cluster died of the same share ({error!s:.120})."
            raise ModelError(message) from error
        except (OSError, FutureCancelledError) as error:
            raise ModelError(f"The cluster is lost: {error!s:.120}") from error

    def _map(self, work: Callable[[T], R], items: Sequence[T]) -> Iterator[R]:
        from distributed import as_completed

        shares = enumerate(_shares(items))
        window = AHEAD * max(1, sum(self._client.nthreads().values()))
        running = as_completed([], loop=self._client.loop)
        number_of: dict[Any, int] = {}
        done: dict[int, list[R]] = {}

        def send(n: int) -> None:
            for number, share in itertools.islice(shares, n):
                future = self._client.submit(partial(_do, work), share, pure=False)
                number_of[future] = number
                running.add(future)

        send(window)
        for wanted in itertools.count():
            while wanted not in done:
                if not number_of:
                    return
                future = next(running)
                done[number_of.pop(future)] = future.result()
                future.release()
            yield from done.pop(wanted)
            send(window - len(number_of) - len(done))


def _shares(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[start : start + SHARE] for start in range(0, len(items), SHARE))


def _do(work: Callable[[T], R], share: Iterable[T]) -> list[R]:
    return [work(item) for item in share]


_current: ContextVar[Spread | None] = ContextVar("spread", default=None)


def map_all(work: Callable[[T], R], items: Sequence[T]) -> Iterator[R]:
    """The result of each item, in their order, by whatever `spread_over` has set up.

    Parameters
    ----------
    work : callable
        A function of a module, or `functools.partial` of one; its results must be picklable.
    items : sequence

    Raises
    ------
    ModelError
        If the processes or the cluster are lost; also what `work` raises.
    """
    return (_current.get() or _Here()).map(work, items)


@contextmanager
def spread_over(scheduler: str | None = None, jobs: int = 1) -> Iterator[None]:
    """Have `map_all` work elsewhere, until the end of the `with`.

    Without a scheduler and with one job, whatever was set up before goes on.

    Parameters
    ----------
    scheduler : str, optional
        The address of a Dask scheduler, such as tcp://10.0.0.5:8786. Its workers must have this
        version of Studio installed and see the same files by the same paths.
    jobs : int
        Without one: processes of this machine at work at once.

    Raises
    ------
    ModelError
        If nobody answers there, nobody works there, or `distributed` is not installed.
    """
    client = _connect(scheduler) if scheduler else None
    spread: Spread = _current.get() or _Here()
    if client or jobs > 1:
        spread = _Cluster(client) if client else _Processes(jobs)
    token = _current.set(spread)
    try:
        yield
    finally:
        _current.reset(token)
        if client:
            client.close()


def _connect(scheduler: str) -> Any:
    try:
        from distributed import Client
    except ImportError as error:
        message = "--scheduler needs a package more: pip install 'music-studio[cluster]'."
        raise ModelError(message) from error
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # we tell it in our own words
    try:
        client = Client(scheduler, timeout=ANSWER_S, set_as_default=False)
    except (OSError, ValueError) as error:
        message = f"No Dask scheduler answers at {scheduler!r:.80}. Start one: dask scheduler."
        raise ModelError(message) from error
    if not client.nthreads():
        client.close()
        message = f"{scheduler} has no workers. Start some: dask worker {scheduler}."
        raise ModelError(message)
    return client
