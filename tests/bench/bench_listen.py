"""The real window listening to a microphone: frames, GUI thread and CPU, for each view.

The whole application with its worker, on an X server, hears music through PulseAudio; its picture
is 1200 by 400 pixels. What it costs is set against pyqtgraph drawing a picture of that size sixty
times a second, and nothing else.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from bench_friture import music, x_server
from sound_server import SoundServer

WIDTH, HEIGHT = 1200, 400
FRAME_MS = 16
WARM_UP_S, MEASURED_S = 4.0, 8.0
BASELINE = "pyqtgraph"
SCALES = ("log", "linear", "mel", "note", "constant-q")


def run_window(measure: Callable[[], dict[str, float]], wait: Callable[[float], None]) -> None:
    """Warm up, measure, tell the figures."""
    wait(WARM_UP_S)
    before, began = measure(), time.monotonic()
    wait(MEASURED_S)
    passed, after = time.monotonic() - began, measure()
    rates = {name: (after[name] - before[name]) / passed for name in before}
    sys.stdout.write(json.dumps(rates) + "\n")


def studio(scale: str, source: str) -> None:
    """Our window, in this process."""
    from PySide6.QtCore import QEvent, QObject
    from PySide6.QtTest import QTest

    import resources
    from studio.app import SWITCH_INTERVAL_S, StudioApp, make_qt_application

    class Counter(QObject):
        paints = 0

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            self.paints += event.type() == QEvent.Type.Paint
            return False

    sys.setswitchinterval(SWITCH_INTERVAL_S)
    make_qt_application("dark")
    app, counter = StudioApp(), Counter()
    view = app.listen_panel.view
    view.setFixedSize(WIDTH, HEIGHT)
    view.installEventFilter(counter)
    app.window.resize(1800, 950)
    app.start()
    app.window.show_place("listen")
    model = app.listen
    model.change_settings(replace(model.wanted, scale=scale))  # type: ignore[arg-type]
    if source == "demo":
        model.open_file(resources.path("demo", "demo_listen.ogg"))
        app.listen_panel.transport.set_looping(True)
    else:
        model.start_microphone()

    def figures() -> dict[str, float]:
        return {
            "frames": counter.paints,
            "gui": time.thread_time(),
            "cpu": time.process_time(),
            "columns": model.history.count,
            "lost": model.lost_samples,
        }

    while not (model.history.count and counter.paints):  # a busy machine is slow to begin
        QTest.qWait(FRAME_MS)
    run_window(figures, lambda seconds: QTest.qWait(round(1000 * seconds)))
    app.close()


def pyqtgraph_window() -> None:
    """The baseline: an ImageItem that scrolls by two columns sixty times a second."""
    import pyqtgraph as pg
    from PySide6.QtCore import Qt, QTimer
    from PySide6.QtTest import QTest

    qt = pg.mkQApp()
    pg.setConfigOptions(imageAxisOrder="row-major")
    widget = pg.GraphicsView()
    widget.resize(WIDTH, HEIGHT)
    image = pg.ImageItem(axisOrder="row-major")
    widget.addItem(image)
    widget.setRange(pg.QtCore.QRectF(0, 0, WIDTH, HEIGHT), padding=0)
    image.setLookupTable(pg.colormap.get("inferno").getLookupTable())
    levels = np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH), dtype=np.uint8)
    drawn = [0]

    def draw() -> None:
        levels[:, :-2] = levels[:, 2:]
        image.setImage(levels, autoLevels=False, levels=(0, 255))
        drawn[0] += 1

    timer = QTimer(interval=FRAME_MS, timerType=Qt.TimerType.PreciseTimer)
    timer.timeout.connect(draw)
    timer.start()
    widget.show()
    qt.processEvents()

    def figures() -> dict[str, float]:
        return {"frames": drawn[0], "gui": time.thread_time(), "cpu": time.process_time()}

    run_window(figures, lambda seconds: QTest.qWait(round(1000 * seconds)))


def measured(env: dict[str, str], *words: str) -> dict[str, float]:
    """What a window of its own process tells."""
    command = [sys.executable, __file__, "--window", *words]
    done = subprocess.run(
        command, env=env, capture_output=True, text=True, timeout=120, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    answer: Any = json.loads(done.stdout.splitlines()[-1])
    return dict(answer)


def tell(name: str, ours: dict[str, float], theirs: dict[str, float]) -> None:
    sys.stdout.write(
        f"{name:22} {ours['frames']:5.1f} frames a second, GUI thread {ours['gui']:6.1%} of a core "
        f"({ours['gui'] / theirs['gui']:.2f} times pyqtgraph's), all threads {ours['cpu']:6.1%}, "
        f"{ours.get('columns', 0):.0f} columns a second, {ours.get('lost', 0):.0f} lost\n"
    )
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--window", nargs="*", help="be the window: scale and source, or pyqtgraph")
    parser.add_argument("--scales", nargs="*", default=SCALES)
    args = parser.parse_args()
    if args.window:
        if args.window[0] == BASELINE:
            pyqtgraph_window()
        else:
            studio(*args.window)
        return
    with tempfile.TemporaryDirectory() as folder, x_server("1920x1080x24") as display:
        home = Path(folder)
        music(home / "music.wav")
        server = SoundServer(home / "sound")
        env = {
            **server.env,
            "DISPLAY": display,
            "QT_QPA_PLATFORM": "xcb",
            "PYTHONPATH": os.getcwd(),
        }
        env |= {"STUDIO_HOME": str(home / "studio"), "PYQTGRAPH_QT_LIB": "PySide6"}
        server.play(home / "music.wav")
        try:
            theirs = measured(env, BASELINE)
            tell("pyqtgraph, picture only", theirs, theirs)
            for scale in args.scales:
                tell(f"microphone, {scale}", measured(env, scale, "microphone"), theirs)
            tell("demo file, log", measured(env, "log", "demo"), theirs)
        finally:
            server.close()


if __name__ == "__main__":
    main()
