"""From the start of the process to the first painted window: Studio against a bare Qt window."""

import os
import statistics
import subprocess
import sys
import tempfile
import time

RUNS = 7
BARE = """
import time, sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
qt = QApplication([]); window = QMainWindow(); window.resize(1440, 900); window.show()
"""
STUDIO = """
import time, sys
from PySide6.QtCore import QTimer
from studio.app import StudioApp, make_qt_application
qt = make_qt_application("light"); app = StudioApp(); window = app.window; window.show()
"""
WAIT = """
def painted():
    print(time.time(), flush=True)
    import os
    os._exit(0)
window.grab()
QTimer.singleShot(0, painted)
qt.exec()
"""


def seconds_to_paint(program: str) -> float:
    """Wall-clock seconds until the first window has been painted."""
    started = time.time()
    command = [sys.executable, "-c", program + WAIT]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1]) - started


def main() -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as home:
        os.environ["STUDIO_HOME"] = home
        pairs = [(seconds_to_paint(STUDIO), seconds_to_paint(BARE)) for _ in range(RUNS)]
    ours, bare = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(a / b for a, b in pairs)
    sys.stdout.write(f"first paint: Studio {ours:.2f} s, bare Qt {bare:.2f} s, ratio {ratio:.2f}\n")


if __name__ == "__main__":
    main()
