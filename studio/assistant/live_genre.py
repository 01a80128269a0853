"""Genre of what sounds now: windows out to the worker, readings back."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.protocol import Message
from studio.assistant.worker_client import WorkerClient

SILENCE_DBFS = -60.0  # of the peak: the hiss of a quiet room lies below, soft music above


@dataclass(frozen=True, slots=True)
class GenreEvidence:
    """The votes of each place of a window, shape (n_labels, bands, frames), lowest band first.

    The bands are equally wide in mel between `low_hz` and `high_hz`; the mean of the votes for a
    label is its logit.
    """

    votes: NDArray[np.float32]
    low_hz: float
    high_hz: float


@dataclass(frozen=True, slots=True)
class GenreReading:
    """What the model heard in the window that ends at sample `position` of the stream."""

    position: int
    labels: tuple[str, ...]
    probabilities: tuple[float, ...]
    ms: float  # what the model needed
    evidence: GenreEvidence | None = field(default=None, compare=False)
    window_s: float = field(default=3.0, compare=False)  # the sound that it heard
    peak_dbfs: float = field(default=0.0, compare=False)  # the loudest in it

    @property
    def is_silent(self) -> bool:
        """Whether too little was heard to be called anything."""
        return self.peak_dbfs < SILENCE_DBFS


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
        self.wants_evidence = False
        self._client = client
        self._on_reading, self._on_error = on_reading, on_error
        self._asked = (0.0, 0.0)  # of the question under way: seconds, peak in dBFS
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
            "evidence": self.wants_evidence,
        }
        self._asked = (len(samples) / sample_rate, _peak_dbfs(samples))
        self._client.submit(body, self._on_reply, samples)
        return True

    def _on_reply(self, message: Message) -> None:
        asked = self._asked
        self._busy.release()
        body = message.body
        if body["event"] == "genre":
            labels, probabilities = tuple(body["labels"]), tuple(body["probabilities"])
            evidence = _evidence(message, len(labels))
            position, ms = body["position"], body["ms"]
            self._on_reading(GenreReading(position, labels, probabilities, ms, evidence, *asked))
        elif body["event"] == "error":
            self._on_error(body["message"])


def _peak_dbfs(samples: NDArray[np.float32]) -> float:
    peak = float(np.abs(samples).max(initial=0.0))
    return 20 * math.log10(max(peak, 1e-9))


def _evidence(message: Message, n_labels: int) -> GenreEvidence | None:
    """The votes that came with a reply, if any did."""
    body, samples = message.body, message.samples
    if samples is None:
        return None
    votes = samples.reshape(n_labels, body["bands"], body["frames"])
    return GenreEvidence(votes, body["low_hz"], body["high_hz"])
