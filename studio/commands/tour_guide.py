"""The guided tour: the real window, driven through its three places on demo material."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEventLoop, QTimer

import resources
from studio.app import StudioApp, make_qt_application
from studio.errors import StudioError
from studio.settings import write_atomically
from studio.ui.theme import Mode, theme

WINDOW_SIZE = (1440, 900)
LISTEN_S = 8.0  # of music, after which there are ten readings
STEP_TIMEOUT_S = 180.0
POLL_MS = 20

Say = Callable[[str], object]


def take_tour(folder: Path, say: Say, mode: Mode = "light") -> dict[str, Any]:
    """Take the tour, write pictures and `tour.json` to `folder`, return what was seen.

    Raises StudioError, naming the step, if one of them can't be done.
    """
    make_qt_application(mode)
    app = StudioApp()
    app.window.welcome.dismiss()
    app.window.resize(*WINDOW_SIZE)
    app.start()
    guide = _Guide(app, folder, say)
    try:
        report = {
            "genre": guide.listen(),
            "edits": guide.compose(),
            "trained": guide.train(),
            "screenshots": guide.pictures,
        }
    finally:
        app.close()
        app.window.hide()
    text = json.dumps(report, indent=1, ensure_ascii=False)
    write_atomically(folder / "tour.json", text.encode())
    return report


class _Guide:
    """Walks through the places; each step waits for what it asked for."""

    def __init__(self, app: StudioApp, folder: Path, say: Say) -> None:
        self._app, self._folder, self._say = app, folder, say
        self.pictures: list[str] = []
        self._problems: list[str] = []
        for teller in (app.listen, app.suggestions, app.train, app.score):
            teller.notice.connect(self._on_notice)

    def listen(self) -> dict[str, Any]:
        """Play the demo sound until the genre model has heard enough of it."""
        self._say("Listen: playing the demo sound")
        listen = self._app.listen
        self._app.play_demo_sound()
        self._wait("the genre of the demo sound", lambda: len(listen.readings) >= 4)
        started = time.monotonic()
        self._wait("the demo sound", lambda: time.monotonic() - started > LISTEN_S - 5)
        self._picture("listen")
        probabilities = listen.probabilities
        genre = max(probabilities, key=lambda label: probabilities[label])
        report = {
            "name": genre,
            "confidence": probabilities[genre],
            "probabilities": probabilities,
            "windows": len(listen.readings),
            "model": listen.genre_folder.name if listen.genre_folder else None,
            "ms_per_window": listen.readings[-1].ms,
            "lost_samples": listen.lost_samples,
        }
        listen.stop()
        return report

    def compose(self) -> dict[str, Any]:
        """Ask for edits of the demo song, take them, take them back."""
        self._say("Compose: asking the model for edits")
        app = self._app
        app.window.show_place("compose")
        app.score.open_as_new(resources.path("demo", "song.mid"))
        before = set(app.score.score.notes)
        app.ask_model()
        self._wait("the model's proposals", lambda: app.suggestions.state != "working")
        self._picture("compose")
        ghosts = app.suggestions.ghosts
        seconds = app.suggestions.pace.seconds
        is_accepted = app.suggestions.accept()
        after = set(app.score.score.notes)
        app.score.undo()
        return {
            "model": app.assistant_panel.form.folder.name
            if app.assistant_panel.form.folder
            else "",
            "added": sum(ghost.event.action == "add" for ghost in ghosts),
            "removed": sum(ghost.event.action == "remove" for ghost in ghosts),
            "seconds": seconds,
            "accepted": is_accepted,
            "notes_before": len(before),
            "notes_after": len(after),
            "undone_in_one_step": set(app.score.score.notes) == before,
        }

    def train(self) -> dict[str, Any]:
        """Look the demo sounds over and train a tiny model on them."""
        self._say("Train: training a tiny model")
        app = self._app
        app.window.show_place("train")
        app.train.inspect(resources.path("demo", "training_genre"))
        self._wait("the inspection of the demo sounds", lambda: app.train.state == "ready")
        app.train.start("genre", "tiny")
        self._wait("the training of a tiny model", lambda: app.train.state == "ended")
        follower = app.train.follower
        if follower is None or follower.best is None:
            raise StudioError(f"The tour could not train a model: {app.train.run_state.message}")
        self._pause(0.3)
        self._picture("train")
        state = app.train.run_state
        return {
            "kind": "genre",
            "epochs": len(state.epochs),
            "best_epoch": state.best_epoch,
            "best_valid_loss": state.best_loss,
            "seconds": state.seconds,
            "metrics": follower.report().get("metrics", {}),
        }

    def _on_notice(self, level: str, text: str) -> None:
        if level == "error":
            self._problems.append(text)

    def _wait(self, what: str, is_done: Callable[[], bool]) -> None:
        """Let the window live until `is_done`; a StudioError if it fails or takes too long."""
        deadline = time.monotonic() + STEP_TIMEOUT_S
        while not is_done():
            if self._problems:
                raise StudioError(f"The tour stopped at {what}: {self._problems[0]}")
            if time.monotonic() > deadline:
                raise StudioError(f"The tour waited {STEP_TIMEOUT_S:.0f} s for {what} in vain.")
            self._pause(POLL_MS / 1000)

    def _pause(self, seconds: float) -> None:
        loop = QEventLoop()
        QTimer.singleShot(round(seconds * 1000), loop.quit)
        loop.exec()

    def _picture(self, place: str) -> None:
        """Two pictures of the window as it is: in the colours in force, and in the others."""
        mode: Mode = theme().mode
        others: tuple[Mode, Mode] = ("light", "dark")
        for look in others:
            theme().set_mode(look)
            self._pause(0.1)
            name = f"{place}.png" if look == "light" else f"{place}-dark.png"
            if not self._app.window.grab().save(str(self._folder / name)):
                raise StudioError(f"{self._folder / name}: the picture can't be written.")
            self.pictures.append(name)
        theme().set_mode(mode)
