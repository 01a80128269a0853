"""Listens to the source it is told, offscreen; prints what happens to it, a JSON object a line."""

import json
import sys
import time

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from studio.audio.devices import list_inputs
from studio.ui.listen.listen_view_model import ListenViewModel

wanted = sys.argv[1]
qt = QApplication([])
model = ListenViewModel(None)
began = time.monotonic()


def tell(event: str, **facts: object) -> None:
    sys.stdout.write(json.dumps({"event": event, "at_s": time.monotonic() - began, **facts}) + "\n")
    sys.stdout.flush()


def on_ticked(n_columns: int) -> None:
    if n_columns and state["wait"]:
        state["wait"] = False
        tell("heard", rms_dbfs=model.level.rms_dbfs, position=model.history.last_position)


def on_changed() -> None:
    if not model.input.is_away:
        state["wait"] = True
        tell("back", lost=model.lost_samples)


state = {"wait": True}
model.ticked.connect(on_ticked)
model.lost.connect(lambda name: tell("lost", name=name, is_running=model.is_running))
model.input.changed.connect(on_changed)
model.notice.connect(lambda level, text: tell("notice", level=level, text=text))
(device,) = [device for device in list_inputs() if device.key == wanted]
tell("device", kind=device.kind, rate=device.sample_rate, channels=device.channels)
model.start_microphone(device)
QTimer.singleShot(60_000, qt.quit)
sys.exit(qt.exec())
