"""The worker's requests in their order, of which small ones may be answered in between."""

from __future__ import annotations

import threading
from collections import deque

from models.protocol import Message

QUICK = frozenset({"ping", "classify", "expect"})  # answered between two events of a long one


class RequestQueue:
    """A queue for one reader; None in it means the end. Safe to fill from any thread."""

    def __init__(self) -> None:
        self._waiting: deque[Message | None] = deque()
        self._changed = threading.Condition()

    def put(self, message: Message | None) -> None:
        """Add a request, or the end."""
        with self._changed:
            self._waiting.append(message)
            self._changed.notify()

    def get(self) -> Message | None:
        """Wait for the next request; None is the end."""
        with self._changed:
            self._changed.wait_for(lambda: bool(self._waiting))
            return self._waiting.popleft()

    def take_quick(self) -> Message | None:
        """The first small request that waits, out of its turn; None where there is none."""
        with self._changed:
            for message in self._waiting:
                if message is not None and message.body.get("do") in QUICK:
                    self._waiting.remove(message)
                    return message
        return None
