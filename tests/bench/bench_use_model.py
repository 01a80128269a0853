"""From the press of "Use in Listen" or "Use in Compose" until the model's first answer.

    python tests/bench/bench_use_model.py

The window (not shown), the real worker process, the shipped models under another name, so that
none is warm. Listen plays the demo music; Compose has the demo song and asks at once. Against the
2 s allowed, and against what a restart of the worker would take: a new process with the same model.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["STUDIO_HOME"] = HOME = tempfile.mkdtemp()

from PySide6.QtWidgets import QApplication

import resources
from studio import settings
from studio.app import StudioApp, make_qt_application
from studio.assistant.worker_client import WorkerClient
from studio.training.registry import list_models

ALLOWED_S = 2.0
N_TIMES = 5
PATIENCE_S = 120.0


def wait(qt: QApplication, is_done: Callable[[], bool]) -> float:
    """Seconds until something is so."""
    started = time.perf_counter()
    while not is_done() and time.perf_counter() - started < PATIENCE_S:
        qt.processEvents()
        time.sleep(0.001)  # a window at rest takes no time from the worker
    return time.perf_counter() - started


def copies(name: str) -> list[Path]:
    """The shipped model under names that the worker has not met."""
    targets = [settings.models_dir() / f"{name}-{number}" for number in range(N_TIMES)]
    return [shutil.copytree(resources.path("models", name), target) for target in targets]


def use(app: StudioApp, folder: Path) -> None:
    """As the button does."""
    (entry,) = (entry for entry in list_models() if entry.folder == folder)
    app.models.use(entry)


def listen_s(qt: QApplication, app: StudioApp) -> list[float]:
    """Seconds until a genre that another model named is there, while music plays."""
    app.files.open_all([resources.path("demo", "demo_listen.ogg")])
    assert app.listen.file is not None
    app.listen.file.loop = (0.0, 20.0)
    wait(qt, lambda: len(app.listen.readings) > 2)
    found = []
    for folder in copies("genre-cnn"):
        use(app, folder)
        found.append(wait(qt, lambda: bool(app.listen.readings)))
        wait(qt, lambda: len(app.listen.readings) > 2)
    app.listen.stop()
    return found


def compose_s(qt: QApplication, app: StudioApp, name: str) -> list[float]:
    """Seconds until the first note that another model proposes."""
    found = []
    for folder in copies(name):
        use(app, folder)
        app.assistant_panel.ask()
        found.append(wait(qt, lambda: bool(app.suggestions.ghosts)))
        wait(qt, lambda: app.suggestions.state != "working")
        app.suggestions.refuse()
    return found


def restart_s(qt: QApplication, name: str) -> float:
    """Seconds until a new worker has the model."""
    answers: list[object] = []
    worker = WorkerClient()
    worker.start()
    worker.submit({"do": "load", "folder": str(resources.path("models", name))}, answers.append)
    seconds = wait(qt, lambda: bool(answers))
    worker.close()
    return seconds


def main() -> None:
    qt = make_qt_application("light")
    app = StudioApp()
    app.start()
    wait(qt, lambda: app.score.song.end > 0 and app.worker.state == "ready")
    measured = {
        "Use in Listen, genre-cnn": ("genre-cnn", listen_s(qt, app)),
        "Use in Compose, ar-cnn": ("ar-cnn", compose_s(qt, app, "ar-cnn")),
        "Use in Compose, lstm": ("lstm", compose_s(qt, app, "lstm")),
    }
    app.score.is_dirty = False
    app.close()
    for what, (name, seconds) in measured.items():
        anew, median, worst = restart_s(qt, name), statistics.median(seconds), max(seconds)
        sys.stdout.write(
            f"{what}: {median:.2f} s (worst of {len(seconds)}: {worst:.2f}), "
            f"{median / ALLOWED_S:.2f} of the {ALLOWED_S:.0f} s allowed, "
            f"{median / anew:.2f} x a new worker's {anew:.2f} s\n"
        )
    shutil.rmtree(HOME, ignore_errors=True)


if __name__ == "__main__":
    main()
