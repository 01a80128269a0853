"""Asking a worker, and waiting for what it says."""

import queue
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from models.protocol import Conditions, Message
from studio.assistant.worker_client import WorkerClient
from tests.models.tiny_score_model import TUNE

WAIT_S = 60


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


class Replies:
    """Takes the replies to one request."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()

    def __call__(self, message: Message) -> None:
        self._queue.put(message.body)

    def next(self) -> dict[str, Any]:
        return self._queue.get(timeout=WAIT_S)

    def all(self) -> list[dict[str, Any]]:
        found = [self.next()]
        while found[-1]["event"] in ("edit", "loading"):
            found.append(self.next())
        return found


def ask(client: WorkerClient, body: Any, samples: np.ndarray | None = None) -> list[dict[str, Any]]:
    replies = Replies()
    client.submit(body, replies, samples)
    return replies.all()


def suggestion(folder: Path, **conditions: Any) -> dict[str, Any]:
    wanted = Conditions(**conditions).to_json()
    return {
        "do": "suggest",
        "folder": str(folder),
        "score": TUNE.to_json(),
        "conditions": wanted,
    }
