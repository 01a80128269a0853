"""Opens Listen on the default input; prints where the picture is brightest once it has heard."""

import json
import sys
import time

import numpy as np
from PySide6.QtWidgets import QApplication

from studio.ui.listen.listen_panel import ListenPanel
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.theme import theme

LOUD_DBFS = -40.0
WATCH_S = 1.5
BRIGHT = 100


def tell(**facts: object) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


sys.setswitchinterval(0.0005)
qt = QApplication([])
theme().install(qt, "dark")
model = ListenViewModel(None)
panel = ListenPanel(model)
panel.resize(1000, 600)
panel.show()
model.notice.connect(lambda level, text: tell(event="notice", level=level, text=text))
model.started.connect(lambda: tell(event="started", source=model.source_name))
model.start_microphone()
is_told, heard_at = False, None
deadline = time.monotonic() + 60
while time.monotonic() < deadline:
    qt.processEvents()
    time.sleep(0.004)
    if model.history.count > 4 and not is_told:
        is_told = True
        tell(event="ready")
    if heard_at is None and model.level.rms_dbfs > LOUD_DBFS:
        heard_at = model.history.last_position
    # By the picture's own clock: on a busy machine it may be seconds behind.
    if heard_at is not None and model.shown_position - heard_at > WATCH_S * model.sample_rate:
        break
image = panel.view.grab().toImage()
x = image.width() - 60
column = np.array([image.pixelColor(x, y).value() for y in range(image.height())])
y = int(column.argmax())
tell(
    event="end",
    brightest_hz=panel.view.axis.hz(1 - (y + 0.5) / image.height()),
    is_bright=bool(column[y] > BRIGHT),
    rms_dbfs=model.level.rms_dbfs,
    lost_samples=model.lost_samples,
)
model.close()
