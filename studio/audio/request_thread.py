"""A thread that does what it is asked for, in order, and serves something meanwhile."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable

from studio.errors import StudioError

Request = Callable[[], None]
OnNotice = Callable[[str, str], None]  # level, text


class RequestThread:
    """Begins with the first request. No caller waits, and no failed request ends it.

    `serve` is called after each batch of requests; it returns how many seconds to wait for the
    next at most, None to rest until then.
    """

    def __init__(self, name: str, serve: Callable[[], float | None], at_end: Request) -> None:
        self.on_notice: OnNotice = lambda level, text: None
        self._name, self._serve, self._at_end = name, serve, at_end
        self._requests: queue.SimpleQueue[Request | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    @property
    def is_started(self) -> bool:
        """Whether anything was asked for yet."""
        return self._thread is not None

    @property
    def is_idle(self) -> bool:
        """Whether nothing is waiting to be done."""
        return self._requests.empty()

    def ask(self, request: Request) -> None:
        """Have `request` done on the thread."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()
        self._requests.put(request)

    def wait(self, timeout_s: float = 5.0) -> bool:
        """Wait until all that was asked for so far is done; False if that took too long."""
        done = threading.Event()
        if self._thread is not None:
            self._requests.put(done.set)
        return self._thread is None or done.wait(timeout_s)

    def close(self) -> None:
        """End the thread once everything is done."""
        if self._thread is not None:
            self._requests.put(None)
            self._thread.join(timeout=3.0)
            self._thread = None

    def _run(self) -> None:
        timeout: float | None = 0.0
        while self._take(timeout):
            timeout = self._serve()
        self._at_end()

    def _take(self, timeout: float | None) -> bool:
        """Do what was asked for; False when it is time to end."""
        try:
            request = self._requests.get(timeout=timeout)
            while request is not None:
                self._attempt(request)
                request = self._requests.get_nowait()
        except queue.Empty:
            return True
        return False

    def _attempt(self, request: Request) -> None:
        """Do what was asked for; the thread goes on, whatever becomes of it."""
        try:
            request()
        except StudioError as error:
            self.on_notice("warning", str(error))
        except Exception:
            logging.getLogger(__name__).exception("%s could not do what was asked", self._name)
            self.on_notice("error", "The player had a problem; the log says more.")
