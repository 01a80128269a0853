"""Opens the real window on a file and prints where its parts are, for xdotool to aim at."""

import json
import sys
from pathlib import Path

from PySide6.QtCore import QPoint, QTimer
from PySide6.QtWidgets import QWidget

from studio.app import StudioApp, make_qt_application

qt = make_qt_application("light")
app = StudioApp()


def report() -> None:
    parts = {}
    for part in app.window.findChildren(QWidget):
        if part.objectName() and part.isVisible():
            at = part.mapToGlobal(QPoint(0, 0))
            parts[part.objectName()] = [at.x(), at.y(), part.width(), part.height()]
    sys.stdout.write(json.dumps(parts) + "\n")
    sys.stdout.flush()


app.window.welcome.dismiss()
app.window.resize(1200, 760)
app.window.move(0, 0)
app.start([Path(sys.argv[1])])
QTimer.singleShot(1500, app.window, report)
qt.exec()
app.close()
