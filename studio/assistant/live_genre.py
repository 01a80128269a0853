"""Genre of what sounds now: windows out to the worker, readings back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.protocol import Message
from studio.assistant.worker_client import WorkerClient


@dataclass(frozen=True, slots=True)
class GenreReading:
    """What the model heard in the window that ends at sample `position` of the stream."""

    position: int
    labels: tuple[str, ...]
    probabilities: tuple[float, ...]
    ms: float  # what the model needed


class LiveGenre:
    """Sends windows to the worker, one at a time: a slow model is asked less often, never late.

    `on_reading` and `on_error` are called on the client's reader thread. `folder` may be changed
    at any time: the next window goes to that model.
    """

    def __init__(
        self,
        client: WorkerClient,
        folder: Path | None,
        on_reading: Callable[[GenreReading], None],
        on_error: Callable[[str], None] = lambda text: None,
    ) -> None:
        self.folder = folder
        self._client = client
        self._on_reading, self._on_error = on_reading, on_error
        self._busy = threading.Lock()

    def push_window(self, samples: NDArray[np.float32], sample_rate: int, position: int) -> bool:
        """Ask about a window, shape (n,), mono; False if the last answer is still under way."""
        if self.folder is None or not self._busy.acquire(blocking=False):
            return False
        body = {
            "do": "classify",
            "folder": str(self.folder),
            "sample_rate": sample_rate,
            "position": position,
        }
        self._client.submit(body, self._on_reply, samples)
        return True

    def _on_reply(self, message: Message) -> None:
        self._busy.release()
        body = message.body
        if body["event"] == "genre":
            labels, probabilities = tuple(body["labels"]), tuple(body["probabilities"])
            reading = GenreReading(body["position"], labels, probabilities, body["ms"])
            self._on_reading(reading)
        elif body["event"] == "error":
            self._on_error(body["message"])
