"""Measures what a frame of the waveform and of the spectrum costs, against pyqtgraph's plots.

    QT_QPA_PLATFORM=offscreen python tests/bench/bench_strips.py

Ten seconds of sound at 48 kHz in 1200 pixels, scrolled by a sixtieth of a second at each frame, and
three curves of 640 rows, 400 pixels tall. pyqtgraph gets the same samples with its own peak
downsampling, and the same three curves. Widgets
are grabbed, which paints them once.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["STUDIO_HOME"] = tempfile.mkdtemp()
os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

import numpy as np
import pyqtgraph
import soundfile
from PySide6.QtWidgets import QApplication, QWidget

from studio.analysis.history import to_db
from studio.audio.file_source import FileSource
from studio.ui.listen import listen_view_model
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.listen.spectrogram_view import SpectrogramView
from studio.ui.listen.spectrum_strip import SpectrumStrip
from studio.ui.listen.waveform_strip import WaveformStrip

RATE, SECONDS = 48_000, 30
WIDTH, HEIGHT, FRAMES = 1200, 400, 200
SPAN_S, STEP = 10, RATE // 60


class QuietFile(FileSource):
    """A file that is read at once and not heard."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, is_audible=False, is_paced=False)


def frame_ms(work: Callable[[int], None], widget: QWidget) -> float:
    """The median time of a frame in milliseconds."""
    taken = []
    for number in range(FRAMES):
        start = time.perf_counter()
        work(number)
        widget.grab()
        taken.append(1e3 * (time.perf_counter() - start))
    return float(np.median(taken))


def say(text: str, ours: float, theirs: float) -> None:
    ratio = f"{ours / theirs:.2f} times"
    sys.stdout.write(f"{text:<10} {ours:.2f} ms, pyqtgraph {theirs:.2f} ms: {ratio}\n")
    sys.stdout.flush()


def heard(app: QApplication, sound: np.ndarray) -> tuple[ListenViewModel, tuple[QWidget, ...]]:
    """A view-model that has heard all of `sound`, and its picture, waveform and spectrum."""
    path = Path(tempfile.mkdtemp()) / "sound.wav"
    soundfile.write(path, sound, RATE, subtype="FLOAT")
    listen_view_model.FileSource = QuietFile  # type: ignore[misc]
    model = ListenViewModel(None)
    view = SpectrogramView(model)
    views = view, WaveformStrip(model, view), SpectrumStrip(model, view)
    model.open_file(path)
    while model.history.last_position < (SECONDS - 1) * RATE:
        app.processEvents()
    return model, views


def main() -> None:
    app = QApplication([])
    t = np.arange(SECONDS * RATE) / RATE
    noise = 0.05 * np.random.default_rng(0).standard_normal(len(t))
    sound = (noise + 0.4 * np.sin(2 * np.pi * (200 + 20 * t) * t)).astype(np.float32)
    model, (view, waveform, spectrum) = heard(app, sound)
    view.resize(WIDTH, HEIGHT)
    waveform.resize(WIDTH, waveform.sizeHint().height())
    spectrum.resize(spectrum.width(), HEIGHT)

    def scroll(number: int) -> None:
        view.viewport.look_at(15 * RATE + number * STEP)

    plot = pyqtgraph.PlotWidget()
    plot.resize(waveform.size())
    curve = plot.plot(pen="w", autoDownsample=True, downsampleMethod="peak", clipToView=True)

    def scroll_plot(number: int) -> None:
        end = 15 * RATE + number * STEP
        curve.setData(t[end - SPAN_S * RATE : end], sound[end - SPAN_S * RATE : end])

    say("waveform", frame_ms(scroll, waveform), frame_ms(scroll_plot, plot))
    curves = pyqtgraph.PlotWidget()
    curves.resize(spectrum.size())
    lines = [curves.plot(pen=color) for color in "wry"]
    rows = np.arange(model.settings.n_rows)

    def set_lines(number: int) -> None:
        levels, _ = model.history.at(np.array([15 * RATE + number * STEP]), RATE)
        for line, shift in zip(lines, (0, 3, 6), strict=True):
            line.setData(to_db(levels[0]) + shift, rows)

    say("spectrum", frame_ms(scroll, spectrum), frame_ms(set_lines, curves))
    model.close()


if __name__ == "__main__":
    main()
