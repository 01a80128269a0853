"""The worker process: models at work, spoken to through `models.protocol`.

One thread reads requests, so that a cancel is seen between two events; one computes.
"""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeGuard

from models.card import Card
from models.errors import ModelError
from models.notes import EditEvent, Note
from models.protocol import (
    Conditions,
    Message,
    Piece,
    ProtocolError,
    edit_to_json,
    read_message,
    write_message,
)
from models.request_queue import RequestQueue
from models.warm_models import WarmModels

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


log = logging.getLogger(__name__)
NOT_UNDERSTOOD = (KeyError, TypeError, ValueError, AttributeError, ArithmeticError)


def serve(stdin: BinaryIO, stdout: BinaryIO) -> None:
    """Answer requests until the other side closes the pipe.

    Parameters
    ----------
    stdin, stdout : binary streams
        Messages of `models.protocol`; nothing else may be written to `stdout`.
    """
    Server(stdin, stdout).run()


class _CancelledError(Exception):
    """The request that is computed was cancelled, or nobody waits for any."""


class Server:
    """The state of the worker: models that are warm, requests that wait or were cancelled."""

    def __init__(self, stdin: BinaryIO, stdout: BinaryIO) -> None:
        self._stdin, self._stdout = stdin, stdout
        self._requests = RequestQueue()
        self._open: set[int] = set()  # ids that wait or are worked on
        self._cancelled: set[int] = set()
        self._current: Message | None = None  # what is computed
        self._is_closed = threading.Event()
        self._lock = threading.Lock()  # one message at a time on the pipe
        self._models = WarmModels(self._go_on)
        self._handlers: dict[str, Callable[[Message], None]] = {
            "ping": self._ping,
            "load": self._load,
            "classify": self._classify,
            "suggest": self._suggest,
            "continue": self._continue,
            "expect": self._expect,
        }

    def run(self) -> None:
        """Answer requests in their order until the pipe is closed."""
        threading.Thread(target=self._read, name="requests", daemon=True).start()
        while (message := self._requests.get()) is not None and not self._is_closed.is_set():
            self._serve_one(message)

    def _serve_one(self, message: Message) -> None:
        """Answer a request; another may be answered in its middle."""
        before, self._current = self._current, message
        self._answer(message)
        self._current = before
        number = message.body["id"]
        self._open.discard(number)
        self._cancelled.discard(number)

    def _read(self) -> None:
        try:
            while (message := read_message(self._stdin)) is not None:
                self._take(message)
        except ProtocolError as error:
            log.exception("the pipe can't be read any more")
            self._reply(Message({}), "error", message=f"The worker can't be spoken to: {error}.")
        except (OSError, ValueError):
            log.exception("the pipe is gone")
        self._close()

    def _take(self, message: Message) -> None:
        """Put a request in the queue; a cancel and a question whether we live count at once."""
        number = message.body.get("id")
        if message.body.get("do") == "cancel":
            target = message.body.get("target")
            if _is_id(target) and target in self._open:
                self._cancelled.add(target)
        elif message.body.get("do") == "pulse":
            self._reply(message, "pulse")
        elif _is_id(number):
            self._open.add(number)
            self._requests.put(message)
        else:
            self._reply(message, "error", message="The request has no number.")

    def _close(self) -> None:
        self._is_closed.set()
        self._requests.put(None)

    def _answer(self, message: Message) -> None:
        if self._is_cancelled(message):
            self._reply(message, "cancelled", n_edits=0)
            return
        try:
            self._handlers.get(str(message.body.get("do")), self._refuse)(message)
        except _CancelledError:
            self._reply(message, "cancelled", n_edits=0)
        except ModelError as error:
            self._reply(message, "error", message=str(error))
        except NOT_UNDERSTOOD as error:
            log.exception("bad request")
            text = f"The request was not understood ({type(error).__name__}: {error})."
            self._reply(message, "error", message=text)
        except MemoryError:
            self._reply(message, "error", message="There is not enough memory for this model.")
        except Exception as error:  # one request's failure must not end the worker
            log.exception("a request failed")
            text = f"The model failed ({type(error).__name__}: {error})."
            self._reply(message, "error", message=text)

    def _reply(
        self,
        request: Message,
        event: str,
        samples: NDArray[np.float32] | None = None,
        **values: Any,
    ) -> None:
        """Write a reply; where nobody reads any more, there is nothing left to do."""
        body = {"id": request.body.get("id"), "event": event, **values}
        try:
            with self._lock:
                write_message(self._stdout, Message(body, samples))
        except OSError:
            self._close()

    def _is_cancelled(self, message: Message) -> bool:
        return message.body["id"] in self._cancelled

    def _refuse(self, message: Message) -> None:
        raise ModelError(f"The worker can't do {message.body.get('do')!r:.60}.")

    def _ping(self, message: Message) -> None:
        self._reply(message, "pong")

    def _load(self, message: Message) -> None:
        folder = _folder(message.body)
        self._reply(message, "loading", step="reading the weights")
        model = self._models.get(folder)
        self._reply(message, "loading", step="warming up")
        _warm_up(model)
        self._reply(message, "loaded", card=Card.load(folder, check_hash=False).to_json())

    def _classify(self, message: Message) -> None:
        body = message.body
        model = self._models.get(_folder(body))
        if message.samples is None or not hasattr(model, "classify"):
            raise ModelError("A genre model and some sound are needed to name a genre.")
        if body.get("evidence"):
            self._classify_with_evidence(message, message.samples)
            return
        started = time.perf_counter()
        probabilities = model.classify(message.samples, int(body["sample_rate"]))
        self._reply(
            message,
            "genre",
            labels=list(probabilities),
            probabilities=list(probabilities.values()),
            position=body.get("position", 0),
            ms=(time.perf_counter() - started) * 1000,
        )

    def _classify_with_evidence(self, message: Message, samples: NDArray[np.float32]) -> None:
        body, started = message.body, time.perf_counter()
        folder = _folder(body)
        evidence = self._models.evidence(folder).hear(samples, int(body["sample_rate"]))
        _, bands, frames = evidence.votes.shape
        self._reply(
            message,
            "genre",
            evidence.votes.ravel(),
            labels=list(evidence.probabilities),
            probabilities=list(evidence.probabilities.values()),
            position=body.get("position", 0),
            ms=(time.perf_counter() - started) * 1000,
            bands=bands,
            frames=frames,
            low_hz=evidence.low_hz,
            high_hz=evidence.high_hz,
        )

    def _suggest(self, message: Message) -> None:
        body = message.body
        model = self._models.score(_folder(body))
        piece, conditions = _piece(body), Conditions.from_json(body["conditions"])
        self._stream(message, model.suggest(piece, conditions), piece.ticks_per_beat)

    def _continue(self, message: Message) -> None:
        body = message.body
        model = self._models.score(_folder(body))
        piece, conditions = _piece(body), Conditions.from_json(body["conditions"])
        events = model.continue_piece(piece, conditions, int(body["bars"]))
        self._stream(message, events, piece.ticks_per_beat)

    def _stream(self, message: Message, events: Iterator[EditEvent], ticks_per_beat: int) -> None:
        started, count = time.perf_counter(), 0
        try:
            for event in events:
                self._go_on()
                self._reply(message, "edit", edit=edit_to_json(event, ticks_per_beat))
                count += 1
                while (quick := self._requests.take_quick()) is not None:
                    self._serve_one(quick)
        except _CancelledError:
            if not self._is_closed.is_set():
                self._reply(message, "cancelled", n_edits=count)
            return
        self._reply(message, "done", n_edits=count, seconds=time.perf_counter() - started)

    def _expect(self, message: Message) -> None:
        body, started = message.body, time.perf_counter()
        piece = _piece(body)
        model = self._models.score(_folder(body))
        start, end = int(body["start_tick"]), int(body["end_tick"])
        notes, missed = model.expectation.look(piece, start, end)
        index = {note: at for at, note in enumerate(piece.notes)}
        self._reply(
            message,
            "expected",
            notes=[
                [index[n.note], n.likelihood, n.rank, n.other, n.other_probability] for n in notes
            ],
            missed=[[m.start, m.pitch, m.duration, m.probability] for m in missed],
            ms=(time.perf_counter() - started) * 1000,
        )

    def _go_on(self, *_: object) -> None:
        """Asked between two events and before each pass of a score model, which takes longest."""
        if self._is_closed.is_set() or (self._current and self._is_cancelled(self._current)):
            raise _CancelledError


def _is_id(number: Any) -> TypeGuard[int]:
    return isinstance(number, int) and not isinstance(number, bool)


def _folder(body: dict[str, Any]) -> Path:
    return Path(body["folder"])


def _piece(body: dict[str, Any]) -> Piece:
    return Piece.from_json(body["score"])


def _warm_up(model: Any) -> None:
    """Use a model once, so that the first sound or score is not answered late."""
    if hasattr(model, "suggest"):
        scale = tuple(Note(240 * i, 60 + i, 240) for i in range(64))
        for _ in itertools.islice(model.suggest(Piece(480, scale), Conditions(1, 1)), 1):
            pass
    else:
        import numpy as np

        rate = model.features.sample_rate
        noise = np.random.default_rng(0).standard_normal(int(model.window_s * rate))
        model.classify(noise.astype(np.float32), rate)
