"""The application's end of the worker process: start it, speak to it, start it again."""

from __future__ import annotations

import collections
import contextlib
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
from studio.assistant.pulse import Pulse

log = logging.getLogger(__name__)

State = Literal["stopped", "starting", "ready", "silent", "failed"]
OnReply = Callable[[Message], None]
Body = dict[str, Any] | Callable[[], dict[str, Any]]

LAST_EVENTS = frozenset({"pong", "loaded", "genre", "expected", "done", "cancelled", "error"})
QUICK_DEATH_S = 5.0  # a worker that is ready for less than this did not live
MAX_QUICK_DEATHS = 3
CLOSE_TIMEOUT_S = 2.0
HELLO = 0  # the id of the ping that every worker is greeted with
DIED = "The model process stopped and is being started again. Please ask again."
CLOSED = "The model process is closed."


class WorkerClient:
    """Sends requests to the worker and hands its replies over. Safe to use from any thread.

    Nothing here waits for the worker: a request is queued until the process is there to read it,
    and `on_reply` is called on the client's own thread. Every request ends with one last reply:
    where the worker dies it is an `error`, and the worker is started again, unless it dies at
    once several times in a row; then the state is "failed" until `start` is called again.
    """

    def __init__(self, command: Sequence[str] | None = None) -> None:
        # -P: what lies in the folder that Studio was started in is not imported in its place
        self._command = list(command or (sys.executable, "-P", "-m", "studio", "worker"))
        self._ids = itertools.count(HELLO + 1)
        self._changed = threading.Condition()  # guards all of what follows
        self._outbox: collections.deque[tuple[int, Body, NDArray[np.float32] | None]]
        self._outbox = collections.deque()
        self._waiting: dict[int, OnReply] = {}
        self._sent: set[int] = set()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread: threading.Thread | None = None
        self._is_closed = False
        self._ready_since: float | None = None
        self._stderr: collections.deque[str] = collections.deque(maxlen=20)
        self.state: State = "stopped"
        self.failure = ""
        self.on_state: Callable[[State], None] = lambda state: None

    @property
    def pid(self) -> int | None:
        """The worker's process number, None while there is no process."""
        process = self._process
        return process.pid if process is not None else None

    def start(self) -> None:
        """Start the worker in the background, also again after it failed."""
        with self._changed:
            before = self._thread
            if before is not None and before.is_alive() and self.state != "failed":
                return
            self._is_closed, self.failure = False, ""
            self.state = "starting"
            self._thread = threading.Thread(
                target=self._run, args=(before,), name="worker-client", daemon=True
            )
            self._thread.start()
        self._tell_state()

    def submit(
        self, body: Body, on_reply: OnReply, samples: NDArray[np.float32] | None = None
    ) -> int:
        """Queue a request and return its id.

        `body` may be a function that makes it: it is called on the client's thread.
        """
        number = next(self._ids)
        with self._changed:
            self._waiting[number] = on_reply
            refusal = CLOSED if self._is_closed else self.failure
            if not refusal:
                self._outbox.append((number, body, samples))
                self._changed.notify_all()
        if refusal:
            self._give(_error(number, refusal))
        return number

    def cancel(self, number: int) -> None:
        """Ask the worker to end request `number`; it replies `cancelled` unless it was done."""
        with self._changed:
            if number in self._waiting:
                self._outbox.append((HELLO, {"do": "cancel", "target": number}, None))
                self._changed.notify_all()

    def close(self) -> None:
        """End the worker and wait for process and threads; nothing is left behind."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
            thread = self._thread
        if thread is not None:
            thread.join(CLOSE_TIMEOUT_S / 2)  # a healthy worker ends when its pipe is closed
            if thread.is_alive() and self._process is not None:
                self._process.kill()
            thread.join(CLOSE_TIMEOUT_S)
        with self._changed:
            self._outbox.clear()
            numbers = list(self._waiting)
        self._give_up(numbers, CLOSED)
        self._set_state("stopped")

    def _run(self, before: threading.Thread | None) -> None:
        """Keep a worker alive until the client is closed or there is no use in trying."""
        if before is not None:
            before.join()
        quick_deaths = 0
        while not self._is_closed:
            self._ready_since = None
            if not self._live() or self._is_closed:
                break
            quick_deaths = quick_deaths + 1 if self._has_died_quickly() else 0
            if quick_deaths >= MAX_QUICK_DEATHS:
                break
            self._set_state("starting")
            with self._changed:
                self._changed.wait_for(lambda: self._is_closed, 0.1 * 2**quick_deaths)
        if not self._is_closed:
            self._fail(self._stderr[-1] if self._stderr else "it ended at once")

    def _has_died_quickly(self) -> bool:
        ready = self._ready_since
        return ready is None or time.monotonic() - ready < QUICK_DEATH_S

    def _live(self) -> bool:
        """Start a worker and hand its replies over until it dies; False if it can't be started."""
        pipe, no_window = subprocess.PIPE, getattr(subprocess, "CREATE_NO_WINDOW", 0)
        try:
            process = subprocess.Popen(
                self._command, stdin=pipe, stdout=pipe, stderr=pipe, creationflags=no_window
            )
        except OSError as error:
            self._stderr.append(str(error))
            return False
        with self._changed:
            self._process = process
        threads = [
            threading.Thread(target=self._write, args=(process,), daemon=True),
            threading.Thread(target=_drain, args=(process, self._stderr), daemon=True),
            pulse := Pulse(self._ask_pulse, lambda: self._set_state("silent"), process.kill),
        ]
        for thread in threads:
            thread.start()
        try:
            self._hand_over(process, pulse)
        finally:
            pulse.stop()
            with self._changed:
                self._process = None
                self._changed.notify_all()
            _reap(process)
            for thread in threads:
                thread.join(CLOSE_TIMEOUT_S)
            self._give_up(list(self._sent), CLOSED if self._is_closed else DIED)
        return True

    def _write(self, process: subprocess.Popen[bytes]) -> None:
        """Send what is queued for as long as `process` is the worker; then close its pipe."""
        stdin: Any = process.stdin
        try:
            write_message(stdin, Message({"do": "ping", "id": HELLO}))
            while (item := self._next(process)) is not None:
                self._write_one(stdin, *item)
        except OSError:
            log.info("the worker reads no more")
        finally:
            with contextlib.suppress(OSError):  # what was not written is lost with the worker
                stdin.close()

    def _write_one(
        self, stdin: Any, number: int, body: Body, samples: NDArray[np.float32] | None
    ) -> None:
        try:
            body = body() if callable(body) else body
            write_message(stdin, Message({**body, "id": number}, samples))
        except OSError:
            raise
        except Exception as error:  # one that can't be written must not silence the others
            log.exception("a request can't be written")
            self._give(_error(number, f"The request can't be sent ({error})."))

    def _next(
        self, process: subprocess.Popen[bytes]
    ) -> tuple[int, Body, NDArray[np.float32] | None] | None:
        """What to send next, once the worker has said hello; None when its life is over."""
        with self._changed:
            self._changed.wait_for(
                lambda: (
                    (self._outbox and self._ready_since is not None)
                    or self._is_closed
                    or self._process is not process
                )
            )
            if self._is_closed or self._process is not process:
                return None
            item = self._outbox.popleft()
            self._sent.add(item[0])
            return item

    def _ask_pulse(self) -> bool:
        """Ask the worker for a sign of life, before all else, if it has work."""
        with self._changed:
            has_work = bool(self._sent - {HELLO})
            if has_work:
                self._outbox.appendleft((HELLO, {"do": "pulse"}, None))
                self._changed.notify_all()
        return has_work

    def _hand_over(self, process: subprocess.Popen[bytes], pulse: Pulse) -> None:
        stdout: Any = process.stdout
        try:
            with stdout:
                while (message := read_message(stdout)) is not None:
                    pulse.beat()
                    if self.state == "silent":
                        self._set_state("ready")
                    if message.body.get("event") == "pulse":
                        continue
                    if message.body.get("id") == HELLO:
                        self._on_hello()
                    else:
                        self._give(message)
        except (ProtocolError, OSError, ValueError):
            log.exception("the worker's replies can't be read")
            process.kill()

    def _on_hello(self) -> None:
        with self._changed:
            self._ready_since = time.monotonic()
            self._changed.notify_all()
        self._set_state("ready")

    def _give(self, message: Message) -> None:
        number = message.body.get("id")
        if not isinstance(number, int):
            return
        is_last = message.body.get("event") in LAST_EVENTS
        with self._changed:
            on_reply = self._waiting.get(number)
            if is_last:
                self._waiting.pop(number, None)
                self._sent.discard(number)
        if on_reply is None:
            return
        try:
            on_reply(message)
        except Exception:  # the reader must live on whatever a listener does
            log.exception("a listener failed")

    def _give_up(self, numbers: list[int], text: str) -> None:
        for number in numbers:
            self._give(_error(number, text))

    def _fail(self, reason: str) -> None:
        with self._changed:
            self.failure = f"The model process can't be started: {reason}"
            self._outbox.clear()
            numbers = list(self._waiting)
        self._give_up(numbers, self.failure)
        self._set_state("failed")

    def _set_state(self, state: State) -> None:
        with self._changed:
            if state == self.state:
                return
            self.state = state
        self._tell_state()

    def _tell_state(self) -> None:
        try:
            self.on_state(self.state)
        except Exception:  # as above
            log.exception("a listener failed")


def _error(number: int, text: str) -> Message:
    return Message({"id": number, "event": "error", "message": text})


def _drain(process: subprocess.Popen[bytes], lines: collections.deque[str]) -> None:
    """Keep the last words of a worker, and log them all."""
    stderr: Any = process.stderr
    with stderr:
        for line in stderr:
            if text := line.decode(errors="replace").rstrip():
                lines.append(text)
                log.warning("worker: %s", text)


def _reap(process: subprocess.Popen[bytes]) -> None:
    """Wait for a process whose output has ended; kill it if it lives on."""
    try:
        process.wait(CLOSE_TIMEOUT_S / 2)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
