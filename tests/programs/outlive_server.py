"""Listens, records and plays in the real window, and says what happens to it, a JSON a line.

Lines on stdin are commands: see `do`.
"""

import json
import sys
import threading
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, QTimer, Signal

import resources
from studio.app import StudioApp, make_qt_application
from studio.ui.listen.source_menu import SourceMenu


class Commands(QObject):
    """What comes on stdin, told in the window's thread."""

    came = Signal(str)

    def listen(self) -> None:
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in sys.stdin:
            self.came.emit(line.strip())


def tell(event: str, **facts: object) -> None:
    sys.stdout.write(json.dumps({"event": event, **facts}) + "\n")
    sys.stdout.flush()


qt = make_qt_application()
app = StudioApp()
model, transport, recording = app.listen, app.transport, app.listen_panel.keep_bar.recording
menu = app.window.findChildren(SourceMenu)[0]
state = {"wait": True, "ticks": -1.0}


def on_ticked(n_columns: int) -> None:
    if n_columns and state["wait"]:
        state["wait"] = False
        tell("heard", position=model.history.last_position)
        if not recording.is_on:
            recording.toggle()


def on_changed() -> None:
    if not model.input.is_away and model.is_running:
        state["wait"] = True


def on_position() -> None:
    if transport.is_playing and transport.position_ticks() > state["ticks"] >= 0:
        state["ticks"] = -1
        tell("playing")


def do(command: str) -> None:
    if command == "play":
        if transport.is_playing:
            transport.stop()
        state["ticks"] = 0.0
        transport.play_from(0)
    elif command == "end recording":
        recording.toggle()
        tell("recorded")
    elif command == "open the list of inputs":
        menu.popup(QPoint(0, 0))
    elif command == "wait for sound":
        state["wait"] = True
    elif command == "facts":
        tell(
            "facts",
            threads=threading.active_count(),
            files=len(list(Path("/proc/self/fd").iterdir())),
            lost=model.lost_samples,
            inputs=[device.name for device in menu._devices],
            worker=app.worker.pid,
        )


commands = Commands()
commands.came.connect(do)
commands.listen()
model.ticked.connect(on_ticked)
model.lost.connect(lambda name: tell("lost", name=name))
model.input.changed.connect(on_changed)
transport.position_changed.connect(on_position)
for teller in (model, transport):
    teller.notice.connect(lambda level, text: tell("notice", level=level, text=text))
app.start([resources.path("demo", "song.mid")])
QTimer.singleShot(0, model.start_microphone)
QTimer.singleShot(100_000, qt.quit)
status = qt.exec()
app.close()
sys.exit(status)
