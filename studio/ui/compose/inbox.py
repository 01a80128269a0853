"""The way from the worker client's thread to the window's."""

from __future__ import annotations

from collections import deque
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from models.protocol import Message


class Inbox(QObject):
    """Collects replies on any thread and hands them over in batches on its own.

    However fast they come, the window is told once for all that have arrived since it last
    looked, so a chatty model can't flood it.
    """

    arrived = Signal(list)  # bodies of messages, in their order
    _woken = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bodies: deque[dict[str, Any]] = deque()
        self._is_awake = False
        self._woken.connect(self._hand_over, Qt.ConnectionType.QueuedConnection)

    def take(self, message: Message) -> None:
        """A reply, on whatever thread; it is never handed over before this returns."""
        self._bodies.append(message.body)
        if not self._is_awake:
            self._is_awake = True
            self._woken.emit()

    def _hand_over(self) -> None:
        self._is_awake = False
        batch = []
        while self._bodies:
            batch.append(self._bodies.popleft())
        if batch:
            self.arrived.emit(batch)
