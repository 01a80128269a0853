"""The chosen model on its way into the worker, and whether it has got there."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from PySide6.QtCore import QObject, Qt, Signal

from studio.assistant.worker_client import WorkerClient
from studio.ui.compose.inbox import Inbox

ModelState = Literal["none", "starting", "loading", "ready", "failed"]


class ModelLoader(QObject):
    """Has a model loaded when it is chosen, and again when the worker was started again."""

    changed = Signal()
    _worker_changed = Signal(str)

    def __init__(self, client: WorkerClient, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client = client
        self._inbox = Inbox(self)
        self._inbox.arrived.connect(self._on_replies)
        self._request: int | None = None
        self._folder: Path | None = None
        self._is_loaded = False
        self._failure = ""
        self._worker_changed.connect(self._on_worker, Qt.ConnectionType.QueuedConnection)
        client.on_state = self._worker_changed.emit

    @property
    def state(self) -> ModelState:
        """Where the model is: not chosen, waiting for the worker, loading, there, or refused."""
        if self._client.state == "failed":
            return "failed"
        if self._folder is None:
            return "none"
        if self._client.state != "ready":
            return "starting"
        if self._failure:
            return "failed"
        return "ready" if self._is_loaded else "loading"

    @property
    def failure(self) -> str:
        """Why the model can't be used, in words for the user."""
        return self._client.failure or self._failure

    def load(self, folder: Path | None) -> None:
        """Have the model in `folder` loaded, so that its first answer comes at once."""
        self._folder, self._is_loaded, self._failure = folder, False, ""
        if folder is not None:
            body = {"do": "load", "folder": str(folder)}
            self._request = self._client.submit(body, self._inbox.take)
        self.changed.emit()

    def retry(self) -> None:
        """Start the worker again if it has failed, and load the model again."""
        if self._client.state == "failed":
            self._client.start()
        self.load(self._folder)

    def close(self) -> None:
        """Listen to the worker no more."""
        self._client.on_state = lambda state: None

    def _on_replies(self, bodies: list[dict[str, Any]]) -> None:
        for body in bodies:
            if body.get("id") == self._request:
                self._request = None
                self._is_loaded = body["event"] == "loaded"
                self._failure = "" if self._is_loaded else str(body.get("message", ""))
        self.changed.emit()

    def _on_worker(self, state: str) -> None:
        """A worker that was started again knows no model yet."""
        if state == "ready" and self._folder is not None and self._request is None:
            self.load(self._folder)
        else:
            self.changed.emit()
