"""A worker of the assistant that answers when the test says so."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QCoreApplication

from models.notes import EditEvent, Note
from models.protocol import Message, edit_to_json

BAR = 4 * 480
FIRST, SECOND = Note(0, 60, 480), Note(480, 62, 480)
NEW = Note(960, 64, 240)
REMOVE, ADD = EditEvent("remove", FIRST, 0.9), EditEvent("add", NEW, 0.4)


class Worker:
    """Takes requests as the client does; the test writes the replies."""

    def __init__(self) -> None:
        self.state = "ready"
        self.failure = ""
        self.n_starts = 0
        self.on_state: Callable[[str], None] = lambda state: None
        self.asked: list[dict[str, Any]] = []
        self.loads: list[int] = []
        self.cancelled: list[int] = []
        self._listeners: dict[int, Any] = {}

    def submit(self, body: Any, on_reply: Any, samples: Any = None) -> int:
        number = len(self._listeners) + 1
        self._listeners[number] = on_reply
        body = body() if callable(body) else body
        if body["do"] == "load":
            self.loads.append(number)
        else:
            self.asked.append({**body, "id": number})
        if self.state == "failed":
            self.say(number, "error", message=self.failure)
        return number

    def start(self) -> None:
        self.n_starts += 1
        self.state, self.failure = "starting", ""

    def cancel(self, number: int) -> None:
        self.cancelled.append(number)

    def become(self, state: str) -> None:
        self.state = state
        self.on_state(state)
        QCoreApplication.processEvents()

    def say(self, number: int, event: str, **values: Any) -> None:
        self._listeners[number](Message({"id": number, "event": event, **values}))

    def reply(self, event: str, **values: Any) -> None:
        self.say(self.asked[-1]["id"], event, **values)
        QCoreApplication.processEvents()

    def propose(self, *events: EditEvent) -> None:
        for event in events:
            self.say(self.asked[-1]["id"], "edit", edit=edit_to_json(event, 480))
        QCoreApplication.processEvents()

    def load(self, event: str = "loaded", **values: Any) -> None:
        self.say(self.loads[-1], event, **values)
        QCoreApplication.processEvents()
