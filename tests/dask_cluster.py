"""A Dask cluster of this machine for tests: a scheduler and workers as processes of their own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
WAIT_S = 60


def dask(program: str, *arguments: str) -> Any:
    """A process; ended at the end of the `with`."""
    command = [sys.executable, "-m", f"distributed.cli.dask_{program}", *arguments]
    return subprocess.Popen(
        command,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@contextmanager
def cluster(folder: Path, n_workers: int = 2) -> Iterator[str]:
    """The address of a scheduler that has so many workers."""
    file = folder / "scheduler.json"
    place = ["--scheduler-file", str(file), "--no-dashboard"]
    local = ["--host", "127.0.0.1"]
    with ExitStack() as stack:
        processes = [dask("scheduler", *place, *local, "--port", "0")]
        for _ in range(n_workers):
            space = ["--nthreads", "1", "--no-nanny", "--local-directory", str(folder)]
            processes.append(dask("worker", *place, *local, *space))
        for process in processes:
            stack.callback(process.wait)
            stack.callback(process.kill)
        yield _address(file, n_workers)


def _address(file: Path, n_workers: int) -> str:
    from distributed import Client

    with Client(scheduler_file=str(file), set_as_default=False, timeout=WAIT_S) as client:
        if n_workers:
            client.wait_for_workers(n_workers, timeout=WAIT_S)
    address: str = json.loads(file.read_text())["address"]
    return address
