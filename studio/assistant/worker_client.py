"""The application's end of the worker process: start it, speak to it, start it again."""

from __future__ import annotations

import collections
import itertools
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from models.protocol import Message, ProtocolError, read_message, write_message

log = logging.getLogger(__name__)

State = Literal["stopped", "starting", "ready", "failed"]
OnReply = Callable[[Message], None]

LAST_EVENTS = frozenset({"pong", "loaded", "genre", "done", "cancelled", "error"})
QUICK_DEATH_S = 5.0  # a worker that lives shorter than this did not die of a request
MAX_QUICK_DEATHS = 3
CLOSE_TIMEOUT_S = 2.0
DIED = "The model process stopped and is being started again. Please ask again."


class WorkerClient:
    """Sends requests to the worker and hands its replies over. Safe to use from any thread.

    `on_reply` is called on the client's reader thread. A request whose worker dies gets an
    `error` reply; the worker is started again, unless it dies at once several times in a row.
    """

    def __init__(self, command: Sequence[str] | None = None) -> None:
        self._command = list(command or (sys.executable, "-m", "studio", "worker"))
        self._ids = itertools.count(1)
        self._waiting: dict[int, OnReply] = {}
        self._lock = threading.Lock()  # guards what follows
        self._write_lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread: threading.Thread | None = None
        self._closing = threading.Event()
        self._quick_deaths = 0
        self._stderr: collections.deque[str] = collections.deque(maxlen=20)
        self.state: State = "stopped"
        self.failure = ""
        self.on_state: Callable[[State], None] = lambda state: None

    def start(self) -> None:
        """Start the worker in the background; a request may be made at once."""
        with self._lock:
            if self._thread is not None and self._thread.is_alive():
                return
            self._closing.clear()
            self._quick_deaths = 0
            self._set_state("starting")
            self._thread = threading.Thread(target=self._run, name="worker-client", daemon=True)
            self._thread.start()

    def submit(
        self,
        body: dict[str, Any],
        on_reply: OnReply,
        samples: NDArray[np.float32] | None = None,
    ) -> int:
        """Send a request and return its id. If it can't be sent, `on_reply` gets the error."""
        number = next(self._ids)
        self._waiting[number] = on_reply
        if not self._send(Message({**body, "id": number}, samples)):
            self._give(number, _error(number, self.failure or DIED))
        return number

    def cancel(self, number: int) -> None:
        """Ask the worker to end request `number`; it replies `cancelled` unless it was done."""
        self._send(Message({"do": "cancel", "target": number}))

    def close(self) -> None:
        """End the worker and wait for the threads; nothing is left behind."""
        self._closing.set()
        process = self._process
        if process is not None:
            _end(process)
        if self._thread is not None:
            self._thread.join(CLOSE_TIMEOUT_S + 1)
        self._set_state("stopped")

    def _send(self, message: Message) -> bool:
        process = self._wait_for_process()
        if process is None or process.stdin is None:
            return False
        try:
            with self._write_lock:
                write_message(process.stdin, message)  # type: ignore[arg-type]
        except (OSError, ValueError):
            return False
        return True

    def _wait_for_process(self) -> subprocess.Popen[bytes] | None:
        """The process, which takes milliseconds to be there: its imports it does by itself."""
        for _ in range(50):
            if self._process is not None or self.state in ("failed", "stopped"):
                break
            time.sleep(0.002)
        return self._process

    def _run(self) -> None:
        while not self._closing.is_set():
            started = time.monotonic()
            self._live()
            if self._closing.is_set():
                return
            quick = time.monotonic() - started < QUICK_DEATH_S
            self._quick_deaths = self._quick_deaths + 1 if quick else 0
            if self._quick_deaths >= MAX_QUICK_DEATHS:
                self._fail(self._stderr[-1] if self._stderr else "it ended at once")
                return
            self._set_state("starting")
            self._closing.wait(0.1 * 2**self._quick_deaths)

    def _live(self) -> None:
        """Start a worker and hand its replies over until it dies."""
        try:
            process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        except OSError as error:
            self._quick_deaths = MAX_QUICK_DEATHS
            self._stderr.append(str(error))
            return
        self._process = process
        drain = threading.Thread(target=self._drain, args=(process,), daemon=True)
        drain.start()
        self.submit({"do": "ping"}, self._on_pong)
        try:
            self._hand_over(process)
        finally:
            self._process = None
            _end(process)
            drain.join(CLOSE_TIMEOUT_S)
            for pipe in (process.stdout, process.stderr):
                if pipe is not None:
                    pipe.close()
            self._give_up_waiting()

    def _hand_over(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        try:
            while (message := read_message(process.stdout)) is not None:  # type: ignore[arg-type]
                number = message.body.get("id")
                if isinstance(number, int):
                    self._give(number, message)
        except (ProtocolError, OSError, ValueError):
            log.exception("the worker's replies can't be read")

    def _give(self, number: int, message: Message) -> None:
        is_last = message.body.get("event") in LAST_EVENTS
        on_reply = self._waiting.pop(number, None) if is_last else self._waiting.get(number)
        if on_reply is None:
            return
        try:
            on_reply(message)
        except Exception:  # the reader must live on whatever a listener does
            log.exception("a listener failed")

    def _give_up_waiting(self) -> None:
        for number in list(self._waiting):
            self._give(number, _error(number, DIED))

    def _on_pong(self, message: Message) -> None:
        if message.body.get("event") == "pong":
            self._set_state("ready")

    def _fail(self, reason: str) -> None:
        self.failure = f"The model process can't be started: {reason}"
        self._set_state("failed")
        self._give_up_waiting()

    def _drain(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stderr is not None
        for line in process.stderr:
            text = line.decode(errors="replace").rstrip()
            self._stderr.append(text)
            log.warning("worker: %s", text)

    def _set_state(self, state: State) -> None:
        if state != self.state:
            self.state = state
            self.on_state(state)


def _error(number: int, text: str) -> Message:
    return Message({"id": number, "event": "error", "message": text})


def _end(process: subprocess.Popen[bytes]) -> None:
    """Close the pipe, which ends a healthy worker; kill one that does not go."""
    try:
        if process.stdin is not None:
            process.stdin.close()
    except OSError:
        pass  # the worker is gone already
    try:
        process.wait(CLOSE_TIMEOUT_S / 2)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
