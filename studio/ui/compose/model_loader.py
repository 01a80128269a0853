"""The chosen model on its way into the worker, and whether it has got there."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from PySide6.QtCore import QFileSystemWatcher, QObject, Qt, Signal

from models.card import CARD_FILE, Card
from models.errors import ModelError
from studio.assistant.worker_client import WorkerClient
from studio.ui.compose.inbox import Inbox

ModelState = Literal["none", "starting", "loading", "ready", "silent", "failed", "outdated"]

# how far loading is when a step begins: measured, with a model of half a million parameters
STEPS = {"starting the process": 0.05, "reading the weights": 0.6, "warming up": 0.85}


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
        self._sha256 = ""  # of the weights that were loaded
        self._is_outdated = False
        self._step = ""
        self._watcher = QFileSystemWatcher(self)
        self._watcher.fileChanged.connect(self._on_file)
        self._watcher.directoryChanged.connect(self._on_file)
        self._worker_changed.connect(self._on_worker, Qt.ConnectionType.QueuedConnection)
        client.on_state = self._worker_changed.emit

    @property
    def state(self) -> ModelState:
        """Where the model is: not chosen, waiting for the worker, loading, there, or refused."""
        if self._client.state == "failed":
            return "failed"
        if self._folder is None:
            return "none"
        if self._client.state == "silent":
            return "silent"
        if self._client.state != "ready":
            return "starting"
        if self._failure:
            return "failed"
        if not self._is_loaded:
            return "loading"
        return "outdated" if self._is_outdated else "ready"

    @property
    def step(self) -> str:
        """What is being done to load it, '' where nothing is."""
        state = self.state
        if state not in ("starting", "loading"):
            return ""
        return "starting the process" if state == "starting" or not self._step else self._step

    @property
    def progress(self) -> float | None:
        """How far loading is, 0..1; None where nothing is being loaded."""
        return STEPS.get(self.step)

    @property
    def failure(self) -> str:
        """Why the model can't be used, in words for the user."""
        return self._client.failure or self._failure

    def load(self, folder: Path | None) -> None:
        """Have the model in `folder` loaded, so that its first answer comes at once."""
        self._folder, self._is_loaded, self._failure = folder, False, ""
        self._is_outdated, self._step = False, ""
        self._watch(folder)
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

    def _watch(self, folder: Path | None) -> None:
        """Look after the card: training or copying may replace the model under our hands."""
        watched = [*self._watcher.files(), *self._watcher.directories()]
        if watched:
            self._watcher.removePaths(watched)
        if folder is not None and (folder / CARD_FILE).is_file():
            self._watcher.addPaths([str(folder), str(folder / CARD_FILE)])

    def _on_file(self, _path: str) -> None:
        """The folder has changed: see whether it still is the model that was loaded."""
        if self._folder is None or not self._is_loaded:
            return
        try:
            is_outdated = Card.load(self._folder, check_hash=False).sha256 != self._sha256
        except ModelError:
            is_outdated = True
        self._watch(self._folder)
        if is_outdated != self._is_outdated:
            self._is_outdated = is_outdated
            self.changed.emit()

    def _on_replies(self, bodies: list[dict[str, Any]]) -> None:
        for body in bodies:
            if body.get("id") == self._request:
                self._on_reply(body)
        self.changed.emit()

    def _on_reply(self, body: dict[str, Any]) -> None:
        if body["event"] == "loading":
            self._step = str(body["step"])
            return
        self._request = None
        self._is_loaded = body["event"] == "loaded"
        self._sha256 = str(body.get("card", {}).get("sha256", "")) if self._is_loaded else ""
        self._failure = "" if self._is_loaded else str(body.get("message", ""))

    def _on_worker(self, state: str) -> None:
        """A worker that was started again knows no model yet."""
        if state == "ready" and self._folder is not None and self._request is None:
            self.load(self._folder)
        else:
            self.changed.emit()
